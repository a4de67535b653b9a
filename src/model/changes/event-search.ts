/** CloudTrail keeps its history for 90 days. */
export const HISTORY_MS = 90 * 86_400_000;

/** What LookupEvents of CloudTrail answered about one object, and whether it is asked again. */
export type EventSearch =
  /** It was not asked yet. */
  | { readonly kind: "due" }
  /** It was asked, and may show further events: CloudTrail needs up to 15 minutes. */
  | { readonly kind: "searched-early" }
  /** It was asked long enough after the difference was seen. */
  | { readonly kind: "searched" }
  /** More calls named the object than are read. */
  | { readonly kind: "too-many" }
  /** The difference is older than the history. */
  | { readonly kind: "too-old" }
  | { readonly kind: "failed"; readonly code: string; readonly isDenied: boolean };
