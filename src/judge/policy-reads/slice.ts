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
  /** How long the last complete sweep took. */
  readonly tookMs: number;
}

/** A sweep reads at least so many: in a small account each sweep reads all, which takes a second. */
const LEAST = 10;
/** How much more often those that may let in others are read. */
const OPEN_TIMES = 2;
/** A sweep begins at most so many intervals after the end of the last one. */
const LATEST_INTERVALS = 1.1;
/** A sweep may take so many times as long as the last one. */
const SLOWER_TIMES = 2;
/** So many sweeps may fail one after the other. */
const FAILED_SWEEPS = 1;

/**
 * The names of those that this sweep reads although it could keep them: an equal share in each sweep, so that none becomes
 * too old and no sweep reads many more than another. Those that may let in others have a share of their own, twice as large
 * for their number. The oldest first; ties by name.
 */
export function sliceToRead(known: readonly KeepablePolicies[], time: SliceTime): ReadonlySet<string> {
  const slowMs = SLOWER_TIMES * time.tookMs;
  const pauseMs = LATEST_INTERVALS * time.sweepMs + slowMs;
  // Policies that are not read now are read by the sweep after the failed ones, at its end at the latest.
  const keptUntilMs = time.withinMs - (1 + FAILED_SWEEPS) * pauseMs - slowMs;
  if (keptUntilMs < 0) return new Set(known.map(({ name }) => name));
  const sweeps = 1 + Math.floor(keptUntilMs / pauseMs);
  const byAge = known.toSorted((a, b) => ageOf(b, time) - ageOf(a, time) || byText(a.name, b.name));
  const open = byAge.filter(({ isOpen }) => isOpen);
  const others = byAge.filter(({ isOpen }) => !isOpen);
  const sweepsOfOpen = Math.max(1, Math.floor(sweeps / OPEN_TIMES));
  const read = new Set([
    ...shareOf(open, { sweeps: sweepsOfOpen, keptUntilMs: keptUntilMs / OPEN_TIMES, time }),
    ...shareOf(others, { sweeps, keptUntilMs, time }),
  ]);
  const rest = [...open, ...others].filter((one) => !read.has(one));
  return new Set([...read, ...rest.slice(0, Math.max(0, LEAST - read.size))].map(({ name }) => name));
}

interface SliceTurns {
  /** After so many sweeps each was read. */
  readonly sweeps: number;
  /** Older ones are read now. */
  readonly keptUntilMs: number;
  readonly time: SliceTime;
}

function shareOf(
  oldestFirst: readonly KeepablePolicies[],
  { sweeps, keptUntilMs, time }: SliceTurns,
): readonly KeepablePolicies[] {
  const share = Math.ceil(oldestFirst.length / sweeps);
  return oldestFirst.filter((one, at) => at < share || ageOf(one, time) > keptUntilMs);
}

/** A reading of the future, from before the clock was set back, has no known age. */
function ageOf({ readMs }: KeepablePolicies, { nowMs }: SliceTime): number {
  return readMs > nowMs ? Number.MAX_VALUE : nowMs - readMs;
}
