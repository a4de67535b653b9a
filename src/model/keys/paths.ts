import { prefixOf, withPrefix } from "./source-prefix.ts";

/** A path and each folder above it: `a/b/c`, `a/b`, `a`. Above every path of a namespace source is its prefix, `orders//`. */
export function pathsAbove(path: string): readonly string[] {
  const namespace = prefixOf(path);
  if (namespace === null) return foldersOf(path);
  const top = withPrefix(namespace, "");
  const below = path.slice(top.length);
  return [...(below === "" ? [] : foldersOf(below).map((folder) => `${top}${folder}`)), top];
}

function foldersOf(path: string): readonly string[] {
  const parts = path.split("/");
  return parts.map((_, index) => parts.slice(0, parts.length - index).join("/"));
}
