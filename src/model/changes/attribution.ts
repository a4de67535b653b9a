import type { EventSearch } from "./event-search.ts";
import type { Actor, ChangedAspect, ChangeRecord } from "./change-event.ts";

/** A call that explains a difference. */
export interface AttributedChange {
  readonly eventId: string;
  /** ISO 8601. */
  readonly at: string;
  readonly call: string;
  readonly aspect: ChangedAspect;
  readonly actor: Actor;
}

/** Who made a change in AWS, as far as change events show it. */
export type Attribution =
  /**
   * The only call seen that set what AWS shows, after the last read without the difference. Events can be lost: another
   * caller may have undone it and set the same again.
   */
  | { readonly kind: "named"; readonly change: AttributedChange }
  /** Each of these calls may explain it, the oldest first; the author may be none of them. */
  | {
      readonly kind: "candidates";
      readonly changes: readonly AttributedChange[];
      /** Why the times of calls and reads cannot be compared; missing: they can, or an earlier version found them. */
      readonly clock?: string;
    }
  | { readonly kind: "unknown"; readonly reason: string };

export interface AttributedDrift {
  /** `+ AdministratorAccess attached to its role` */
  readonly difference: string;
  readonly attribution: Attribution;
}

/** The change events that a pass knows of its account. */
export interface KnownChanges {
  /** The oldest first. */
  readonly records: readonly ChangeRecord[];
  /** Why events of a queue may be missing; null: a queue of the account is read, or CloudTrail is asked. */
  readonly problem: string | null;
  /** By ARN of an object: what CloudTrail answered about it. Missing: CloudTrail is not asked. */
  readonly searches?: ReadonlyMap<string, EventSearch>;
}
