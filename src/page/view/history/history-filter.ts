import { ENTRY_GROUPS, parseKinds } from "../../../model/entries/entry-groups.ts";
import type { EntryFilter } from "../../../model/entries/entry-filter.ts";
import type { HistoryRow } from "../../../wording/history/history-rows.ts";
import { parseInstant } from "../../../text/instant.ts";
import type { LocalPeriod } from "./local-time.ts";

/** Which lines of the history are shown; in the address, with times in UTC, so that each reader sees the same. */
export interface HistoryFilter extends LocalPeriod {
  /** A key, for the entries about it and the decisions that cover it; null: of all keys. */
  readonly key: string | null;
  readonly namespace: string | null;
  /** Groups and kinds of entries, as the API takes them. */
  readonly kind: string | null;
  /** A part of the name of a person, a token or a principal of AWS. */
  readonly by: string | null;
  /** Words of the loaded lines. */
  readonly text: string;
}

export const KIND_CHOICES: readonly string[] = ENTRY_GROUPS;

/** Of an earlier address that has the kind of a line, such as `reverted`, all kinds are shown. */
export function readHistoryFilter(query: URLSearchParams): HistoryFilter {
  const kind = query.get("kind");
  const isKind = kind !== null && parseKinds(kind).kind === "ok";
  return {
    key: query.get("key"),
    namespace: query.get("namespace"),
    kind: isKind ? kind : null,
    by: query.get("by"),
    sinceMs: parseInstant(query.get("since") ?? "") ?? null,
    untilMs: parseInstant(query.get("until") ?? "") ?? null,
    text: query.get("q") ?? "",
  };
}

export function writeHistoryFilter(filter: HistoryFilter): string {
  const { key, namespace, kind, by, sinceMs, untilMs, text } = filter;
  const fields = { key, namespace, kind, by, since: timeText(sinceMs), until: timeText(untilMs), q: text };
  const set = Object.entries(fields).flatMap(([name, value]) =>
    value === null || value === "" ? [] : [[name, value] as const],
  );
  const query = new URLSearchParams(Object.fromEntries(set)).toString();
  return query === "" ? "" : `?${query}`;
}

/** `2026-11-30T23:00Z`, without seconds that are 0. */
function timeText(instantMs: number | null): string | null {
  return instantMs === null ? null : new Date(instantMs).toISOString().replace(/(:00)?\.000Z$/, "Z");
}

/** What the controller selects. */
export function entryFilter({ kind, by, sinceMs, untilMs }: HistoryFilter): EntryFilter {
  const kinds = kind === null ? null : parseKinds(kind);
  return { kinds: kinds?.kind === "ok" ? kinds.value : null, by, sinceMs, untilMs };
}

/** No time is in it: an answer without entries would look like a record without them. */
export function isEmptyPeriod({ sinceMs, untilMs }: LocalPeriod): boolean {
  return sinceMs !== null && untilMs !== null && sinceMs >= untilMs;
}

/** Whether every entry of the record is asked for, so that neighbours follow each other. */
export function isUnfiltered({ key, namespace, kind, by, sinceMs, untilMs }: HistoryFilter): boolean {
  return [key, namespace, kind, by, sinceMs, untilMs].every((one) => one === null);
}

/** By what the controller cannot select: the words of a line. */
export function selectLines(rows: readonly HistoryRow[], text: string): readonly HistoryRow[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  return rows.filter((row) => {
    const line = `${row.entry} ${row.kind} ${row.by} ${row.message} ${row.below}`.toLowerCase();
    return words.every((word) => line.includes(word));
  });
}
