import type { Clock } from "../../controller/ports/clock.ts";

export type Urgency = "read" | "write";

interface WaitingRequest {
  readonly urgency: Urgency;
  readonly start: () => void;
}

/** The share of the burst that is reserved for writes. */
const RESERVED_SHARE = 0.2;
/** After throttling the rate is halved, but not below this share of the budget. */
const LOWEST_SHARE = 1 / 16;
/** Then the rate grows by this share of the budget for each second. */
const GROWTH_SHARE = 0.02;
/** Requests in flight fail together when AWS throttles, so they count as one. */
const SHRINK_EVERY_MS = 1_000;

/**
 * A token bucket of one account, region and API family: a burst of one second's requests, then `rate` requests a
 * second. Writes go first and have a reserved share. Throttling reduces the rate; it recovers with time.
 */
export class TokenBucket {
  readonly #clock: Clock;
  #budget: number;
  #rate: number;
  #tokens: number;
  #countedMs: number;
  #shrunkMs = -Infinity;
  #waiting: readonly WaitingRequest[] = [];
  /** Ends the sleep of the pump, so that it checks again. */
  #wake: AbortController | null = null;

  constructor(budget: number, clock: Clock) {
    this.#clock = clock;
    this.#budget = budget;
    this.#rate = budget;
    this.#tokens = this.#burst();
    this.#countedMs = clock.nowMs();
  }

  get rate(): number {
    this.#count();
    return this.#rate;
  }

  get budget(): number {
    return this.#budget;
  }

  /** The number of requests that wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Applies a budget that a new revision of the manifests changed. */
  setBudget(budget: number): void {
    if (budget === this.#budget) return;
    this.#rate = (this.#rate / this.#budget) * budget;
    this.#budget = budget;
    this.#tokens = Math.min(this.#tokens, this.#burst());
  }

  /** Resolves when a request may be sent. @throws the signal's reason */
  async take(urgency: Urgency, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiter: WaitingRequest = { urgency, start: resolve };
    const abandon = (): void => {
      this.#waiting = this.#waiting.filter((each) => each !== waiter);
      this.#wake?.abort();
      reject(signal.reason as Error);
    };
    signal.addEventListener("abort", abandon, { once: true });
    this.#waiting = [...this.#waiting, waiter];
    this.#pump();
    try {
      await promise;
    } finally {
      signal.removeEventListener("abort", abandon);
    }
  }

  throttled(): void {
    const nowMs = this.#count();
    if (nowMs - this.#shrunkMs < SHRINK_EVERY_MS) return;
    this.#shrunkMs = nowMs;
    this.#rate = Math.max(this.#budget * LOWEST_SHARE, this.#rate / 2);
    this.#tokens = 0;
  }

  #pump(): void {
    if (this.#wake !== null) return this.#wake.abort();
    this.#release();
    if (this.#waiting.length > 0) void this.#releaseLater();
  }

  async #releaseLater(): Promise<void> {
    while (this.#waiting.length > 0) {
      this.#wake = new AbortController();
      await this.#clock.sleep(this.#shortestWaitMs(), this.#wake.signal).catch(() => undefined);
      this.#release();
    }
    this.#wake = null;
  }

  /** Releases the requests that have a token: writes first, then reads, each in order of arrival. */
  #release(): void {
    this.#count();
    for (const urgency of ["write", "read"] as const) {
      for (const waiter of this.#waiting.filter((each) => each.urgency === urgency)) {
        if (this.#tokens < this.#needed(urgency)) break;
        this.#tokens -= 1;
        this.#waiting = this.#waiting.filter((each) => each !== waiter);
        waiter.start();
      }
    }
  }

  #shortestWaitMs(): number {
    const urgency = this.#waiting.some((each) => each.urgency === "write") ? "write" : "read";
    const missing = this.#needed(urgency) - this.#tokens;
    return Math.max(1, Math.ceil((missing / this.#rate) * 1_000));
  }

  #needed(urgency: Urgency): number {
    return urgency === "write" ? 1 : 1 + Math.floor(this.#burst() * RESERVED_SHARE);
  }

  #burst(): number {
    return Math.max(1, this.#budget);
  }

  #count(): number {
    const nowMs = this.#clock.nowMs();
    const seconds = Math.max(0, nowMs - this.#countedMs) / 1_000;
    this.#countedMs = nowMs;
    this.#tokens = Math.min(this.#burst(), this.#tokens + seconds * this.#rate);
    this.#rate = Math.min(this.#budget, this.#rate + seconds * this.#budget * GROWTH_SHARE);
    return nowMs;
  }
}
