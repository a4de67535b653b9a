import type { ConditionReason } from "../model/status.ts";
import type { ItemKind } from "./action-required.ts";

/** What a reason of a condition means to those who read it. */
interface ReasonMeaning {
  /** The required action for a condition that reports a problem; null: there is none. */
  readonly item: ItemKind | null;
  /** Why it is this item, or none. */
  readonly because: string;
  /** It ends without help, or with a deployment. */
  readonly lasts?: "until-deployed";
  /** How a result of `reconcile` or `wait` names it; absent: `not applied`. */
  readonly label?: string;
}

/** The compiler keeps it complete: a new reason of a condition needs its row. */
export const CONDITION_REASONS: Readonly<Record<ConditionReason, ReasonMeaning>> = {
  ReconciliationSucceeded: { item: null, because: "everything is as declared" },
  ObserveOnly: {
    item: null,
    because: "nothing is written in observe; exposure and escalation are items of their own",
  },
  Released: { item: null, because: "the manifest releases the function, and another tool may own its role" },
  AccountRemoved: { item: null, because: "the account was removed from Git on purpose" },
  ValidationFailed: {
    item: "broken",
    because: "the document must be corrected",
    label: "broken",
  },
  DependencyNotReady: {
    item: "no-role",
    because: "a boundary, a policy or a grant that the role needs is missing",
    lasts: "until-deployed",
    label: "its role cannot be completed",
  },
  ReferenceNotResolved: {
    item: "broken",
    because: "a value in AWS that the manifest names has no usable value",
    lasts: "until-deployed",
    label: "a reference has no value",
  },
  GuardrailRefused: { item: "refused", because: "a guardrail refuses the manifest" },
  AwaitingApproval: { item: "approval", because: "an operator must answer" },
  ChangeWindowClosed: {
    item: null,
    because:
      "it is written when its change window opens and the accounts before it are verified, or when an operator overrides the window",
    lasts: "until-deployed",
  },
  WaitingForDependency: {
    item: null,
    because:
      "it is written when every function that it depends on is in sync, and those have items of their own",
    lasts: "until-deployed",
  },
  Rejected: { item: null, because: "an operator has answered; get approvals --all shows it" },
  ReconciliationFailed: {
    item: "unwritable",
    because: "the plan cannot be carried out",
  },
  PruneFailed: { item: "unwritable", because: "the delete cannot be carried out" },
  AccessDenied: {
    item: "unwritable",
    because: "an identity of Grantkeeper lacks a permission",
    label: "access denied",
  },
  OwnershipConflict: {
    item: "unwritable",
    because: "the object belongs to another owner",
    label: "owned by another",
  },
  RoleNotUsed: {
    item: "no-role",
    because: "the function runs on another role",
    lasts: "until-deployed",
    label: "the function does not use its role",
  },
  RoleNotPublished: {
    item: "no-role",
    because: "published versions run on another role",
    lasts: "until-deployed",
    label: "published versions do not use its role",
  },
  NotCompared: {
    item: null,
    because: "a pass is about to compare the new declaration; it has its own line on `status`",
    label: "not compared yet",
  },
  Progressing: {
    item: "unreadable",
    because: "only if the binding was not read; a change in progress is none",
  },
  ProgressingWithRetry: {
    item: "unwritable",
    because: "only after 15 minutes of retries",
  },
  WaitingForFunction: {
    item: null,
    because: "the function is not deployed yet; its role is ready",
    lasts: "until-deployed",
  },
  ImmutableField: { item: "unwritable", because: "AWS cannot change the field" },
  UnmodifiableRole: {
    item: "unwritable",
    because: "AWS does not let anyone change the role",
  },
  QuotaExceeded: { item: "unwritable", because: "a quota of the account is reached" },
  RejectedByAws: { item: "unwritable", because: "AWS rejected the change for good" },
  DriftDetected: { item: null, because: "Grantkeeper reverts it, or observe reports it" },
  NoDriftDetected: { item: null, because: "everything is as declared, or as it was applied last" },
  CorrectionFailed: { item: "unwritable", because: "the difference cannot be reverted" },
  Contended: { item: "contended", because: "reverts have stopped" },
  UpstreamChanged: {
    item: null,
    because: "AWS changed its policy or added actions; an escalation by it is an item of its own",
  },
  Suspended: { item: "suspended", because: "listed once for each suspension" },
};
