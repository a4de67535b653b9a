/** By "service:Operation" or "service"; the more specific one counts. Calls without a rate are not throttled. */
export type Rates = Readonly<Record<string, { readonly perSecond: number; readonly burst: number }>>;

/** One token bucket for each account, region and rate. */
export class Throttle {
  readonly #rates: Rates;
  readonly #buckets = new Map<string, { tokens: number; atMs: number }>();

  constructor(rates: Rates) {
    this.#rates = rates;
  }

  /** False if the call exceeds the rate. */
  admits(
    call: { readonly service: string; readonly operation: string; readonly place: string },
    nowMs: number,
  ): boolean {
    const name = [`${call.service}:${call.operation}`, call.service].find((each) => each in this.#rates);
    const rate = this.#rates[name ?? ""];
    if (rate === undefined) return true;
    const key = `${call.place}/${name}`;
    const bucket = this.#buckets.get(key) ?? { tokens: rate.burst, atMs: nowMs };
    const gained = ((nowMs - bucket.atMs) / 1_000) * rate.perSecond;
    const tokens = Math.min(rate.burst, bucket.tokens + gained);
    this.#buckets.set(key, { tokens: tokens >= 1 ? tokens - 1 : tokens, atMs: nowMs });
    return tokens >= 1;
  }
}
