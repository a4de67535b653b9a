import type { Rejection, Suspension } from "../../model/approval.ts";
import type { AppliedState, KeyRecordSummary } from "../../model/keys/key-record.ts";
import type { AccountRecord } from "../../model/records/account-record.ts";

export interface RecordedFacts {
  readonly record: KeyRecordSummary | null;
  /** The record and the last pass compared an earlier declaration than the one in force. */
  readonly isUncompared: boolean;
  readonly applied: AppliedState | null;
  readonly account: AccountRecord | null;
  readonly suspensions: readonly Suspension[];
  readonly rejections: readonly Rejection[];
}
