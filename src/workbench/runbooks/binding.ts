import type { Runbook } from "./runbook.ts";

/** About one function or ManagedPolicy. */
export const BINDING_RUNBOOKS: readonly Runbook[] = [
  {
    id: "as-declared",
    title: "AWS matches Git",
    means:
      "ReconciliationSucceeded: the declared state was written and read back. NoDriftDetected: the last read found no drift; a change from Git may wait, with its reason in `Ready`. ObserveOnly: compared only, nothing is written; not Ready if the manifest asks for a release. Released: the manifest has `mode: release`; the role is no longer compared or written.",
    risk: "None. With ObserveOnly, drift is reported and not reverted.",
    see: [["grantkeeper describe TARGET", "declared, effective and pending permissions"]],
    steps: [
      "No action required. To correct drift in an account that is observed, set `mode: enforce` after you have read its drift: `grantkeeper get drift`.",
    ],
    over: "It is not a problem.",
  },
  {
    id: "in-progress",
    title: "A change is in progress",
    means:
      "NotCompared: Git changed the manifest, and no pass has ended since. Progressing: writes, waits for propagation or reads are under way. WaitingForFunction: the role is ready and the function is not deployed yet.",
    risk: "None for a change in progress: an addition is made before the permission that it replaces is removed.",
    see: [
      ["grantkeeper wait TARGET", "waits until it ends, and reports the result"],
      ["grantkeeper describe TARGET", "what is pending"],
    ],
    steps: [
      "Wait. A removal waits until the addition has reached AWS (`propagationWait`).",
      "WaitingForFunction: deploy the function with the role that `grantkeeper get role-arn TARGET` prints.",
      "If it lasts longer than 15 minutes, the account may not be read: `grantkeeper status`.",
    ],
    over: "`grantkeeper wait TARGET` ends with 0.",
  },
  {
    id: "awaiting-approval",
    title: "A plan is awaiting approval",
    means:
      "The change deletes or changes more than the limits allow, is the first enforcing pass, or grants a permission that needs a person; or rules became stricter and would refuse what is applied. Nothing of it takes effect before.",
    risk: "The last applied state remains in effect. If the plan removes a permission, the function still has it.",
    see: [
      ["grantkeeper get approvals", "all pending approvals, with their reasons"],
      ["grantkeeper describe approval DIGEST", "every permission and call that the approval covers"],
    ],
    steps: [
      "Read `describe approval` to its end. Compare it with the commit that caused it, and ask its author if it is not clear.",
      "If it is intended: `grantkeeper approve DIGEST --reason TEXT`. An approval covers exactly this plan; a change of it needs a new one.",
      "If it is not: `grantkeeper reject DIGEST --reason TEXT`, and correct the manifest.",
      "If the reason is `would refuse`, an approval writes nothing: the functions are refused from then on, and drift is reverted only where that removes access. Ask their teams to correct the manifests first; they work, and their drift is reverted, until you approve.",
    ],
    over: "`grantkeeper get approvals` does not list it, and `grantkeeper wait TARGET` ends with 0.",
  },
  {
    id: "rejected",
    title: "A plan was rejected",
    means:
      "An operator rejected the plan. It is not written until the plan changes, or someone approves it after all.",
    risk: "The last applied state remains in effect.",
    see: [["grantkeeper get approvals --all", "who rejected it, and why"]],
    steps: [
      "Read the reason, and change the manifest.",
      "If the rejection was a mistake: `grantkeeper approve DIGEST --reason TEXT`.",
    ],
    over: "`grantkeeper get approvals --all` does not list it.",
  },
  {
    id: "guardrail-refused",
    title: "A guard rule refuses a manifest",
    means:
      "A permission breaks a rule of the account's profile. The finding names statement, line, reason and fix.",
    risk: "Nothing of the new state is applied, and the last applied state remains in effect, also where the new one would be narrower.",
    see: [
      ["grantkeeper describe TARGET", "the rule, the line and the fix"],
      ["grantkeeper rules show RULE", "the reason for the rule, with an example of both sides"],
    ],
    steps: [
      "Correct the manifest as the finding proposes.",
      "If the permission is needed, ask the platform team for a waiver with an end ([guard rules](../../guardrails.md)).",
      "If it began with an upgrade or a change of a profile, `grantkeeper rules` lists every function that it affects.",
    ],
    over: "`grantkeeper rules` has no refusal for the target, and it is Ready.",
  },
  {
    id: "dependency-not-ready",
    title: "A dependency is not ready",
    means:
      "A boundary or ManagedPolicy that the role needs does not exist, or the function needs a permission that its new role lacks. Or a statement on the former function is kept for another manifest, which does not get its own one by itself.",
    risk: "The function stays on its present role, and its present permissions do not change. The callers of the former function may still invoke it.",
    see: [["grantkeeper describe TARGET", "what is missing, or which manifest the statement is kept for"]],
    steps: [
      "A missing boundary: its owner creates it in that account, under the name that the AwsAccount has.",
      "A missing ManagedPolicy: look at its own status with `grantkeeper describe TARGET`, and fix that first.",
      "A missing permission of the function: add the grant that the message proposes.",
      "A statement that is kept for another manifest: set `mode: enforce` in that manifest, fix what its own status shows, or remove these callers from it.",
    ],
    over: "The binding is Ready. It is tried again by itself.",
  },
  {
    id: "reference-not-resolved",
    title: "A value in AWS that a manifest names cannot be used",
    means:
      "The manifest names the output of a CloudFormation stack or an SSM parameter. It does not exist in that account and region, cannot be read, is encrypted, or contains something that is no name.",
    risk: "The last applied state remains in effect and is still enforced. Nothing is written with an empty or a guessed value, so a new function has no permissions yet.",
    see: [["grantkeeper describe TARGET", "the reference, its place in the manifest, and the reason"]],
    steps: [
      "The stack, the output or the parameter does not exist: deploy it in that account and region, or correct the name in the manifest.",
      "Access is denied: let your pipeline deploy the observer again from `grantkeeper bootstrap roles`, or allow the call that the message names.",
      "It is a SecureString: store the name in a parameter of type String. A policy is no place for a secret.",
      "Until it works, the value itself can be written in the manifest.",
    ],
    over: "The binding is Ready. It is read again about every minute, and after a denied call within 6 minutes. If the value differs from the one in effect, its plan awaits an approval.",
  },
  {
    id: "ownership-conflict",
    title: "An object belongs to another owner",
    means:
      "OwnershipConflict: a role or policy of this name exists without Grantkeeper's tags. UnmodifiableRole: a role of AWS or of another service.",
    risk: "Nothing is written to it: Grantkeeper never changes or deletes what it does not own. The declared permissions are not in effect.",
    see: [["grantkeeper describe TARGET", "the object in AWS, and its owner if tags name one"]],
    steps: [
      "If another tool manages the object, choose another `role.name`.",
      "If nothing uses it, delete it in AWS; Grantkeeper creates it as declared.",
      "If the tags of Grantkeeper were removed by hand, find out who did it (CloudTrail: `UntagRole`) before you restore them.",
    ],
    over: "The binding is Ready.",
  },
  {
    id: "role-not-used",
    title: "A function does not run on its declared role",
    means:
      "RoleNotUsed: the function runs on another role. RoleNotPublished: an alias runs a version that was published with another role.",
    risk: "The function has the permissions of the other role, not those that Git declares; they are neither compared nor limited.",
    see: [
      ["grantkeeper describe TARGET", "the role that is used, and the one that is declared"],
      ["grantkeeper get role-arn TARGET", "the ARN for the deployment"],
    ],
    steps: [
      "Set the declared role in the deployment of the function (SAM, CDK, Terraform).",
      "If its switch is approved and waits: `grantkeeper describe TARGET` names the difference of the declared role that blocks it. Revert it, or declare it.",
      "RoleNotPublished: publish a new version and move the alias. Grantkeeper never publishes.",
      "If it ran on the declared role before, someone changed it: find `UpdateFunctionConfiguration` in CloudTrail.",
    ],
    over: "`grantkeeper describe TARGET` shows the declared role as used.",
  },
  {
    id: "drift",
    title: "AWS differs from Git",
    means:
      "Someone, or another tool, changed a role, a policy or a function's policy in AWS. The alert has the difference, the next step and its time.",
    risk: "An escalation or exposure gives a function or a stranger more access than is declared. In enforce it is reverted without delay; a harmless addition after a delay; in observe it stays.",
    see: [
      ["grantkeeper get drift", "everything that differs"],
      ["grantkeeper describe TARGET", "the difference in permissions, and the next step"],
      ["grantkeeper history TARGET", "what changed before, and what was reverted"],
    ],
    steps: [
      "Read who changed it: the alert has the CloudTrail command. CloudTrail shows a change after about five minutes.",
      "If you do not know the person or the reason, treat it as an incident: do not suspend, and revoke the session that made the change.",
      "If the change must stay for now: `grantkeeper suspend TARGET --for 1h --reason TEXT`, then add the lines that the alert proposes to Git.",
      "In observe: revert it by hand, or enforce the account.",
      "`drift-author-found` is about a difference that has ended: `grantkeeper get drift` shows whether it is there again. If a caller is shown as not certain, ask them before you act.",
    ],
    over: "`drift-closed` is sent: reverted, applied (now in Git), gone, or released (no longer compared; it may still exist). `grantkeeper get drift` does not list it.",
  },
  {
    id: "contended",
    title: "Someone keeps changing what Grantkeeper reverts",
    means:
      "A field was changed again after more than three reverts in an hour. Grantkeeper no longer reverts it, except for escalation and exposure.",
    risk: "The change stays in AWS. If two tools write to the same role, each breaks the other's state.",
    see: [
      ["grantkeeper describe TARGET", "the field, and its present difference"],
      ["grantkeeper history TARGET", "the reverts, with their times"],
    ],
    steps: [
      "Find the author with the CloudTrail command of the alert. Often it is a pipeline that still manages the role, or a second installation of Grantkeeper.",
      "Remove the role from that tool, or remove the binding from Git.",
      "Then `grantkeeper reconcile TARGET --wait`.",
    ],
    over: "`grantkeeper describe TARGET` shows no difference, and the condition Contended is gone.",
  },
  {
    id: "upstream-changed",
    title: "AWS changed an attached policy",
    means: "AWS published a new default version of a policy of AWS that is attached to the role.",
    risk: "The function has the permissions of the new version. Grantkeeper never reverts it: AWS does not allow it. If it is an escalation, `status` has an item of its own.",
    see: [["grantkeeper describe TARGET", "what the new version adds and removes"]],
    steps: [
      "Read the difference. If it is acceptable, no action is required.",
      "If it is not, replace the attached policy in Git by grants that name what the function needs.",
    ],
    over: "The policy is no longer attached, or its new version has been compared and accepted as the present one.",
  },
  {
    id: "role-recreated",
    title: "A role was deleted and created again",
    means: "A role has its old name and a new id. Grantkeeper did not do it.",
    risk: "References to the old role no longer work: KMS grants, and policies of other accounts that name it. An attacker who deletes and creates a role can set its trust policy.",
    see: [
      ["grantkeeper describe TARGET", "the role, its trust and what differs"],
      ["grantkeeper history TARGET", "what Grantkeeper wrote"],
    ],
    steps: [
      "Find `DeleteRole` and `CreateRole` in CloudTrail. If no deployment did it, treat it as an incident.",
      "Restore the references: create KMS grants again, and save the policies in other accounts again, so that they resolve to the new id.",
    ],
    over: "`grantkeeper describe TARGET` shows no difference, and the function works.",
  },
  {
    id: "fails-after-switch",
    title: "A function fails after its switch",
    means:
      "A function was switched to its declared role, or its role was taken over in place, and it fails since then. Or its wave stopped: AWS refused a switch or denied a call of a function, or a role was changed or set back. Or an operator ordered the way back, and it is done or has stopped.",
    risk: "The declared role may lack a permission that the former one had: policies of buckets, keys and other accounts that name the former role are not compared.",
    see: [
      ["grantkeeper get waves", "what stopped a wave, and the functions of it"],
      ["grantkeeper why - < FILE", "which statement denies the call, from a log with the message of AWS"],
      ["grantkeeper describe TARGET", "the stage, the former role, and an undo with its state"],
      [
        "grantkeeper adopt TARGET --undo",
        "the plan of the way back, and why it is refused; it writes nothing",
      ],
    ],
    steps: [
      "If the errors are not AccessDenied or began before the switch, look at the deployment first: the way back does not help.",
      "Go back: `grantkeeper adopt TARGET --undo --yes DIGEST --reason TEXT`. It suspends the function, sets the former role by the binder, reads it back, and needs a token with the scope approve.",
      "If the role belongs to the deployer, the plan shows the line and the command of AWS instead.",
      "An alias keeps the role of its version: move it to a version that was published before the switch.",
      "Make it permanent before the suspension ends: `mode: observe` in the manifest. Then add the missing permission, and switch again.",
      "If AWS denies `iam:PassRole`, the binder may not set the former role: set it with `aws lambda update-function-configuration`, or add the role to `bootstrap.formerRoles`.",
    ],
    over: "`grantkeeper describe TARGET` shows the undo as done, and the function has no more errors.",
  },
  {
    id: "first-comparison",
    title: "Bindings were compared for the first time",
    means:
      "One summary after the first pass over new bindings: how many differ from Git, and which of them have more access than is declared.",
    risk: "In observe nothing changes. In enforce, the first changes are held for approval.",
    see: [
      ["grantkeeper status", "exposures and escalations"],
      ["grantkeeper get drift", "all differences"],
    ],
    steps: [
      "Look at each exposure and escalation first.",
      "For each other difference decide: add it to Git, or let it be removed.",
    ],
    over: "`grantkeeper get drift` lists nothing that you do not expect.",
  },
  {
    id: "suspended",
    title: "A target is suspended",
    means: "An operator suspended it until a time: it is compared, and nothing is written.",
    risk: "Drift is not reverted, an escalation either.",
    see: [["grantkeeper status", "until when, by whom and why"]],
    steps: [
      "Ask its author whether the reason still exists.",
      "`grantkeeper resume ID --reason TEXT` ends it.",
    ],
    over: "`grantkeeper status` does not list it.",
  },
];
