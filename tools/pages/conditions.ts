import type { ConditionReason } from "../../src/model/status.ts";

/** The condition with the reason, its meaning and the action of an operator. */
type Row = readonly [condition: string, means: string, does: string];

const DESCRIBE = "`grantkeeper describe TARGET` shows the details and the reason";

/** Complete by the compiler: a new reason needs its row. */
export const REASONS = {
  ReconciliationSucceeded: ["Ready True", "matches Git, and was read back", "nothing"],
  ObserveOnly: [
    "Ready True; False for `mode: release`; Unknown if the manifest was removed",
    "compared only; nothing is written, so nothing is released or deleted either",
    "nothing, or `mode: enforce` of process and account",
  ],
  Released: [
    "Ready True",
    "released by `mode: release`: the role does not have its ownership tags, and nothing is compared or written",
    "remove the manifest, or add an [Exclusion](manifests.md#exclusion) until another tool manages the function",
  ],
  NotCompared: [
    "Ready Unknown, Reconciling True, Drifted Unknown",
    "it is new or has changed in Git, and no pass has ended since; the conditions before the change are not shown as current",
    "wait; `grantkeeper wait TARGET`",
  ],
  Progressing: [
    "Ready Unknown, Reconciling True",
    "writes, waits or reads are in progress",
    "wait; `grantkeeper wait TARGET`",
  ],
  ProgressingWithRetry: [
    "Reconciling True",
    "a call failed and is retried",
    "nothing if it ends by itself; otherwise the message names the call",
  ],
  WaitingForFunction: [
    "Ready Unknown",
    "the role is ready, the function is not deployed yet",
    "deploy it with that role: `grantkeeper get role-arn TARGET`",
  ],
  AccountRemoved: [
    "Ready Unknown",
    "Git no longer declares its account, which is not read any more; nothing in it was changed",
    "declare the account again, or nothing",
  ],
  ValidationFailed: [
    "Ready False, Stalled True",
    "the manifest is invalid or conflicts with another one; the last applied state remains in effect",
    "fix it at the named line; `grantkeeper validate`",
  ],
  GuardrailRefused: [
    "Ready False",
    "a [guard rule](guardrails.md) refuses it; the last applied state remains in effect",
    "fix the manifest, or ask for a waiver of the rule",
  ],
  AwaitingApproval: [
    "Ready False",
    "an operator must approve it, or the case is not supported in this version",
    "`grantkeeper get approvals`, review it, then `grantkeeper approve DIGEST --reason …`",
  ],
  ChangeWindowClosed: [
    "Ready False",
    "a [change window](operating.md#change-windows) of the platform is closed, waits for another account, or can't be used; drift is still reverted to the last applied state",
    "wait until it opens, fix what the reason names, or override it: `grantkeeper get approvals`, then `grantkeeper approve DIGEST --override --reason …`",
  ],
  WaitingForDependency: [
    "Ready False",
    "a function in its [`dependsOn`](operating.md#one-function-after-another) is not in sync, or one that depends on it is not removed yet; drift is still reverted to the last applied state",
    "the message names the function and the cause: fix that one, or remove it from `dependsOn` in Git",
  ],
  Rejected: [
    "Ready False",
    "an operator rejected the plan; the last applied state remains in effect until the plan changes",
    "`grantkeeper get approvals --all` shows the reason; change the manifest, or approve it after all",
  ],
  DependencyNotReady: [
    "Ready False",
    "a boundary or ManagedPolicy does not exist yet, the function needs a permission that the new role lacks, or a statement is kept for another manifest that is not Ready",
    "create the boundary, fix the policy, add the grant that the message names, or see the other manifest",
  ],
  ReferenceNotResolved: [
    "Ready False",
    "a stack output or SSM parameter that the manifest names cannot be read, or its value is no name; the last applied state remains in effect",
    "the message names it and the reason: deploy the stack, create the parameter, or give the observer access ([references](manifests.md#values-from-aws))",
  ],
  AccessDenied: [
    "Ready False",
    "an identity is not allowed to make a call, or cannot be assumed",
    "the message names the call and the identity; `grantkeeper doctor`; [required permissions](aws-permissions.md)",
  ],
  OwnershipConflict: [
    "Ready False, Stalled True",
    "a role or policy of that name exists without the tags of Grantkeeper",
    "choose another `role.name`, or delete the existing one; adopting it is not in this version",
  ],
  RoleNotUsed: [
    "Ready False",
    "the function runs on another role",
    "set the declared role in the deployment of the function: `grantkeeper get role-arn TARGET`",
  ],
  RoleNotPublished: [
    "Ready False",
    "an alias runs a version that was published with another role",
    "publish a new version and move the alias; Grantkeeper never publishes",
  ],
  ReconciliationFailed: ["Ready False", "the declared state cannot be reached", DESCRIBE],
  PruneFailed: ["Ready False", "a delete failed", DESCRIBE],
  ImmutableField: [
    "Stalled True",
    "AWS cannot change this field: the path of a role, the description of a policy",
    "restore the old value in Git, or use another name",
  ],
  UnmodifiableRole: ["Stalled True", "a role of AWS or of another service", "use another `role.name`"],
  QuotaExceeded: [
    "Stalled True",
    "a quota of AWS is reached; the message has the sizes",
    "split the object, or ask AWS to raise the quota; it is retried every hour",
  ],
  RejectedByAws: [
    "Stalled True",
    "AWS rejects the input of the call",
    "the message quotes AWS; correct the manifest or the object in AWS. It is retried after a change and every hour",
  ],
  NoDriftDetected: [
    "Drifted False",
    "AWS matches Git, or differs from it only by changes from Git that are not applied completely yet",
    "nothing; `Ready` has the reason why a change waits",
  ],
  DriftDetected: [
    "Drifted True",
    "AWS differs from Git, and the record does not prove that only changes from Git which wait differ: someone changed AWS, nothing was applied before, or a change is applied partly",
    "`grantkeeper get drift TARGET`; suspend the binding, or add the change to Git",
  ],
  CorrectionFailed: [
    "Drifted True",
    "AWS differs from Git, and Grantkeeper cannot correct it",
    "the message or alert has the command, or the permission that is missing",
  ],
  Contended: [
    "Drifted True",
    "someone changed the field again after more than 3 reverts in an hour; Grantkeeper no longer reverts it, except for escalation and exposure",
    "find out who changes it (the alert has the CloudTrail command), then change Git or stop the other change",
  ],
  UpstreamChanged: [
    "Drifted True",
    "AWS published a new default version of an attached policy",
    "review the difference; it is never reverted",
  ],
  Suspended: ["Suspended True", "nothing is written until then", "`grantkeeper resume ID --reason …`"],
} as const satisfies Record<ConditionReason, Row>;
