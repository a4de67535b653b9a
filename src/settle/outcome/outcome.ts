import type { RecentWrites } from "../../diff/drift/recent-writes.ts";
import type { Action, KeyPlan } from "../../model/plan.ts";
import type { AwsError } from "../../model/aws/aws-error.ts";
import type { Drift } from "../../model/drift.ts";
import type { Key } from "../../model/keys/key.ts";
import type { LiveAccount } from "../../model/live.ts";
import type { Subject } from "../../judge/subject.ts";
import type { Pass } from "../../judge/pass.ts";
import type { Judged, NotApplied, Unjudged } from "../../judge/judgement.ts";

/** The result of one write. */
export type WriteOutcome =
  | { readonly kind: "applied"; readonly action: Action; readonly intent: number; readonly atMs: number }
  | {
      readonly kind: "failed";
      readonly action: Action;
      readonly intent: number;
      readonly error: AwsError;
      /** True if a failure that time should fix lasted longer than its deadline. */
      readonly isOverdue: boolean;
    }
  /** The read before the call failed, so there is no intent and no call. */
  | { readonly kind: "not-made"; readonly action: Action; readonly error: AwsError }
  /** No answer arrived: the intent stays open until an observation shows the result. */
  | { readonly kind: "lost"; readonly action: Action; readonly intent: number; readonly error: AwsError };

/** The outcome of one pass for one key. */
export type KeyOutcome =
  | Unjudged
  | { readonly kind: "judged"; readonly judged: Judged; readonly notApplied: NotApplied }
  | {
      readonly kind: "written";
      readonly judged: Judged;
      readonly writes: readonly WriteOutcome[];
      readonly readBack: ReadBack;
    };

/** The state that was read after the writes. */
export type ReadBack =
  | {
      readonly kind: "seen";
      readonly drifts: readonly Drift[];
      readonly unread: readonly string[];
      readonly plan: KeyPlan;
    }
  | { readonly kind: "not-read"; readonly reason: string };

export type PassResult =
  { readonly kind: "failed"; readonly pass: Pass; readonly error: AwsError } | DonePass;

export interface DonePass {
  readonly kind: "done";
  readonly pass: Pass;
  /** As the pass read it, before its writes. */
  readonly observed: LiveAccount;
  /** After its writes. */
  readonly live: LiveAccount;
  /** Every listing of the account was read to its end in this pass. */
  readonly swept: boolean;
  readonly outcomes: readonly KeyOutcome[];
  /** Includes the writes of this pass. */
  readonly writes: RecentWrites;
  /** Keys whose drift was recorded before they were written. */
  readonly recorded: ReadonlySet<Key>;
  readonly endedAtMs: number;
}

export function subjectOfOutcome(outcome: KeyOutcome): Subject {
  return "judged" in outcome ? outcome.judged.subject : outcome.subject;
}
