import { formatDuration } from "../../model/values/duration.ts";
import { countsOf, countsText, partText } from "./live/row-counts.ts";
import type { BindingRow } from "./rows.ts";

/** How current the rows of a list are. Times are of the page's clock, `performance.now()`. */
export type ListState =
  /** The first complete list is not there yet. `remaining`: null: not known. */
  | { readonly kind: "loading"; readonly received: number; readonly remaining: number | null }
  /** A stream reports each change. */
  | { readonly kind: "live" }
  /** The list is read again and again. */
  | { readonly kind: "polled"; readonly readMs: number }
  /** The list is a part of an export, and of its moment. */
  | { readonly kind: "exported" }
  /** Neither works: the rows are of an earlier time, or there are none. */
  | { readonly kind: "stopped"; readonly sinceMs: number | null; readonly reason: string };

/** What the page shows about it; `isProblem`: the rows may be old. */
export function updatedText(
  state: ListState,
  nowMs: number,
): { readonly text: string; readonly isProblem: boolean } {
  switch (state.kind) {
    case "loading":
      return { text: loadingText(state.received, state.remaining), isProblem: false };
    case "live":
      return { text: "live", isProblem: false };
    case "exported":
      return { text: "not live", isProblem: false };
    case "polled":
      return { text: `read ${formatDuration(Math.max(0, nowMs - state.readMs))} ago`, isProblem: false };
    case "stopped":
      return { text: stoppedText(state.sinceMs, state.reason, nowMs), isProblem: true };
  }
}

function loadingText(received: number, remaining: number | null): string {
  if (received === 0) return "loading";
  return remaining === null
    ? `loading, ${received} so far`
    : `loading, ${received} of ${received + remaining}`;
}

function stoppedText(sinceMs: number | null, reason: string, nowMs: number): string {
  if (sinceMs === null) return `Not read: ${reason}`;
  return `Live updates stopped ${formatDuration(Math.max(0, nowMs - sinceMs))} ago: ${reason}`;
}

/** Without a sign of life of the watch for longer, nothing is known about it: its tab may be frozen. */
const WATCHED_MS = 15_000;

/** What a list knows of itself. Times as in `ListState`; null: it has not happened. */
export interface ListTimes {
  readonly listedMs: number | null;
  /** The last sign of life of the watch. */
  readonly aliveMs: number | null;
  /** Changes were lost, or a list could not be read, and no list was read since. */
  readonly lost: { readonly sinceMs: number; readonly reason: string } | null;
}

export function isWatched({ aliveMs }: ListTimes, nowMs: number): boolean {
  return aliveMs !== null && nowMs - aliveMs < WATCHED_MS;
}

/** null: the first list is still being read. */
export function listStateOf(times: ListTimes, nowMs: number): ListState | null {
  const { listedMs, lost } = times;
  if (lost !== null)
    return { kind: "stopped", reason: lost.reason, sinceMs: listedMs === null ? null : lost.sinceMs };
  if (listedMs === null) return null;
  return isWatched(times, nowMs) ? { kind: "live" } : { kind: "polled", readMs: listedMs };
}

type Rows = readonly Pick<BindingRow, "kind">[];

/** How many rows are shown, and how current they are. Before the first rows, no number is known. */
export function summaryText(
  { shown, rows, live }: { readonly shown: Rows; readonly rows: Rows; readonly live: string | null },
  { kind }: Pick<ListState, "kind">,
): string {
  if (rows.length === 0 && (kind === "loading" || kind === "stopped"))
    return kind === "loading"
      ? "Loading the bindings and policies"
      : "The bindings and policies are not known";
  const all = countsOf(rows);
  const count = shown.length === rows.length ? countsText(all) : partText(countsOf(shown), all);
  return live === null ? count : `${count}, ${live}`;
}
