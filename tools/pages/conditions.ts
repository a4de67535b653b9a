import type { ConditionReason } from "../../src/model/status.ts";

/** Where the reason stands, what it means and what a person does. */
type Row = readonly [condition: string, means: string, does: string];

const DESCRIBE = "`grantkeeper describe TARGET` says what and why";

/** Complete by the compiler: a new reason needs its row. */
export const REASONS = {
  ReconciliationSucceeded: ["Ready True", "as git says, and read back", "nothing"],
  ObserveOnly: ["Ready True", "compared; nothing is written here", "nothing, or `mode: enforce`"],
  Progressing: [
    "Ready Unknown, Reconciling True",
    "writes, waits or reads are under way",
    "wait; `grantkeeper wait TARGET`",
  ],
  ProgressingWithRetry: [
    "Reconciling True",
    "a call failed and is tried again",
    "nothing while it ends; else the message names the call",
  ],
  WaitingForFunction: [
    "Ready Unknown",
    "the role is ready, the function is not deployed yet",
    "deploy it with that role: `grantkeeper get role-arn TARGET`",
  ],
  ValidationFailed: [
    "Ready False, Stalled True",
    "the manifest can't be used, or conflicts with another; the last applied state stays",
    "fix it at the named line; `grantkeeper validate`",
  ],
  GuardrailRefused: [
    "Ready False",
    "a [guard rule](guardrails.md) refuses it; the last applied state stays",
    "fix the manifest, or have the rule waived",
  ],
  AwaitingApproval: [
    "Ready False",
    "a person must say yes, or the case is not in this version",
    "`grantkeeper get holds`, look, then `grantkeeper approve SUBJECT --reason …`",
  ],
  Rejected: [
    "Ready False",
    "an operator rejected the plan; the last applied state stays until the plan changes",
    "`grantkeeper get holds --all` shows the reason; change the manifest, or approve it after all",
  ],
  DependencyNotReady: [
    "Ready False",
    "a boundary or ManagedPolicy is not there yet, or the function needs a permission that the new role lacks",
    "write the boundary, fix the policy, or add the grant that the message names",
  ],
  AccessDenied: [
    "Ready False",
    "an identity may not make a call, or can't be assumed",
    "the message names call and identity; `grantkeeper doctor`; [what is needed](aws-permissions.md)",
  ],
  OwnershipConflict: [
    "Ready False, Stalled True",
    "a role or policy of that name stands there without our tags",
    "choose another `role.name`, or delete what is there; taking over is not in this version",
  ],
  RoleNotUsed: [
    "Ready False",
    "the function runs on another role",
    "have its deployer set the declared one: `grantkeeper get role-arn TARGET`",
  ],
  RoleNotPublished: [
    "Ready False",
    "an alias runs a version that was published with another role",
    "publish a new version and move the alias; Grantkeeper never publishes",
  ],
  ReconciliationFailed: ["Ready False", "it can't be brought about", DESCRIBE],
  PruneFailed: ["Ready False", "a delete failed", DESCRIBE],
  ImmutableField: [
    "Stalled True",
    "AWS can't change that: a role's path, a policy's description",
    "put the old value back in git, or use another name",
  ],
  UnmodifiableRole: ["Stalled True", "a role of AWS or of another service", "use another `role.name`"],
  QuotaExceeded: [
    "Stalled True",
    "a quota of AWS is reached; the message has the sizes",
    "split, or have AWS raise it: it is tried again every hour",
  ],
  RejectedByAws: [
    "Stalled True",
    "AWS refuses what the call says",
    "the message has AWS's words; correct the manifest or the object in AWS. It is tried again then, and every hour",
  ],
  NoDriftDetected: ["Drifted False", "AWS is as git says", "nothing"],
  DriftDetected: [
    "Drifted True",
    "AWS differs from git",
    "`grantkeeper get drift TARGET`; suspend it, or take it into git",
  ],
  CorrectionFailed: [
    "Drifted True",
    "it differs, and Grantkeeper can't put it right",
    "the message or alert has the command, or the permission that is missing",
  ],
  Contended: [
    "Drifted True",
    "somebody set the field again after more than 3 reverts in an hour; reverting has stopped, but for escalation and exposure",
    "find out who (the alert has the CloudTrail command), then change git or them",
  ],
  UpstreamChanged: [
    "Drifted True",
    "AWS published a new default version of an attached policy",
    "look at the difference; it is never reverted",
  ],
  Suspended: ["Suspended True", "no write of any kind until then", "`grantkeeper resume ID --reason …`"],
} as const satisfies Record<ConditionReason, Row>;
