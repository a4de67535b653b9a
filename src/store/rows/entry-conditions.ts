import type { AuditRange } from "../../controller/ports/audit-log.ts";

/** What selects entries besides their numbers. */
export interface EntryConditions {
  readonly key: string | null;
  /** null: of every kind. */
  readonly kinds: readonly string[] | null;
  /** A part of the text of the fact in lower case; null: not searched. */
  readonly mentioned: string | null;
}

export function conditionsOf({ kind, kinds, key, mentions }: AuditRange): EntryConditions {
  return {
    key: key ?? null,
    kinds: kind === undefined ? (kinds ?? null) : [kind],
    mentioned: mentions === undefined ? null : searchable(mentions),
  };
}

/**
 * The longest part that looks the same in the JSON of every fact: both engines change the case of ASCII alone, and JSON escapes
 * quotes and backslashes.
 */
function searchable(text: string): string | null {
  const parts = text.split(/[^ !#-[\]-~]+/);
  const longest = parts.reduce((found, part) => (part.length > found.length ? part : found), "");
  return longest === "" ? null : longest.toLowerCase();
}

/** The number of entries that one search for a text reads: a longer read would block the event loop. */
const SEARCHED = 4_000;

/** The first part of a run of entries to read; the run itself unless a text is searched. */
export function conditionPartOf(
  { mentioned }: EntryConditions,
  { first, last }: { readonly first: number; readonly last: number },
  newestFirst: boolean,
): { readonly first: number; readonly last: number } {
  if (mentioned === null) return { first, last };
  return newestFirst
    ? { first: Math.max(first, last - SEARCHED + 1), last }
    : { first, last: Math.min(last, first + SEARCHED - 1) };
}
