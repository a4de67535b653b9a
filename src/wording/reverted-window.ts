import type { RevertStatus } from "../api/overview.ts";
import { formatUpperBound } from "../model/values/duration.ts";
import { clockSecond, type ScreenClock } from "./time.ts";

/** `open for at most 5m 12s (last clean read 10:27:20Z, reverted 10:32:32Z)`; without a risk nothing was open. */
export function windowLine(
  {
    at,
    since,
    lastCleanAt,
    risks,
  }: Pick<RevertStatus, "at" | "since" | "lastCleanAt"> & { readonly risks: readonly string[] },
  clock: number | ScreenClock,
): string {
  const what = risks.length > 0 ? "open" : "in effect";
  if (lastCleanAt === null)
    return `${what} at the first read, ${clockSecond(since, clock)}; when it began is not known`;
  return `${what} for at most ${windowText({ at, lastCleanAt }, clock)}`;
}

function windowText(
  { at, lastCleanAt }: { readonly at: string; readonly lastCleanAt: string },
  clock: number | ScreenClock,
): string {
  const span = formatUpperBound(Math.max(0, Date.parse(at) - Date.parse(lastCleanAt)));
  return `${span} (last clean read ${clockSecond(lastCleanAt, clock)}, reverted ${clockSecond(at, clock)})`;
}
