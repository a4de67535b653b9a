/** A value that the schema has checked: if it is missing here, that is a bug. */
export function checked<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("the schema let a value pass that its parser refuses");
  return value;
}
