import type { AccountId } from "../../../model/aws/ids.ts";
import { isRecordFailure } from "../store.ts";

/** The accounts that the active replica assigned to this one. */
export interface Assignment {
  /** As of the last renewal, sorted. */
  readonly accounts: readonly AccountId[];
  /** How many of them this replica may keep; Infinity: all. */
  readonly share: number;
  /** No pass of an account that this replica lost runs any more: it may be assigned to it again. Others are not affected. */
  passesEnded(accountId: AccountId): void;
  /** No pass of these accounts may run. @throws Error if the record cannot be written; then they may still be assigned */
  returnAccounts(accounts: readonly AccountId[]): Promise<void>;
}

/** The record refused what was written of an account: another process makes its passes. */
export function isNotAssigned(error: unknown): boolean {
  return isRecordFailure(error) && "code" in error && error.code === "not-assigned";
}
