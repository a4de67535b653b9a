/**
 * A value that the schema has checked already.
 * @throws if the schema lacks the check
 */
export function checked<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("the schema of the configuration lacks a check");
  return value;
}
