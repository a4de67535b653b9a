/**
 * A value that the schema has checked already.
 * @throws if the schema lacks the check
 */
export function checkedSettings<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("the schema of the configuration lacks a check");
  return value;
}

/** Relative paths start at the folder of the configuration file. */
export type ToAbsolute = (path: string) => string;

export function optionalPath(path: string | undefined, toAbsolute: ToAbsolute): string | null {
  return path === undefined ? null : toAbsolute(path);
}
