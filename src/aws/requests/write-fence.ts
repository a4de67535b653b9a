import type { AccountId, Partition } from "../../model/aws/ids.ts";
import type { DesiredAccount } from "../../model/desired.ts";
import { WRITE_BUDGET_MS } from "../../model/network/write-budget.ts";
import type { AwsTime } from "./aws-clock.ts";

interface WriteFenceParts {
  /** How long this process may still write in the account; Infinity: no other process writes. */
  readonly writeLeftMs: (accountId: AccountId) => number;
  readonly awsTime: () => AwsTime | null;
  /** Makes AWS answer, so that its clock is known. */
  readonly askAws: (partition: Partition, signal: AbortSignal) => Promise<void>;
}

/** The end of a session's writes, or why there is none. */
export type FenceEnd =
  /** No other process writes. */
  | { readonly kind: "none" }
  /** By AWS's clock. */
  | { readonly kind: "at"; readonly endMs: number }
  /** This process may not write for long enough. */
  | { readonly kind: "too-late" }
  | { readonly kind: "clock-unknown" };

/** AWS may compare whole seconds, and the clocks of its servers may differ by a second. */
const MARGIN_MS = 2_000;
const SECOND_MS = 1_000;

/**
 * Until when AWS accepts the writes of a session: not beyond the time for which this process may write, as AWS's clock shows
 * it. So AWS refuses a request that leaves this process too late, even if this process is not aware of it. The clock of the database
 * is not needed: how long the process may write is a duration, and AWS's answers show AWS's clock.
 */
export class WriteFence {
  readonly #parts: WriteFenceParts;

  constructor(parts: WriteFenceParts) {
    this.#parts = parts;
  }

  async end(
    { id, partition }: Pick<DesiredAccount, "id" | "partition">,
    signal: AbortSignal,
  ): Promise<FenceEnd> {
    const { writeLeftMs, awsTime, askAws } = this.#parts;
    if (writeLeftMs(id) === Infinity) return { kind: "none" };
    if (awsTime() === null) await askAws(partition, signal);
    // The time first: if the process is stopped after it, the end is early, not late.
    const time = awsTime();
    if (time === null) return { kind: "clock-unknown" };
    const endMs = Math.floor((time.earliestMs + writeLeftMs(id) - MARGIN_MS) / SECOND_MS) * SECOND_MS;
    return endMs - time.latestMs < WRITE_BUDGET_MS ? { kind: "too-late" } : { kind: "at", endMs };
  }

  /** How long AWS certainly accepts writes of a session with this end. @param endMs null: it has none */
  leftMs(endMs: number | null): number {
    if (endMs === null) return Infinity;
    const time = this.#parts.awsTime();
    return time === null ? 0 : endMs - time.latestMs;
  }
}
