import type { EntryKind } from "./entry-groups.ts";
import {
  entryNames,
  KINDS_BY_GRANTKEEPER,
  KINDS_WITH_NAMES,
  namesGrantkeeper,
  type NamingEntry,
} from "./entry-names.ts";

/** Which entries are shown; null: every one. */
export interface EntryFilter {
  readonly kinds: readonly EntryKind[] | null;
  /** A part of the name of a person, a token, a principal of AWS or Grantkeeper; upper and lower case are the same. */
  readonly by: string | null;
  readonly sinceMs: number | null;
  /** Without this instant. */
  readonly untilMs: number | null;
}

export const EVERY_ENTRY: EntryFilter = { kinds: null, by: null, sinceMs: null, untilMs: null };

/** The only kinds that can pass; null: each. Entries that name no one are by no one. */
export function kindsOf({ kinds, by }: Pick<EntryFilter, "kinds" | "by">): readonly EntryKind[] | null {
  if (by === null) return kinds;
  const naming = namesGrantkeeper(by)
    ? [...new Set([...KINDS_WITH_NAMES, ...KINDS_BY_GRANTKEEPER])]
    : KINDS_WITH_NAMES;
  return naming.filter((kind) => kinds === null || kinds.includes(kind));
}

export interface FilteredEntry extends NamingEntry {
  /** ISO 8601. */
  readonly at: string;
}

export function isSelected(entry: FilteredEntry, filter: EntryFilter): boolean {
  const { by, sinceMs, untilMs } = filter;
  const atMs = Date.parse(entry.at);
  if (sinceMs !== null && atMs < sinceMs) return false;
  if (untilMs !== null && atMs >= untilMs) return false;
  if (kindsOf(filter)?.includes(entry.kind) === false) return false;
  return by === null || entryNames(entry).some((name) => name.toLowerCase().includes(by.toLowerCase()));
}

/** The parameters of the API that select the same; docs/api.md lists them. */
export function filterParameters(filter: EntryFilter): Readonly<Record<string, string>> {
  const { kinds, by, sinceMs, untilMs } = filter;
  return {
    ...(kinds !== null && { kind: kinds.join(",") }),
    ...(by !== null && { by }),
    ...(sinceMs !== null && { since: new Date(sinceMs).toISOString() }),
    ...(untilMs !== null && { until: new Date(untilMs).toISOString() }),
  };
}
