import type { Position } from "./positions.ts";

/** The place of a value and its parts in a text, as the readers of YAML and JSON find it; both numbers count from 1. */
export interface LocatedTree {
  readonly line: number;
  readonly column: number;
  /** Of the name before it; of the value itself for list members and the document. */
  readonly keyLine: number;
  readonly keyColumn: number;
  /** The source text, for plain scalars that YAML does not read as text (`012`, `true`); else null. */
  readonly sourceText: string | null;
  /** By index or name; null for scalars. */
  readonly members: readonly LocatedTree[] | Readonly<Record<string, LocatedTree>> | null;
}

/** A value without parts and without a name. */
export function locatedAt({ line, column }: Position): LocatedTree {
  return { line, column, keyLine: line, keyColumn: column, sourceText: null, members: null };
}
