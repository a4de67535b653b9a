import { isUnverifiedEntry } from "../../model/records/record-verification.ts";
import type { HistoryRow } from "./history-rows.ts";

/** In front of the text of an entry that may not be what was written. */
export const NOT_VERIFIED = "(not verified)";

/** Whether any entry of the line may not be what was written. @param from the first such entry of the record; null: there is none */
export function isUnverified({ events }: HistoryRow, from: number | null): boolean {
  return events.some(({ seq }) => isUnverifiedEntry(seq, from));
}

/** @param from the first entry that may not be what was written */
export function unverifiedNote(from: number): string {
  const entries = from === 1 ? "no entry" : `no entry from ${from} on`;
  return `the record does not verify: ${entries} is proved to be what was written. grantkeeper audit verify shows the reason`;
}
