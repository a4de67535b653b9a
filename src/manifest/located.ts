import type { Origin } from "../model/origin.ts";

/** Where a value and its parts stand in a file; `line` and `column` are 1-based. */
export interface Located {
  readonly line: number;
  readonly column: number;
  /** Of the key before it; of the value itself for list members and the document. */
  readonly keyLine: number;
  readonly keyColumn: number;
  /** As written, for plain scalars that YAML does not read as text (`012`, `true`); else null. */
  readonly written: string | null;
  /** By index or key; null for scalars. Plain arrays and objects: a revision has hundreds of thousands. */
  readonly members: readonly Located[] | Readonly<Record<string, Located>> | null;
}

export type ValuePath = readonly (string | number)[];

/** Where the value stands, or the innermost part around it that does. */
export function originOfValue(root: Located, file: string, path: ValuePath): Origin {
  const at = innermost(root, path);
  return { file, line: at.line, column: at.column, path: formatPath(path) };
}

/** Where the key of the value stands: what a reader looks for when a field has several lines. */
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
  if (members === null || !Object.hasOwn(members, step)) return undefined;
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

/** `spec.grants[0].dynamodb`; keys that are no plain words are quoted. */
export function formatPath(path: ValuePath): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else if (!/^[A-Za-z_][\w-]*$/.test(step)) text += `[${JSON.stringify(step)}]`;
    else text += text === "" ? step : `.${step}`;
  }
  return text;
}
