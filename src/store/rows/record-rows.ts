import type { DesiredAccount } from "../../model/desired.ts";
import { firstAccountRecord, type AccountRecord } from "../../model/records/account-record.ts";
import type { ObjectRecord } from "../../model/records/object-record.ts";
import type { RecordChange } from "../../model/records/record-change.ts";
import { defaultFences } from "../../model/rules/account-fences.ts";
import { storedText } from "./stored-text.ts";
import type { ChangeRecord } from "../../model/changes/change-event.ts";

export interface StoredRow {
  readonly record: string;
}

export interface ObjectRow extends StoredRow {
  readonly version: number;
}

/** An account as 0.1.0 stored it: its propagation wait had another name, and it had no fences. */
type StoredAccount = Omit<DesiredAccount, "fences"> & {
  readonly settleMs?: number;
  readonly fences?: DesiredAccount["fences"];
};

/** In the form of this version. Without recorded fences the safe defaults hold, as for a manifest without them. */
export function accountInThisVersion(record: AccountRecord): AccountRecord {
  const declared: StoredAccount | null = record.declared;
  if (declared === null) return record;
  const { settleMs, ...rest } = declared;
  return {
    ...record,
    declared: {
      ...rest,
      fences: rest.fences ?? defaultFences(rest.partition),
      ...(settleMs !== undefined && { propagationWaitMs: settleMs }),
    },
  };
}

/** The record of an account that has none yet when it joins an AccountSet. */
export function memberRecord({
  accountId,
  name,
  declared,
}: NonNullable<RecordChange["members"]>[number]): AccountRecord {
  return { ...firstAccountRecord(accountId, name), declared };
}

export function objectText(object: ObjectRecord): string {
  const { resourceVersion: _, ...rest } = object;
  return storedText(rest);
}

export function recordedObjectOf({ record, version }: ObjectRow): ObjectRecord {
  return { ...(JSON.parse(record) as Omit<ObjectRecord, "resourceVersion">), resourceVersion: version };
}

/** No drift stays unseen for longer, unless its account is not read: then no clean read is recent enough to name anyone. */
export const KEPT_MS = 604_800_000;
export const KEPT_OF_ACCOUNT = 2_000;

export function eventColumns(change: ChangeRecord) {
  const { id, accountId, atMs } = change.event;
  // A forged time in the future would be kept without an end, and displace every event that is true.
  return {
    id,
    account_id: accountId,
    at_ms: Math.min(atMs, change.receivedMs),
    record: storedText(change),
  };
}
