import type { Clock } from "./ports/clock.ts";
import type { ControllerState } from "./state/controller-state.ts";
import type { DueWork } from "./state/workqueue.ts";

/** The maximum number of accounts with a running pass, without those that are slow. */
const ACCOUNTS_SIDE_BY_SIDE = 4;
/** A pass that takes longer (an account whose network gives no answer) leaves its place to another account. */
const SLOW_MS = 15_000;
/** The maximum with the slow ones: each may keep a whole read in memory. */
const ACCOUNTS_AT_MOST = 32;
const TICK_MS = 1_000;

export interface LoopSteps {
  /** Fetches the source and accepts, holds or refuses the revision. Never throws for an expected failure. */
  readonly fetch: (signal: AbortSignal) => Promise<void>;
  /** Runs one pass over one account. Never throws for an expected failure. */
  readonly pass: (work: DueWork) => Promise<void>;
  /** Work that is due by time: ending suspensions, daily entries. Called about every second. */
  readonly tick: () => Promise<void>;
}

/**
 * The loop: waits until work is due or until it is woken, and starts that work. Passes of different accounts and the
 * fetch of the source run concurrently.
 *
 *   idle ──start()──► running ──stop()──► stopping (passes end or abandon before their next write) ──► stopped
 */
export class Loop {
  readonly #state: ControllerState;
  readonly #clock: Clock;
  readonly #steps: LoopSteps;
  readonly #running = new Set<Promise<void>>();
  #tickDueMs = 0;
  #wake: AbortController = new AbortController();
  #fetching = false;
  #failure: Error | null = null;

  constructor(state: ControllerState, clock: Clock, steps: LoopSteps) {
    this.#state = state;
    this.#clock = clock;
    this.#steps = steps;
  }

  /** Something became due: check again now. */
  wake(): void {
    this.#wake.abort();
  }

  /** Runs until the signal aborts, then waits for running work. @throws the error of a step: a bug, or a record that can't be written */
  async run(signal: AbortSignal): Promise<void> {
    signal.addEventListener("abort", () => this.wake(), { once: true });
    while (!signal.aborted && this.#failure === null) {
      this.#wake = new AbortController();
      await this.#tickWhenDue();
      this.#startDue(signal);
      await this.#waitForWork();
    }
    await Promise.allSettled(this.#running);
    if (this.#failure !== null) throw this.#failure;
  }

  #startDue(signal: AbortSignal): void {
    const nowMs = this.#clock.nowMs();
    if (!this.#fetching && this.#state.source.fetchDueMs <= nowMs) {
      this.#fetching = true;
      this.#track(this.#steps.fetch(signal).finally(() => (this.#fetching = false)));
    }
    const { queue } = this.#state;
    while (this.#hasRoom(nowMs)) {
      const due = queue.take(nowMs);
      if (due === undefined) break;
      this.#track(this.#steps.pass(due).finally(() => queue.done(due.accountId)));
    }
  }

  #hasRoom(nowMs: number): boolean {
    const { running } = this.#state.queue;
    const quick = this.#state.queue.runningSince(nowMs - SLOW_MS);
    return running < ACCOUNTS_AT_MOST && quick < ACCOUNTS_SIDE_BY_SIDE;
  }

  async #tickWhenDue(): Promise<void> {
    const nowMs = this.#clock.nowMs();
    if (nowMs < this.#tickDueMs) return;
    this.#tickDueMs = nowMs + TICK_MS;
    await this.#steps.tick();
  }

  #track(work: Promise<void>): void {
    const tracked: Promise<void> = work
      .catch((error: unknown) => {
        this.#failure ??= error instanceof Error ? error : new Error(String(error));
      })
      .finally(() => {
        this.#running.delete(tracked);
        this.wake();
      });
    this.#running.add(tracked);
  }

  async #waitForWork(): Promise<void> {
    const nowMs = this.#clock.nowMs();
    const { queue, source } = this.#state;
    const fetchMs = this.#fetching ? Infinity : source.fetchDueMs;
    // The tick, which is due within a second, also finds the passes that have become slow.
    const passMs = this.#hasRoom(nowMs) ? (queue.nextDueMs() ?? Infinity) : Infinity;
    const dueMs = Math.min(fetchMs, passMs, this.#tickDueMs);
    try {
      await this.#clock.sleep(Math.max(0, dueMs - nowMs), this.#wake.signal);
    } catch {
      // Woken: the sleep rejected with the signal's reason, and work is due.
    }
  }
}
