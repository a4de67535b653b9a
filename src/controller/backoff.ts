import { backoffMs, type Backoff } from "../model/values/backoff.ts";

const RETRY: Backoff = { firstMs: 1_000, longestMs: 300_000, jitter: "full" };

/** The wait before a failed part of a pass is retried. `attempt` counts from 0; `random` is in [0, 1). */
export function retryMs(attempt: number, random: number): number {
  return backoffMs(RETRY, attempt, random);
}
