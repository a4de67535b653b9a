import { setImmediate as turn } from "node:timers/promises";

/** A turn of the event loop that takes this long has work of others, such as a slice of a pass. */
const BUSY_MS = 1;
/** One short turn may be between two parts of the work of others. */
const IDLE_TURNS = 3;

/** Waits while others are working, at most that long. */
export async function untilIdle(longestMs: number): Promise<void> {
  const untilMs = performance.now() + longestMs;
  for (let idleTurns = 0; idleTurns < IDLE_TURNS && performance.now() < untilMs;) {
    const sinceMs = performance.now();
    await turn();
    idleTurns = performance.now() - sinceMs < BUSY_MS ? idleTurns + 1 : 0;
  }
}
