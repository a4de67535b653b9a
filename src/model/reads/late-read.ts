import type { AccountRecord } from "../records/account-record.ts";
import { longestPauseMs } from "./region-reads.ts";

interface ReadTimes {
  readonly sweepMs: number;
  readonly nowMs: number;
  /** No pass has ended since the start of the controller. */
  readonly comparing: boolean;
}

/**
 * The record with the reason why its account is not read now. If the reads do not end, such as while AWS does not answer, no
 * pass settles, and the record still has what the last complete read found: it then fails since that read.
 */
export function withLateRead(record: AccountRecord, { sweepMs, nowMs, comparing }: ReadTimes): AccountRecord {
  const { failing, lastSweepMs } = record;
  const isLate = lastSweepMs !== null && lastSweepMs < nowMs - longestPauseMs(sweepMs);
  if (failing !== null || !isLate) return record;
  const reason = comparing ? "not compared since the controller started" : "the last read has not ended";
  return { ...record, failing: { sinceMs: lastSweepMs, reason } };
}
