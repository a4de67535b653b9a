/**
 * The code of an error of Node or of a package, such as `ENOENT` or `SQLITE_BUSY`; undefined for other values. Works
 * for errors of another realm, for which `instanceof` fails.
 */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
