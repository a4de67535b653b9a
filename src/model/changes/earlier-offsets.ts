import { spannedOffset, type ClockOffset } from "./clock-offset.ts";

/** The offset over all passes since then, until the next entry of the list; null: it is not known of one of them. */
export interface EarlierOffset {
  readonly sinceMs: number;
  readonly offset: ClockOffset | null;
}

/** Offsets of passes that follow each other this closely share an entry: an account has at most a hundred in 24 hours. */
const TOGETHER_MS = 900_000;

/** The list, the oldest first, with the next entry, and back to the given time only. */
export function withOffset(
  earlier: readonly EarlierOffset[],
  next: EarlierOffset,
  fromMs: number,
): readonly EarlierOffset[] {
  const last = earlier.at(-1);
  const isTogether = last !== undefined && next.sinceMs - last.sinceMs < TOGETHER_MS;
  const all = isTogether
    ? [...earlier.slice(0, -1), { sinceMs: last.sinceMs, offset: spannedOffset(last.offset, next.offset) }]
    : [...earlier, next];
  return all.slice(Math.max(0, indexAt(all, fromMs)));
}

/** Every offset since then; null: it is not known, or not for so long. */
export function offsetSince(
  fromMs: number,
  earlier: readonly EarlierOffset[],
  current: ClockOffset | null,
): ClockOffset | null {
  const at = indexAt(earlier, fromMs);
  if (at < 0) return null;
  return earlier
    .slice(at)
    .reduce<ClockOffset | null>((all, { offset }) => spannedOffset(all, offset), current);
}

/** -1: the list begins later. */
function indexAt(earlier: readonly EarlierOffset[], fromMs: number): number {
  return earlier.findLastIndex(({ sinceMs }) => sinceMs <= fromMs);
}
