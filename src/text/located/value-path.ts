/** The way to a value of a document, from the outside in: names of members and places in lists. */
export type ValuePath = readonly (string | number)[];

/** `spec.grants[0].dynamodb`, `Condition.Bool.aws:SecureTransport`; names of other characters are quoted. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.map(stepText).join("");
}

function stepText(step: PropertyKey, index: number): string {
  if (typeof step === "number") return `[${step}]`;
  const name = String(step);
  if (!/^[A-Za-z_][\w:/-]*$/.test(name)) return `[${JSON.stringify(name)}]`;
  return index === 0 ? name : `.${name}`;
}

/** The value at a path of plain data; undefined if there is none. */
export function valueAt(value: unknown, path: ValuePath): unknown {
  let found: unknown = value;
  for (const step of path) {
    if (found === null || typeof found !== "object") return undefined;
    found = (found as Readonly<Record<string | number, unknown>>)[step];
  }
  return found;
}
