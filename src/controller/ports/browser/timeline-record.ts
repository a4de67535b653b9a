import type { AuditEntry } from "../../../audit/entry.ts";

type EntryOfKind<Kind extends AuditEntry["kind"]> = Extract<AuditEntry, { readonly kind: Kind }>;

export type DriftEndedEntry = EntryOfKind<"drift-ended">;
/** A drift that began, and authors that became known later. */
export type DriftFoundEntry = EntryOfKind<"drift-found"> | EntryOfKind<"drift-author-found">;

/** The time of which the entries are requested. */
export interface TimelineRequest {
  readonly sinceMs: number;
  /** When the oldest drift that has not ended began: who made it is in entries of that time. */
  readonly openSinceMs: number;
}

/** What the record has of a period. Each list is newest first. */
export interface TimelineRecord {
  readonly ended: readonly DriftEndedEntry[];
  readonly found: readonly DriftFoundEntry[];
  /** Whose commits brought differences that Git alone made. */
  readonly accepted: readonly EntryOfKind<"revision-accepted">[];
  readonly gaps: readonly EntryOfKind<"read-gap">[];
  readonly days: readonly EntryOfKind<"control-ran">[];
  readonly starts: readonly EntryOfKind<"started">[];
  /** These entries do not show the state before; null: they reach back to the beginning of the period. */
  readonly unknownBefore: { readonly atMs: number; readonly reason: string } | null;
}
