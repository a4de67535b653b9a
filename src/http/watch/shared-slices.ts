import { setImmediate as turn } from "node:timers/promises";

const SLICE_MS = 5;
/** Others that take so much of a turn are working. */
const BUSY_MS = 1;
/** The most turns that others have between two slices. */
const TURNS = 4;

/**
 * All watches together work in slices of a few milliseconds, with a turn of the event loop between two of them. While others
 * are working, such as a pass, they have several turns: they go first, and no change is lost by coming later. The work of watches
 * is done here, one piece after the other: hundreds of watches that wait for the same change would otherwise all go on in one
 * turn.
 */
export class SharedSlices {
  readonly #pieces: (() => void)[] = [];
  #isWorking = false;

  /** Does a short piece of work, now or in a later slice. */
  run<Made>(work: () => Made): Promise<Made> {
    const { promise, resolve, reject } = Promise.withResolvers<Made>();
    this.#pieces.push(() => {
      try {
        resolve(work());
      } catch (cause) {
        reject(cause instanceof Error ? cause : new Error("not an error", { cause }));
      }
    });
    if (!this.#isWorking) void this.#work();
    return promise;
  }

  async #work(): Promise<void> {
    this.#isWorking = true;
    while (this.#pieces.length > 0) {
      const untilMs = performance.now() + SLICE_MS;
      do this.#pieces.shift()?.();
      while (this.#pieces.length > 0 && performance.now() < untilMs);
      await (performance.now() < untilMs ? turn() : others());
    }
    this.#isWorking = false;
  }
}

async function others(): Promise<void> {
  for (let turns = 0; turns < TURNS; turns += 1) {
    const sinceMs = performance.now();
    await turn();
    if (performance.now() - sinceMs < BUSY_MS) return;
  }
}
