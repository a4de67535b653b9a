import type { Origin } from "../../model/values/origin.ts";
import type { Position } from "./positions.ts";
import { formatPath, type ValuePath } from "./value-path.ts";

/** The place of a value and its parts in a text, as the readers of YAML and JSON find it; both numbers count from 1. */
export interface Located {
  readonly line: number;
  readonly column: number;
  /** Of the name before it; of the value itself for list members and the document. */
  readonly keyLine: number;
  readonly keyColumn: number;
  /** The source text, for plain scalars that YAML does not read as text (`012`, `true`); else null. */
  readonly written: string | null;
  /** By index or name; null for scalars. Plain arrays and objects: a revision has hundreds of thousands. */
  readonly members: readonly Located[] | Readonly<Record<string, Located>> | null;
}

/** A value without parts and without a name. */
export function locatedAt({ line, column }: Position): Located {
  return { line, column, keyLine: line, keyColumn: column, written: null, members: null };
}

/** How a path is written. */
interface PathFormat {
  textOf(path: ValuePath): string;
}

/** A document of a file, with the places of its values. */
export interface LocatedFile {
  readonly file: string;
  readonly located: Located;
  /** Of the compilation of many documents, or of a document that is a part of another one; missing: as it is. */
  readonly pathTexts?: PathFormat | undefined;
}

/** The place of the value, or of the innermost value around it that exists. */
export function originOfValue({ file, located, pathTexts }: LocatedFile, path: ValuePath): Origin {
  const { line, column } = innermost(located, path);
  return { file, line, column, path: pathTexts?.textOf(path) ?? formatPath(path) };
}

/** The place of the value's name, which a reader looks for if a value has several lines. */
export function originOfKey({ file, located, pathTexts }: LocatedFile, path: ValuePath): Origin {
  const { keyLine, keyColumn } = innermost(located, path);
  return { file, line: keyLine, column: keyColumn, path: pathTexts?.textOf(path) ?? formatPath(path) };
}

export function memberAt(root: Located, path: ValuePath): Located | undefined {
  let at: Located | undefined = root;
  for (const step of path) at = at === undefined ? undefined : below(at, step);
  return at;
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

function below({ members }: Located, step: string | number): Located | undefined {
  if (members === null) return undefined;
  if (typeof step === "number") return Array.isArray(members) ? members[step] : undefined;
  if (Array.isArray(members) || !Object.hasOwn(members, step)) return undefined;
  return (members as Readonly<Record<string, Located>>)[step];
}
