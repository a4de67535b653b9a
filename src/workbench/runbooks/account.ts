import type { Runbook } from "./runbook.ts";

/** About an account and the calls to AWS. */
export const ACCOUNT_RUNBOOKS: readonly Runbook[] = [
  {
    id: "unrecorded-writes",
    title: "A role of Grantkeeper made writes that are not in its record",
    means:
      "CloudTrail shows successful writes by the observer, writer or binder of an account, and the record has neither their requests nor an intent whose answer was lost. Someone else uses the role. The name of the session and the user agent prove nothing: a thief chooses them.",
    risk: "The writer and the binder may change the permissions of every function of the account. Differences from Git are found and reverted as always; what no manifest declares, such as another role, is not.",
    see: [
      ["grantkeeper status", "the last writes: call, object, session, source address, access key, event"],
      ["grantkeeper history", "the entries `unrecorded-writes`; `describe entry NUMBER` shows each write"],
    ],
    steps: [
      "Deny the sessions that exist now: in the console of IAM, the role, `Revoke sessions`. That attaches the inline policy `AWSRevokeOlderSessions`, which denies everything to sessions from before. Grantkeeper opens new ones by itself.",
      "In CloudTrail, search `AssumeRole` of the role: who opened the session with this access key, and from where. If it was the role of the process, its credentials are stolen: replace the host, then its sessions likewise.",
      "If a person assumed the role by hand: end that in the trust policy, and deploy the roles again (`grantkeeper bootstrap roles`).",
      "If another installation of Grantkeeper uses the same roles: each needs roles of its own, since neither has the writes of the other in its record. The same is true of a copy of the state directory that runs elsewhere, or that was put back without `grantkeeper restore`.",
      "Compare what was written with Git: `grantkeeper reconcile --all --wait`, and look for objects that no manifest declares with the event of each write.",
      "Change the external ids of the roles if the role of the process was used.",
    ],
    over: "7 days after the last such write, `unrecorded-writes-ended` is sent, `grantkeeper_unrecorded_writes` is 0 and `grantkeeper status` lists none. Nothing ends it earlier: silence it in Alertmanager when it is clear.",
  },
  {
    id: "account-unreadable",
    title: "An account is not read",
    means:
      "The reads of the account fail, or no pass has ended since the start. Nothing is concluded from a read that failed.",
    risk: "Changes in the account are not detected, and nothing is written in it. Other accounts are not delayed. No permission is removed.",
    see: [
      ["grantkeeper status", "the item `unreadable`: the call, AWS's answer and the fix"],
      ["grantkeeper get accounts", "since when, for each account"],
      [
        "grantkeeper doctor --account NAME",
        "each call of the observer, tried now, and its policy compared with the needed one",
      ],
    ],
    steps: [
      "Several accounts in one alert have one cause: the credentials or the permissions of the base role, a proxy, STS. Correct it once.",
      "`AccessDenied`: `doctor` names the missing action. AWS's message names an SCP or boundary that denies it. `grantkeeper bootstrap roles --account NAME` prints the policies that are needed.",
      "The role cannot be assumed: check that it exists, that its trust policy names the base role and the external id, and that the account has not left the organization.",
      "`wrong account behind the credentials`: the ARN in the AwsAccount is another account's. Correct it in Git.",
      "`Throttling`: another tool uses up the limits of the account. It is read again by itself; look at the dashboard's panel `AWS requests that failed`.",
      "A network error: [networks](../../networks.md).",
    ],
    over: "`grantkeeper get accounts` shows a recent reading, and `grantkeeper_account_readable` is 1. An account that failed is read again within a minute. The alert `account-unreadable` closes by itself, one of several accounts with the last of them.",
  },
  {
    id: "pass-not-finished",
    title: "An account was not read completely for a long time",
    means:
      "The last complete sweep began more than three times the interval `sweep` ago (and ten minutes). Passes over single bindings may still run.",
    risk: "Roles and policies that no single pass reads are not compared: a change in them is found late.",
    see: [
      ["grantkeeper get accounts", "the last complete reading"],
      ["grantkeeper status", "whether a part of the account is not read"],
    ],
    steps: [
      "If the account is `unreadable`: `grantkeeper runbook account-unreadable`.",
      "If the dashboard shows that complete passes (`all`) take longer than `sweep`, raise `sweep`, or look for throttling.",
      "If the queue grows and no pass ends, save the log, restart the controller, and report it: a restart loses nothing.",
    ],
    over: "`grantkeeper get accounts` shows a complete reading within the last sweep.",
  },
  {
    id: "pass-fault",
    title: "A pass ended by an error of Grantkeeper",
    means:
      "An unexpected error, or a record that cannot be written, ended a pass. Its account is shown as unreadable until a pass ends normally; it is tried again with growing pauses.",
    risk: "The account is not watched: changes in it are neither seen nor reverted. Each write was recorded before it was made, so no write is unknown.",
    see: [
      ["grantkeeper status", "the account and the first line of the error"],
      ["grantkeeper get accounts", "whether other accounts are affected"],
    ],
    steps: [
      "Find the lines `step failed` of the log; they have the stack.",
      "`ENOSPC`, `SQLITE_FULL`, `SQLITE_IOERR`: the disk. `grantkeeper runbook state-disk`.",
      "If it began with a push, the accepted revision triggers it: revert the commit. If it began with an upgrade, go back to the previous version ([upgrade and downgrade](../upgrade-and-downgrade.md)).",
      "Report it with the log lines. They contain no secrets.",
    ],
    over: "`pass-recovered` is sent, and `grantkeeper status` no longer lists the account.",
  },
  {
    id: "access-denied",
    title: "An identity of Grantkeeper lacks a permission",
    means:
      "AWS refused a call of the observer, writer or binder. The message names the call, the identity and, where AWS names it, the policy that denies.",
    risk: "The change of this binding is not made, or a part of the account is not read. The applied permissions remain in effect.",
    see: [
      [
        "grantkeeper doctor --account NAME",
        "the installed policies compared with the needed ones, with the exact correction",
      ],
      ["grantkeeper describe TARGET", "what is pending because of it"],
    ],
    steps: [
      "Apply the correction that `doctor` prints, or create the roles again from `grantkeeper bootstrap roles --account NAME`.",
      "If an SCP or a boundary denies it, its owner must allow the action for this role.",
      "If the denial is intended, remove the declaration that needs the call.",
      "`grantkeeper reconcile TARGET --wait` tries it now; otherwise it is tried again by itself.",
    ],
    over: "`grantkeeper doctor --account NAME` shows no missing action, and the binding is Ready.",
  },
  {
    id: "writes-fail",
    title: "Writes fail",
    means:
      "AWS rejected a change, or the plan cannot be carried out. The conditions are ReconciliationFailed, PruneFailed, CorrectionFailed, ProgressingWithRetry, RejectedByAws or ImmutableField; their message quotes AWS.",
    risk: "AWS differs from Git for these bindings. If the change removes a permission, the function still has it.",
    see: [
      ["grantkeeper status", "the items `unwritable`: what, and why"],
      ["grantkeeper describe TARGET", "the pending change, and AWS's answer"],
      ["grantkeeper history TARGET", "the writes that failed"],
    ],
    steps: [
      "`ProgressingWithRetry`: a retry is under way. Act only if it lasts longer than 15 minutes.",
      "`RejectedByAws`: the message has AWS's words. Correct the manifest, or the object in AWS that it names.",
      "`ImmutableField`: AWS cannot change the path of a role or the description of a policy. Restore the old value in Git, or use another name.",
      "`CorrectionFailed`: the message has the command, or the missing permission. If it is an escalation, revoke the permission by hand with that command.",
      "`PruneFailed`: something else still uses the object, such as an instance profile. The message names it.",
      "`grantkeeper reconcile TARGET --wait` tries it again now, also what was rejected for good.",
    ],
    over: "`grantkeeper describe TARGET` shows `PENDING none`, and `status` has no item `unwritable`.",
  },
  {
    id: "open-intents",
    title: "The result of a write is unknown",
    means:
      "A call was made and its answer was lost (a restart, a broken connection). The account is read before anything else is written for it.",
    risk: "The call may or may not have had its effect. Nothing is repeated before a read shows it.",
    see: [
      ["grantkeeper audit verify", "the number of open writes"],
      ["grantkeeper get accounts", "whether the account is read"],
    ],
    steps: [
      "If the account is not read: `grantkeeper runbook account-unreadable`. The result is recorded with the next reading.",
      "If it is read and the intent stays open for an hour: find the call in CloudTrail by its user agent `gk-intent/SEQ`, save the log, and report it.",
    ],
    over: "`grantkeeper_open_intents` is 0, and the entry has its outcome: `grantkeeper audit show SEQ`.",
  },
  {
    id: "quota-exceeded",
    title: "A quota of AWS is reached",
    means:
      "A document, a number of attached policies or of roles is larger than the account allows. The message has the sizes.",
    risk: "The change is not made; the last applied state remains in effect. It is tried again every hour.",
    see: [["grantkeeper describe TARGET", "which quota, and by how much"]],
    steps: [
      "A document that is too large: split the function's permissions, or move shared ones into a ManagedPolicy.",
      "A number of the account (roles, policies): remove unused ones, or ask AWS to raise it in Service Quotas.",
      "`grantkeeper reconcile TARGET --wait` tries it now.",
    ],
    over: "The binding is Ready.",
  },
  {
    id: "account-removed",
    title: "An account is no longer declared",
    means:
      "Git declares neither the account nor anything in it. Its incidents were closed as `account-removed`: their causes may still exist.",
    risk: "The account is not read any more. Nothing in it was changed: roles, policies and statements of Grantkeeper stay.",
    see: [
      ["grantkeeper history", "the entry `account-removed`, next to the revision that removed the account"],
      ["grantkeeper describe TARGET", "what was last known of a binding"],
    ],
    steps: [
      "If it was a mistake: revert the commit. The account is read again, what it differs in is reported again, and its applied state is known.",
      "If it was intended: remove the roles of Grantkeeper in the account yourself, when no function uses them any more.",
    ],
    over: "`grantkeeper get accounts` shows the account again, or no function uses its roles.",
  },
  {
    id: "unused-permissions",
    title: "Permissions without a seen use",
    means:
      "The last `grantkeeper suggest --metrics` found permissions whose use was not seen for a year (strong evidence), or it ran more than 35 days ago. Its report has the window, the granularity and the confidence of each.",
    risk: "A permission that is not needed is one that a thief can use. Evidence of use is a hint: a job that runs less often than the window looks unused. Nothing is removed by itself.",
    see: [
      [
        "grantkeeper suggest --all --last-accessed",
        "each permission with its window, granularity, confidence and reason",
      ],
    ],
    steps: [
      "If the report is old: look at the job that runs `grantkeeper suggest --all --last-accessed --metrics FILE`, and run it again. Exit code 3 means that something was not read.",
      "`grantkeeper suggest NAMESPACE/NAME --last-accessed --branch NAME` commits the smaller manifests to a new branch; without access to AWS, `--server` in place of `--last-accessed` lets the controller read the reports. Push it, and let the owner of each function review it like any other change.",
      "If a permission is needed: keep it. It counts as unused until its use is seen, so silence the alert for the namespace with the reason.",
    ],
    over: "A newer report has no permission with strong evidence: `grantkeeper_unused_permissions` is 0.",
  },
];
