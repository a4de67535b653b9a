import { setImmediate as turn } from "node:timers/promises";

const SLICE_MS = 5;

/** All watches together work in slices of a few milliseconds, with a turn of the event loop between two of them. */
export class SharedSlices {
  #untilMs = 0;
  #turning: Promise<void> | null = null;

  /** Resolves when the caller may work on: now, or in a later slice. */
  async next(): Promise<void> {
    while (performance.now() >= this.#untilMs) {
      this.#turning ??= this.#turn();
      await this.#turning;
    }
  }

  async #turn(): Promise<void> {
    await turn();
    this.#turning = null;
    this.#untilMs = performance.now() + SLICE_MS;
  }
}
