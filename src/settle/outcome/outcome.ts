import type { RecentWrites } from "../../diff/drift/recent-writes.ts";
import type { Action, KeyPlan } from "../../model/plan.ts";
import type { AwsError } from "../../model/aws/errors/aws-error.ts";
import type { Drift } from "../../model/drift.ts";
import type { Key } from "../../model/keys/key.ts";
import type { LiveAccount } from "../../model/live.ts";
import type { Subject, Pass } from "../../judge/subject.ts";
import type { KeyJudgement, NotApplied, NoJudgement } from "../../judge/judgement.ts";
import { type OrderedUndo, undoOrderOf } from "../../model/keys/undo-order.ts";
import type { Suspension } from "../../model/approval.ts";
import { suspensionOf } from "../../model/keys/suspension-scope.ts";

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
  | NoJudgement
  | { readonly kind: "judged"; readonly judged: KeyJudgement; readonly notApplied: NotApplied }
  | {
      readonly kind: "written";
      readonly judged: KeyJudgement;
      readonly writes: readonly WriteOutcome[];
      readonly readBack: ReadBack;
    };

/** The state that was read after the writes. */
export type ReadBack =
  | {
      readonly kind: "seen";
      readonly drifts: readonly Drift[];
      readonly unread: readonly string[];
      readonly isAsApplied?: true;
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

/** A write that did not succeed; it ended its key's pass. */
export type FailedWrite = Exclude<WriteOutcome, { readonly kind: "applied" }>;

interface OutcomeFacts {
  readonly subject: Subject;
  /** The suspension that covers the key, regardless of the outcome. */
  readonly suspension: Suspension | undefined;
  /** The undo of its adoption that is ordered; null: none is. Then all writes are of it. */
  readonly ordered: OrderedUndo | null;
  /** After the writes, or as judged if there were none. Includes `revision` drifts: live does not match Git yet. */
  readonly drifts: readonly Drift[];
  /** Parts that could not be read, at the end of the outcome. */
  readonly unread: readonly string[];
  readonly failure: FailedWrite | null;
}

interface UnjudgedView extends OutcomeFacts {
  readonly kind: "unjudged";
  readonly outcome: NoJudgement;
}

export interface JudgedView extends OutcomeFacts {
  readonly kind: "judged";
  readonly judged: KeyJudgement;
  /** Why nothing was written; null: something was. */
  readonly skipped: NotApplied | null;
  readonly writes: readonly WriteOutcome[];
  /** null: nothing was written. */
  readonly readBack: ReadBack | null;
  /** A change from Git waits, and AWS has all of what was applied last, at the end of the outcome. */
  readonly isAsApplied: boolean;
  /** The remaining plan. A plan that is held, refused or suspended stays unchanged, even if an undo ran instead. */
  readonly plan: KeyPlan;
}

/** The outcome of a key with the facts that conditions, records, audit entries and alerts are made from. */
export type OutcomeView = UnjudgedView | JudgedView;

export function outcomeView(outcome: KeyOutcome, suspensions: readonly Suspension[]): OutcomeView {
  const subject = subjectOfOutcome(outcome);
  const suspension = suspensionOf(subject.key, suspensions);
  const ordered = undoOrderOf(subject.key, suspensions);
  if (!("judged" in outcome))
    return { kind: "unjudged", outcome, subject, suspension, ordered, drifts: [], unread: [], failure: null };
  const { judged } = outcome;
  const writtenOutcome = outcome.kind === "written" ? outcome : null;
  const seen = writtenOutcome?.readBack.kind === "seen" ? writtenOutcome.readBack : null;
  const last = writtenOutcome?.writes.at(-1);
  return {
    kind: "judged",
    subject,
    suspension,
    ordered,
    judged,
    skipped: outcome.kind === "judged" ? outcome.notApplied : null,
    writes: writtenOutcome?.writes ?? [],
    readBack: writtenOutcome?.readBack ?? null,
    drifts: seen?.drifts ?? judged.drifts,
    unread: seen?.unread ?? judged.unread,
    isAsApplied: (writtenOutcome === null ? judged : seen)?.isAsApplied === true,
    plan: seen !== null && judged.verdict.kind === "allow" && ordered === null ? seen.plan : judged.plan,
    failure: last === undefined || last.kind === "applied" ? null : last,
  };
}

/** No retry helps until something changes, or none has helped within the deadline. */
export function isTerminal(failure: FailedWrite): boolean {
  return failure.error.facts.disposition.kind === "terminal" || isOverdue(failure);
}

export function isOverdue(failure: FailedWrite): boolean {
  return failure.kind === "failed" && failure.isOverdue;
}

/** Access is missing, or credentials are no longer valid. */
export function isDenied({ facts }: AwsError): boolean {
  return facts.disposition.kind === "circuit";
}
