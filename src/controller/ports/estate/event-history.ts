import type { Region } from "../../../model/aws/ids.ts";
import type { ChangeEvent } from "../../../model/changes/change-event.ts";
import type { DesiredAccount } from "../../../model/desired.ts";

export interface HistorySearch {
  readonly account: DesiredAccount;
  readonly region: Region;
  /** The names by which a call may have named the object. */
  readonly names: readonly string[];
  readonly fromMs: number;
  readonly toMs: number;
}

export type HistoryAnswer =
  /** Each event once. CloudTrail may show more of them later. */
  | { readonly kind: "events"; readonly events: readonly ChangeEvent[] }
  /** The newest alone would not show whether another call explains a difference as well, so none is returned. */
  | { readonly kind: "too-many" }
  | { readonly kind: "failed"; readonly code: string; readonly isDenied: boolean };

/** The event history of CloudTrail (LookupEvents), read with the observer of the account. */
export interface EventHistory {
  /** The successful calls that changed the object. @throws only an error that is no answer of AWS, or the signal's reason */
  find(search: HistorySearch, signal: AbortSignal): Promise<HistoryAnswer>;
}
