import { formatDuration } from "../../model/values/duration.ts";

/** How current the rows of a list are. Times are of the page's clock, `performance.now()`. */
export type ListState =
  /** The first complete list is not there yet. `remaining`: null: not known. */
  | { readonly kind: "loading"; readonly received: number; readonly remaining: number | null }
  /** A stream reports each change. */
  | { readonly kind: "live" }
  /** The list is read again and again. */
  | { readonly kind: "polled"; readonly readMs: number }
  /** Neither works: the rows are of an earlier time, or there are none. */
  | { readonly kind: "stopped"; readonly sinceMs: number | null; readonly reason: string };

/** What the page shows about it; `isProblem`: the rows may be old. */
export function liveText(
  state: ListState,
  nowMs: number,
): { readonly text: string; readonly isProblem: boolean } {
  switch (state.kind) {
    case "loading":
      return { text: loadingText(state.received, state.remaining), isProblem: false };
    case "live":
      return { text: "live", isProblem: false };
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
