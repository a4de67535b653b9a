import type { Namespace } from "../model/aws/ids.ts";
import type { Clock } from "./ports/clock.ts";
import type { ControllerState } from "./state/controller-state.ts";
import type { DueWork } from "./state/workqueue.ts";

/** The maximum number of accounts with a running pass, without those that are slow. */
const ACCOUNTS_SIDE_BY_SIDE = 4;
/** A pass that takes longer (an account whose network gives no answer) leaves its place to another account. */
const SLOW_MS = 15_000;
/** The maximum with the slow ones: each may keep an entire read in memory. */
const ACCOUNTS_AT_MOST = 32;
/** The maximum number of running fetches, without those that are slow: each one is a process. */
const FETCHES_SIDE_BY_SIDE = 8;
const TICK_MS = 1_000;

export interface LoopSteps {
  /**
   * Fetches a source and accepts, holds or refuses the revision. Never throws for an expected failure.
   * @param namespace null: the platform source
   */
  readonly fetch: (namespace: Namespace | null, signal: AbortSignal) => Promise<void>;
  /** Runs one pass over one account. Never throws for an expected failure. */
  readonly pass: (work: DueWork) => Promise<void>;
  /** Work that is due by time: ending suspensions, daily entries. Called about every second. */
  readonly tick: () => Promise<void>;
}

/**
 * The loop: waits until work is due or until it is woken, and starts that work. Passes of different accounts and the
 * fetches of different sources run concurrently.
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
  /** By namespace of the source; null: the platform source. */
  readonly #fetching = new Set<Namespace | null>();
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
    for (const { namespace, dueMs } of this.#fetches(nowMs)) {
      if (dueMs > nowMs || (namespace !== null && !this.#hasSlotForFetch(nowMs))) continue;
      this.#fetching.add(namespace);
      this.#track(this.#steps.fetch(namespace, signal).finally(() => this.#fetching.delete(namespace)));
    }
    const { queue } = this.#state;
    while (this.#hasSlot(nowMs)) {
      const due = queue.take(nowMs);
      if (due === undefined) break;
      this.#track(this.#steps.pass(due).finally(() => queue.done(due.accountId)));
    }
  }

  /** Nothing can be accepted before the platform source, so the namespace sources wait for it. */
  #fetches(nowMs: number): readonly { readonly namespace: Namespace | null; readonly dueMs: number }[] {
    const { enforced, source, namespaceSources } = this.#state;
    const others = enforced === null || !this.#hasSlotForFetch(nowMs) ? [] : [...namespaceSources];
    return [[null, source] as const, ...others]
      .filter(([namespace]) => !this.#fetching.has(namespace))
      .map(([namespace, { fetchDueMs }]) => ({ namespace, dueMs: fetchDueMs }));
  }

  /** The platform source always has a slot. */
  #hasSlotForFetch(nowMs: number): boolean {
    const quick = [...this.#fetching].filter(
      (namespace) => this.#state.sourceOf(namespace).fetchBeganMs > nowMs - SLOW_MS,
    );
    return quick.length < FETCHES_SIDE_BY_SIDE;
  }

  #hasSlot(nowMs: number): boolean {
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
    const { queue } = this.#state;
    const fetchMs = Math.min(Infinity, ...this.#fetches(nowMs).map(({ dueMs }) => dueMs));
    // The tick, which is due within a second, also finds the passes that have become slow.
    const passMs = this.#hasSlot(nowMs) ? (queue.nextDueMs() ?? Infinity) : Infinity;
    const dueMs = Math.min(fetchMs, passMs, this.#tickDueMs);
    try {
      await this.#clock.sleep(Math.max(0, dueMs - nowMs), this.#wake.signal);
    } catch {
      // Woken: the sleep rejected with the signal's reason, and work is due.
    }
  }
}
