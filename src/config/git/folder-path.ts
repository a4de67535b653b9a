/** As every reader of the source compares it: `./teams/` is `teams`. */
export function folderPath(path: string): string {
  return path.replace(/^(?:\.\/+)+/, "").replace(/\/+$/, "") || ".";
}
