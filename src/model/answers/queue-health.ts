/** Why a queue cannot be read. */
export interface QueueFailure {
  readonly code: string;
  readonly reason: string;
  readonly fix: string;
}

/** What the last request to a queue found. `not-asked`: none was answered since the start. */
export type QueueHealth =
  | { readonly kind: "not-asked" }
  | { readonly kind: "read" }
  | { readonly kind: "failing"; readonly sinceMs: number; readonly failure: QueueFailure };

export function healthAfter(before: QueueHealth, failure: QueueFailure | null, nowMs: number): QueueHealth {
  if (failure === null) return { kind: "read" };
  return { kind: "failing", sinceMs: before.kind === "failing" ? before.sinceMs : nowMs, failure };
}

/** A queue of change events, as the last request to it found it. */
export interface ChangeQueueView {
  readonly url: string;
  /** The ids of the accounts whose events it is for. */
  readonly accounts: readonly string[];
  readonly health: QueueHealth;
  /** Someone else received messages of it, on the day until `lastMs`. Missing: that is not known. */
  readonly elsewhere?: ReceivedElsewhere;
}

/** Counts of SQS are approximate: a few messages within this time prove another reader, and not one. */
export const ELSEWHERE_WITHIN_MS = 86_400_000;

interface ReceivedElsewhere {
  readonly sinceMs: number;
  readonly lastMs: number;
  /** The messages. */
  readonly count: number;
}
