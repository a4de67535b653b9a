import type { Clock } from "../../../src/controller/ports/clock.ts";

interface Sleeper {
  readonly wakeMs: number;
  readonly wake: () => void;
}

/** Time that passes only on request; sleepers wake in order, each at its own time. */
export class FakeClock implements Clock {
  #nowMs: number;
  #sleepers: readonly Sleeper[] = [];
  /** How often a caller slept. */
  sleeps = 0;

  constructor(nowMs: number) {
    this.#nowMs = nowMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  /** The clock jumps without anybody waking: backwards, too. */
  set(nowMs: number): void {
    this.#nowMs = nowMs;
  }

  async sleep(durationMs: number, signal: AbortSignal): Promise<void> {
    this.sleeps += 1;
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const sleeper = { wakeMs: this.#nowMs + durationMs, wake: resolve };
    this.#sleepers = [...this.#sleepers, sleeper];
    const end = (): void => {
      this.#drop(sleeper);
      reject(signal.reason as Error);
    };
    signal.addEventListener("abort", end, { once: true });
    await promise;
    signal.removeEventListener("abort", end);
  }

  /**
   * Lets time pass and wakes the sleepers that are due.
   * @param strideMs the shortest time between two wakings, as on a machine that wakes its sleepers late: a loop that
   * looks every second then does not make a day as long as 86,400 turns
   */
  async pass(durationMs: number, strideMs = 0): Promise<void> {
    const endMs = this.#nowMs + durationMs;
    await settled();
    for (let next = this.#next(endMs); next !== undefined; next = this.#next(endMs)) {
      this.#nowMs = Math.max(Math.min(this.#nowMs + strideMs, endMs), next.wakeMs);
      this.#drop(next);
      next.wake();
      await settled();
    }
    this.#nowMs = endMs;
  }

  #next(endMs: number): Sleeper | undefined {
    return this.#sleepers.filter(({ wakeMs }) => wakeMs <= endMs).sort((a, b) => a.wakeMs - b.wakeMs)[0];
  }

  #drop(sleeper: Sleeper): void {
    this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
  }
}

/** Every promise that can go on without time or the outside has gone on. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
