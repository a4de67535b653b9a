import type { ItemKind } from "../../../api/action-required.ts";
import type { ConditionReason } from "../../../model/status.ts";

/** The item for a condition that reports a problem, or why there is none. */
export type ReasonItem =
  { readonly item: ItemKind; readonly because: string } | { readonly item: null; readonly because: string };

/** Complete by the compiler: a new reason of a condition needs its row. */
export const REASON_ITEMS: { readonly [R in ConditionReason]: ReasonItem } = {
  ReconciliationSucceeded: { item: null, because: "everything is as declared" },
  ObserveOnly: {
    item: null,
    because: "nothing is written in observe; exposure and escalation are items of their own",
  },
  ValidationFailed: { item: "broken", because: "the document must be corrected" },
  DependencyNotReady: {
    item: "no-role",
    because: "a boundary, a policy or a grant that the role needs is missing",
  },
  GuardrailRefused: { item: "refused", because: "a guardrail refuses the manifest" },
  AwaitingApproval: { item: "approval", because: "an operator must answer" },
  Rejected: { item: null, because: "an operator has answered; get holds --all shows it" },
  ReconciliationFailed: { item: "unwritable", because: "the plan cannot be carried out" },
  PruneFailed: { item: "unwritable", because: "the delete cannot be carried out" },
  AccessDenied: { item: "unwritable", because: "an identity of Grantkeeper lacks a permission" },
  OwnershipConflict: { item: "unwritable", because: "the object belongs to another owner" },
  RoleNotUsed: { item: "no-role", because: "the function runs on another role" },
  RoleNotPublished: { item: "no-role", because: "published versions run on another role" },
  Progressing: {
    item: "unreadable",
    because: "only if the binding was not read; a change in progress is none",
  },
  ProgressingWithRetry: { item: "unwritable", because: "only after 15 minutes of retries" },
  WaitingForFunction: { item: null, because: "the function is not deployed yet; its role is ready" },
  ImmutableField: { item: "unwritable", because: "AWS cannot change the field" },
  UnmodifiableRole: { item: "unwritable", because: "AWS does not let anyone change the role" },
  QuotaExceeded: { item: "unwritable", because: "a quota of the account is reached" },
  RejectedByAws: { item: "unwritable", because: "AWS rejected the change for good" },
  DriftDetected: { item: null, because: "Grantkeeper reverts it, or observe reports it" },
  NoDriftDetected: { item: null, because: "everything is as declared" },
  CorrectionFailed: { item: "unwritable", because: "the difference cannot be reverted" },
  Contended: { item: "contended", because: "reverts have stopped" },
  UpstreamChanged: {
    item: null,
    because: "AWS changed its policy; an escalation by it is an item of its own",
  },
  Suspended: { item: "suspended", because: "listed once for each suspension" },
};
