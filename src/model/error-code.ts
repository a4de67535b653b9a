/** `ENOENT`, `SQLITE_BUSY`: the code of an error of Node or a package, of any realm; undefined for other values. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
