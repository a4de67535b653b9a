import type { Origin } from "../model/values/origin.ts";

/** The place of a value and its parts in a file; `line` and `column` are 1-based. */
export interface Located {
  readonly line: number;
  readonly column: number;
  /** Of the key before it; of the value itself for list members and the document. */
  readonly keyLine: number;
  readonly keyColumn: number;
  /** The source text, for plain scalars that YAML does not read as text (`012`, `true`); else null. */
  readonly written: string | null;
  /** By index or key; null for scalars. Plain arrays and objects: a revision has hundreds of thousands. */
  readonly members: readonly Located[] | Readonly<Record<string, Located>> | null;
}

export type ValuePath = readonly (string | number)[];

/** The place of the value, or of the innermost value around it that has one. */
export function originOfValue(root: Located, file: string, path: ValuePath): Origin {
  const at = innermost(root, path);
  return { file, line: at.line, column: at.column, path: formatPath(path) };
}

/** The place of the value's key, which a reader looks for if a field has several lines. */
export function originOfKey(root: Located, file: string, path: ValuePath): Origin {
  const at = innermost(root, path);
  return { file, line: at.keyLine, column: at.keyColumn, path: formatPath(path) };
}

export function memberAt(root: Located, path: ValuePath): Located | undefined {
  let at: Located | undefined = root;
  for (const step of path) at = at === undefined ? undefined : below(at, step);
  return at;
}

function below({ members }: Located, step: string | number): Located | undefined {
  if (members === null) return undefined;
  // The usual step into a list: the check for an own property is more expensive than the rest.
  if (typeof step === "number" && Array.isArray(members)) return (members as readonly Located[])[step];
  if (!Object.hasOwn(members, step)) return undefined;
  return (members as Readonly<Record<string | number, Located>>)[step];
}

function innermost(root: Located, path: ValuePath): Located {
  let at = root;
  for (const step of path) {
    const next = below(at, step);
    if (next === undefined) return at;
    at = next;
  }
  return at;
}

/** `spec.grants[0].dynamodb`; keys that are not plain words are quoted. */
export function formatPath(path: ValuePath): string {
  return path.map(stepText).join("");
}

function stepText(step: string | number, index: number): string {
  if (typeof step === "number") return `[${step}]`;
  if (!/^[A-Za-z_][\w-]*$/.test(step)) return `[${JSON.stringify(step)}]`;
  return index === 0 ? step : `.${step}`;
}
