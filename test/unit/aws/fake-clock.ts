import type { Clock } from "../../../src/controller/ports/clock.ts";

interface Sleeper {
  readonly wakeMs: number;
  readonly wake: () => void;
}

/** Time that passes only when it is told to; sleepers wake in order. */
export class FakeClock implements Clock {
  #nowMs = 1_000_000;
  #sleepers: readonly Sleeper[] = [];

  nowMs(): number {
    return this.#nowMs;
  }

  sleep(durationMs: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const sleeper = { wakeMs: this.#nowMs + durationMs, wake: resolve };
    this.#sleepers = [...this.#sleepers, sleeper];
    signal.addEventListener("abort", () => {
      this.#sleepers = this.#sleepers.filter((each) => each !== sleeper);
      reject(signal.reason as Error);
    });
    return promise;
  }

  /** Lets time pass, waking whoever is due at their own time. */
  async pass(durationMs: number): Promise<void> {
    const endMs = this.#nowMs + durationMs;
    await settled();
    for (let next = this.#next(endMs); next !== undefined; next = this.#next(endMs)) {
      const due = next;
      this.#nowMs = Math.max(this.#nowMs, due.wakeMs);
      this.#sleepers = this.#sleepers.filter((each) => each !== due);
      due.wake();
      await settled();
    }
    this.#nowMs = endMs;
  }

  #next(endMs: number): Sleeper | undefined {
    return this.#sleepers.filter((each) => each.wakeMs <= endMs).sort((a, b) => a.wakeMs - b.wakeMs)[0];
  }
}

/** Every promise that can go on has gone on. */
export async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
