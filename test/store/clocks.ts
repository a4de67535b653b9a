import type { Clock } from "../../src/controller/ports/clock.ts";
import { START_MS } from "./engines.ts";

/** Two clocks that a test moves, and sleeps that it ends. */
export class Clocks implements Clock {
  wallMs = START_MS;
  steadyMs = 0;
  #sleepers: (() => void)[] = [];

  nowMs(): number {
    return this.wallMs;
  }

  sleep(_ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.reject(new Error("aborted"));
    return new Promise((resolve, reject) => {
      signal.addEventListener("abort", () => reject(new Error("aborted")), { once: true });
      this.#sleepers.push(resolve);
    });
  }

  pass(ms: number): void {
    this.wallMs += ms;
    this.steadyMs += ms;
  }

  wake(): void {
    for (const resolve of this.#sleepers.splice(0)) resolve();
  }
}
