import type { Clock } from "../../controller/ports/clock.ts";

/** `background`: a read of what nothing has changed as far as is known, such as that of a sweep. */
export type Urgency = "write" | "read" | "background";

interface WaitingRequest {
  readonly urgency: Urgency;
  readonly arrivedMs: number;
  readonly start: () => void;
}

/** The share of the burst that the requests of each urgency leave to those that go first. */
const LEFT_SHARES = { write: 0, read: 0.2, background: 0.5 } as const satisfies Record<Urgency, number>;
const ORDER = ["write", "read", "background"] as const satisfies readonly Urgency[];
/** A read in the background that has waited for so long is like any other read: others cannot hold it up forever. */
const BACKGROUND_WAITS_MS = 5_000;
/** After throttling the rate is halved, but not below this share of the budget. */
const LOWEST_SHARE = 1 / 16;
/** Then the rate grows by this share of the budget for each second. */
const GROWTH_SHARE = 0.02;
/** Requests in flight fail together when AWS throttles, so they count as one. */
const SHRINK_EVERY_MS = 1_000;

/**
 * A token bucket of one account, region and API family: a burst of one second's requests, then `rate` requests a
 * second. Writes go first and have a reserved share, then the reads that a change or a person waits for, then those in the
 * background. Throttling reduces the rate; it recovers with time.
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
    const waiter: WaitingRequest = { urgency, arrivedMs: this.#clock.nowMs(), start: resolve };
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

  /** Releases the requests that have a token: in the order of their urgency, and of their arrival. */
  #release(): void {
    const nowMs = this.#count();
    for (const urgency of ORDER) {
      for (const waiter of this.#waiting.filter((each) => urgencyAt(each, nowMs) === urgency)) {
        if (this.#tokens < this.#needed(urgency)) return;
        this.#tokens -= 1;
        this.#waiting = this.#waiting.filter((each) => each !== waiter);
        waiter.start();
      }
    }
  }

  #shortestWaitMs(): number {
    const nowMs = this.#clock.nowMs();
    const waiting = new Set(this.#waiting.map((each) => urgencyAt(each, nowMs)));
    const urgency = ORDER.find((each) => waiting.has(each)) ?? "write";
    const missing = this.#needed(urgency) - this.#tokens;
    return Math.max(1, Math.ceil((missing / this.#rate) * 1_000));
  }

  #needed(urgency: Urgency): number {
    return 1 + Math.floor(this.#burst() * LEFT_SHARES[urgency]);
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

function urgencyAt({ urgency, arrivedMs }: WaitingRequest, nowMs: number): Urgency {
  return urgency === "background" && nowMs - arrivedMs >= BACKGROUND_WAITS_MS ? "read" : urgency;
}
