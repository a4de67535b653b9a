import { accountIdOf, type Key } from "../../model/keys/key.ts";
import {
  withCurrentFingerprints,
  type AppliedState,
  type KeyRecord,
  type KeyRecordSummary,
} from "../../model/keys/key-record.ts";
import type { KeyStatus } from "../../model/status.ts";
import { StoreError } from "../errors.ts";
import { storedText } from "./stored-text.ts";

export interface SummaryRow {
  readonly key: Key;
  readonly status: string;
  readonly record: string;
}

export interface AppliedRow {
  readonly key: Key;
  readonly applied: string | null;
  readonly source_hash: string | null;
}

export interface KeyRow extends SummaryRow, AppliedRow {}

export interface KeyColumns extends SummaryRow, AppliedRow {
  readonly account_id: string;
}

/** @param put stores the text of a manifest once, although several bindings were applied from it, and returns its hash */
export function keyColumns(keyRecord: KeyRecord, put: (text: string) => string): KeyColumns {
  const { key, status, applied, ...rest } = keyRecord;
  return {
    key,
    account_id: accountIdOf(key),
    status: storedText(status),
    record: storedText(rest),
    ...appliedColumns(applied, put),
  };
}

function appliedColumns(applied: AppliedState | null, put: (text: string) => string) {
  if (applied === null) return { applied: null, source_hash: null };
  const { sourceText, ...rest } = applied;
  return { applied: storedText(rest), source_hash: put(sourceText.toWellFormed()) };
}

export function summaryOf({ key, status, record }: SummaryRow): KeyRecordSummary {
  const rest = JSON.parse(record) as Omit<KeyRecordSummary, "key" | "status">;
  return withCurrentFingerprints({ key, status: JSON.parse(status) as KeyStatus | null, ...rest });
}

/** @param database its name, for the message */
export function appliedOf(
  row: AppliedRow,
  { get, database }: { readonly get: (hash: string) => string | undefined; readonly database: string },
): AppliedState | null {
  if (row.applied === null || row.source_hash === null) return null;
  const sourceText = get(row.source_hash);
  if (sourceText === undefined)
    throw new StoreError("damaged", `the applied text of ${row.key} is missing in ${database}`);
  return { ...(JSON.parse(row.applied) as Omit<AppliedState, "sourceText">), sourceText };
}
