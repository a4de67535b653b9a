import { setTimeout as timer } from "node:timers/promises";

const EVERY_MS = 25;

/** The time limit of each wait: many times the usual duration, for a busy machine. */
export const AT_MOST_MS = 60_000;

export interface Patience {
  readonly withinMs: number;
  /** The interval between two probes. Default: 25 ms. */
  readonly everyMs?: number;
  readonly signal?: AbortSignal;
}

/** Probes until there is an answer. @throws Error that names the awaited event when the time is over */
export async function until<T>(
  what: string,
  probe: () => T | undefined | Promise<T | undefined>,
  { withinMs, everyMs = EVERY_MS, signal }: Patience,
): Promise<T> {
  const deadlineMs = performance.now() + withinMs;
  for (;;) {
    const found = await probe();
    if (found !== undefined) return found;
    if (performance.now() > deadlineMs) throw new Error(`not within ${withinMs / 1_000} s: ${what}`);
    await timer(everyMs, undefined, { signal });
  }
}
