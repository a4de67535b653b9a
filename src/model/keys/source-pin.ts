import type { Namespace } from "../aws/ids.ts";
import type { Revision } from "../values/revision.ts";

/** A rollback lasts at most this long: until then, no push of the source is applied. */
export const LONGEST_PIN_MS = 7 * 86_400_000;

/** An operator apply an older revision for a limited time. */
export interface SourcePin {
  readonly revision: Revision;
  /** What was in force before. */
  readonly from: Revision;
  readonly actor: string;
  readonly reason: string;
  /** ISO 8601. */
  readonly at: string;
  /** Ends by itself; ISO 8601. */
  readonly until: string;
}

/** A pin, and the newest fetched revision. */
export interface ShownPin extends SourcePin {
  /** What is applied when the pin ends, unless it is held; null: nothing newer was fetched. */
  readonly waiting: Revision | null;
  /** It is over, and its revision stays in force until a newer one is. Missing: it is not over. */
  readonly ended?: true;
}

/** A source whose rollback began or ended. */
export interface PinnedSource {
  readonly source: string;
  /** null: the platform source. */
  readonly namespace: Namespace | null;
  readonly pin: SourcePin;
}

export interface RollbackEnd {
  /** null: the platform source. */
  readonly namespace: Namespace | null;
  readonly reason: string;
}

export interface RollbackOrder extends RollbackEnd {
  /** Or a short form of it. */
  readonly revision: string;
  /** ISO 8601. */
  readonly until: string;
}

/** What the audit record has of a rollback. */
export type RollbackFact =
  | ({ readonly kind: "rolled-back"; readonly source: string } & Omit<SourcePin, "at">)
  /** Without `actor` and `reason`: it ended by itself. */
  | {
      readonly kind: "rollback-ended";
      readonly source: string;
      readonly revision: Revision;
      readonly actor?: string;
      readonly reason?: string;
    };

/** The alert before a rollback ends. */
export interface RollbackEnding {
  readonly kind: "rollback-ending";
  readonly source: string;
  /** null: the platform source. */
  readonly namespace: Namespace | null;
  readonly revision: string;
  /** The revision that is applied then; null: nothing newer was fetched. */
  readonly next: string | null;
  /** `next` awaits an approval; missing: it does not. */
  readonly isHeld?: true;
  readonly until: string;
  readonly actor: string;
  /** null: the source of a namespace; a team is not shown a reason that may name other teams. */
  readonly reason: string | null;
}

/** As the alert of a difference names it, because AWS was compared with its revision. */
export interface AlertedRollback {
  readonly source: string;
  /** Its short form. */
  readonly revision: string;
  readonly until: string;
  readonly actor: string;
  /** null: a route for single namespaces; it may name other teams. */
  readonly reason: string | null;
}

/** null: there is none, or it has ended. */
export function pinInForce(record: { readonly pin?: SourcePin } | null, nowMs: number): SourcePin | null {
  const pin = record?.pin ?? null;
  return pin !== null && Date.parse(pin.until) > nowMs ? pin : null;
}
