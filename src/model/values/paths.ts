/** A path and each folder above it: `a/b/c`, `a/b`, `a`. */
export function pathsAbove(path: string): readonly string[] {
  const parts = path.split("/");
  return parts.map((_, index) => parts.slice(0, parts.length - index).join("/"));
}
