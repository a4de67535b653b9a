import { setTimeout as timer } from "node:timers/promises";
import type { Clock } from "../../../src/controller/ports/clock.ts";

/** The machine's clock, some time ahead; what sleeps looks again often, so that it notices. */
export class TestClock implements Clock {
  #aheadMs = 0;

  nowMs(): number {
    return Date.now() + this.#aheadMs;
  }

  advance(byMs: number): void {
    this.#aheadMs += byMs;
  }

  async sleep(durationMs: number, signal: AbortSignal): Promise<void> {
    const endMs = this.nowMs() + durationMs;
    while (this.nowMs() < endMs) await timer(Math.min(20, endMs - this.nowMs()), undefined, { signal });
  }
}
