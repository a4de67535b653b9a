/** What the schema has checked: a value that is missing here is a bug. */
export function checked<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("the schema let a value pass that its parser refuses");
  return value;
}
