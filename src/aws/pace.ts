import type { Clock } from "../controller/ports/clock.ts";
import type { DesiredAccount } from "../model/desired.ts";
import { Bucket, type Urgency } from "./bucket.ts";
import type { Budgets } from "./budgets.ts";
import type { ApiFamily } from "./calls.ts";

/** One call's way through its budget; taken once for every attempt, the SDK's own repeats included. */
export interface Lane {
  /** Resolves when a request may be sent. @throws the signal's reason */
  take(signal: AbortSignal): Promise<void>;
  /** AWS answered that it was too fast. */
  throttled(): void;
}

/** For calls that have no budget. */
export const OPEN_LANE: Lane = {
  take: async (signal) => signal.throwIfAborted(),
  throttled: () => undefined,
};

/** Keeps to the budgets of every account, region and API family. */
export class Pace {
  readonly #budgets: Budgets;
  readonly #clock: Clock;
  readonly #buckets = new Map<string, Bucket>();

  constructor(budgets: Budgets, clock: Clock) {
    this.#budgets = budgets;
    this.#clock = clock;
  }

  lane(account: DesiredAccount, region: string | null, family: ApiFamily | null, urgency: Urgency): Lane {
    if (this.#budgets === "unlimited" || family === null) return OPEN_LANE;
    const budget = account.budgets[family] ?? this.#budgets[family];
    const bucket = this.#bucket(`${account.id} ${region ?? "global"} ${family}`, budget);
    return { take: (signal) => bucket.take(urgency, signal), throttled: () => bucket.throttled() };
  }

  #bucket(name: string, budget: number): Bucket {
    const known = this.#buckets.get(name);
    if (known !== undefined) {
      known.setBudget(budget);
      return known;
    }
    const made = new Bucket(budget, this.#clock);
    this.#buckets.set(name, made);
    return made;
  }
}
