import type { Clock } from "../../controller/ports/clock.ts";
import type { RequestLimit } from "../../model/passes/request-limits.ts";
import { byTextOf } from "../../text/order.ts";
import type { DesiredAccount } from "../../model/desired.ts";
import { TokenBucket, type Urgency } from "./token-bucket.ts";
import type { Budgets } from "./budgets.ts";
import type { ApiFamily } from "../calls/calls.ts";

/** The rate limit of one call. Every attempt takes one token, including the SDK's own retries. */
export interface RateLimit {
  /** Resolves when a request may be sent. @throws the signal's reason */
  take(signal: AbortSignal): Promise<void>;
  /** Call this if AWS throttled the request. */
  throttled(): void;
}

/** For calls without a budget. */
export const UNLIMITED: RateLimit = {
  take: async (signal) => signal.throwIfAborted(),
  throttled: () => undefined,
};

export interface LimitedCall {
  readonly account: DesiredAccount;
  /** Null for IAM. */
  readonly region: string | null;
  /** Null if the call has no budget. */
  readonly family: ApiFamily | null;
  readonly urgency: Urgency;
}

interface PlacedBucket extends Pick<RequestLimit, "accountId" | "region"> {
  readonly family: ApiFamily;
  readonly bucket: TokenBucket;
}

/** The rate limits of all accounts, regions and API families. */
export class CallRateLimits {
  readonly #budgets: Budgets;
  readonly #clock: Clock;
  readonly #buckets = new Map<string, PlacedBucket>();

  constructor(budgets: Budgets, clock: Clock) {
    this.#budgets = budgets;
    this.#clock = clock;
  }

  limitOf({ account, region, family, urgency }: LimitedCall): RateLimit {
    if (family === null) return UNLIMITED;
    const budget = account.budgets[family] ?? (this.#budgets === "unlimited" ? null : this.#budgets[family]);
    if (budget === null) return UNLIMITED;
    const bucket = this.#bucket({ accountId: account.id, region, family }, budget);
    return { take: (signal) => bucket.take(urgency, signal), throttled: () => bucket.throttled() };
  }

  /** Sorted by account, region and family. */
  list(): readonly RequestLimit[] {
    return [...this.#buckets].toSorted(byTextOf(([name]) => name)).map(([, { bucket, ...place }]) => ({
      ...place,
      budget: bucket.budget,
      rate: bucket.rate,
      waiting: bucket.waiting,
    }));
  }

  #bucket(place: Omit<PlacedBucket, "bucket">, budget: number): TokenBucket {
    const name = `${place.accountId} ${place.region ?? "global"} ${place.family}`;
    const known = this.#buckets.get(name);
    if (known !== undefined) {
      known.bucket.setBudget(budget);
      return known.bucket;
    }
    const bucket = new TokenBucket(budget, this.#clock);
    this.#buckets.set(name, { ...place, bucket });
    return bucket;
  }
}
