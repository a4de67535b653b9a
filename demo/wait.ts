import { setTimeout as timer } from "node:timers/promises";

const EVERY_MS = 25;

/** As long as anything of the story may take: on a busy machine many times of what it takes. */
export const AT_MOST_MS = 60_000;

export interface Patience {
  readonly withinMs: number;
  /** Between two looks. Default: 25 ms. */
  readonly everyMs?: number;
  readonly signal?: AbortSignal;
}

/** Looks until the probe has an answer. @throws Error naming what was waited for when the time is over */
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
