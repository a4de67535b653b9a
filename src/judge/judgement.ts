import type { KeyView } from "../model/answers/key-view.ts";
import type { Action, KeyPlan } from "../model/plan.ts";
import type { ApprovedPart, Suspension } from "../model/approval.ts";
import type { AwsError } from "../model/aws/errors/aws-error.ts";
import type { LeftAloneStatement } from "../model/drift.ts";
import type { Finding } from "../model/finding.ts";
import type { AppliedVerdict, JudgedBy, StalledPlan } from "../model/keys/key-record.ts";
import type { Key } from "../model/keys/key.ts";
import type { Subject } from "./subject.ts";

/** The reasons why writes that the guard allowed were not made. */
export type NotApplied =
  | { readonly kind: "observe" }
  | { readonly kind: "suspended"; readonly suspension: Suspension }
  | { readonly kind: "nothing-due" }
  /** The undo of an adoption: its next call is due then; null: a part was not read, and is read again soon. */
  | { readonly kind: "undo-waits"; readonly suspension: Suspension; readonly dueMs: number | null }
  | { readonly kind: "open-intent"; readonly intent: number }
  | { readonly kind: "dependency"; readonly policy: Key }
  /** AWS refused this exact plan before, and live has not changed since. */
  | { readonly kind: "stalled"; readonly stalled: StalledPlan }
  | { readonly kind: "changed-meanwhile" }
  | { readonly kind: "read-failed"; readonly error: AwsError }
  | { readonly kind: "cut-short" };

/** The results of planner and guard for one subject, before anything is written. */
export interface KeyJudgement extends Pick<
  KeyView,
  "drifts" | "notes" | "unread" | "findings" | "verdict" | "undo" | "stricter" | "heldBack" | "furtherWaits"
> {
  readonly subject: Subject;
  readonly leftAlone: readonly LeftAloneStatement[];
  /** As in the comparison. */
  readonly isAsApplied?: true;
  /** The function of the binding does not exist yet. */
  readonly waitsForFunction: boolean;
  /** By the profiles and defaults before the present ones, which the account has not confirmed; null: there are none. */
  readonly formerFindings: readonly Finding[] | null;
  /** What judged it; the applied state has this verdict after a write that needs no approval of a stricter one. */
  readonly judgedBy: JudgedBy;
  /** Of the last applied state; null: it was not judged. */
  readonly appliedVerdict: AppliedVerdict | null;
  /** What others use of a function that the binding declares for the first time; null: it is no first claim. */
  readonly firstClaim: string | null;
  readonly plan: KeyPlan;
  /** For a key that was removed from Git: every condition of its delete holds, except the agreement of two sweeps. */
  readonly mayBeDeleted: boolean;
  /** The approvable parts of `plan` that an operator has approved, also those that may not run yet. */
  readonly approved: readonly ApprovedPart[];
  /** When it opens (ISO 8601); missing: no window is closed, or not before a manifest is corrected or another account is verified. */
  readonly windowOpensAt?: string;
  /** Their actions that may run now. */
  readonly released: readonly Action[];
}

export type NoJudgement =
  /** A required part was not read: no conclusion is drawn. */
  | { readonly kind: "unknown"; readonly subject: Subject; readonly reason: string }
  /** Invalid and never applied: there is nothing to compare with. */
  | { readonly kind: "unusable"; readonly subject: Subject };
