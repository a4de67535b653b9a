/** The complete reads of a region, by sweeps. */
export interface RegionReads {
  /** The first one of which the record knows: gaps are recorded from then on. */
  readonly sinceMs: number;
  readonly lastMs: number;
}

const LATE_INTERVALS = 3;
const LATE_MS = 60_000;

/** A read that is late by so many intervals, and at least by a minute, counts as failed, even if it never ended. */
export function longestPauseMs(sweepMs: number): number {
  return Math.max(LATE_MS, LATE_INTERVALS * sweepMs);
}
