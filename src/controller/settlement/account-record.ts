import type { AccountId } from "../../model/aws/ids.ts";
import type { AccountRecord } from "../ports/store.ts";

/** The record of an account before its first pass. */
export function firstAccountRecord(accountId: AccountId, name: string): AccountRecord {
  return {
    accountId,
    name,
    declared: null,
    started: false,
    catalogueDigest: null,
    lastSweepMs: null,
    previousSweepMs: null,
    failing: null,
    deleted: null,
    heldSinceMs: {},
    functionsSeen: null,
    functionsInGit: null,
    control: null,
  };
}
