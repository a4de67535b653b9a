import type { ChangeRecord } from "../../model/changes/change-event.ts";
import { storedText } from "./stored-text.ts";

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
