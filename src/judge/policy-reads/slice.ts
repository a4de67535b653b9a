import { byText } from "../../text/order.ts";

/** The policies of a function that a sweep could keep as they were read. */
export interface KeepablePolicies {
  /** Identifies the function. */
  readonly name: string;
  /** The start of the read. */
  readonly readMs: number;
  /** Anyone, or another account, may be let in: read twice as often. */
  readonly isOpen: boolean;
}

interface SliceTime {
  readonly nowMs: number;
  readonly sweepMs: number;
  /** No reading may become older. */
  readonly withinMs: number;
}

/** A sweep reads at least so many: in a small account each sweep reads all, which takes a second. */
const LEAST = 10;
/** How much more often those that may let in others are read. */
const OPEN_TIMES = 2;
/** A sweep may be late by one interval, and its reads take time. */
const RESERVED_SWEEPS = 2;

/**
 * The names of those that this sweep reads although it could keep them: an equal share in each sweep, so that none becomes
 * too old and no sweep reads many more than another. Those that may let in others have a share of their own, twice as large
 * for their number. The oldest first; ties by name.
 */
export function sliceToRead(known: readonly KeepablePolicies[], time: SliceTime): ReadonlySet<string> {
  const sweeps = Math.floor(time.withinMs / time.sweepMs) - RESERVED_SWEEPS;
  if (sweeps < 1) return new Set(known.map(({ name }) => name));
  const byAge = known.toSorted((a, b) => ageOf(b, time) - ageOf(a, time) || byText(a.name, b.name));
  const open = byAge.filter(({ isOpen }) => isOpen);
  const others = byAge.filter(({ isOpen }) => !isOpen);
  const read = new Set([
    ...shareOf(open, { sweeps: Math.max(1, Math.floor(sweeps / OPEN_TIMES)), time }),
    ...shareOf(others, { sweeps, time }),
  ]);
  const rest = [...open, ...others].filter((one) => !read.has(one));
  return new Set([...read, ...rest.slice(0, Math.max(0, LEAST - read.size))].map(({ name }) => name));
}

/** Those that are due, and as many of the oldest that all are read after this number of sweeps. */
function shareOf(
  oldestFirst: readonly KeepablePolicies[],
  { sweeps, time }: { readonly sweeps: number; readonly time: SliceTime },
): readonly KeepablePolicies[] {
  const share = Math.ceil(oldestFirst.length / sweeps);
  return oldestFirst.filter((one, at) => at < share || ageOf(one, time) >= sweeps * time.sweepMs);
}

/** A reading of the future, from before the clock was set back, has no known age. */
function ageOf({ readMs }: KeepablePolicies, { nowMs }: SliceTime): number {
  return readMs > nowMs ? Number.MAX_VALUE : nowMs - readMs;
}
