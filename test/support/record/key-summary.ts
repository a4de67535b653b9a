import type { KeyRecord, KeyRecordSummary } from "../../../src/model/keys/key-record.ts";

/** The record without what was applied. */
export function summaryOf(record: KeyRecord): KeyRecordSummary {
  const parts = Object.entries(record).filter(([name]) => name !== "applied");
  return Object.fromEntries(parts) as unknown as KeyRecordSummary;
}
