import type { Runbook } from "./runbook.ts";

/** About Git, its revisions and files. */
export const SOURCE_RUNBOOKS: readonly Runbook[] = [
  {
    id: "source-failed",
    title: "The source is not read, or its newest revision is not in force",
    means: "Git was not reached or refused the request, or nothing of the newest revision may be enforced.",
    risk: "New commits have no effect, also those that remove a permission. The accepted revision stays enforced, and drift is still reverted.",
    see: [
      ["grantkeeper status", "the item `source`: the error and its fix"],
      ["grantkeeper doctor", "the connection to Git, tried now: proxy, certificate, host key, credential"],
    ],
    steps: [
      "`auth-failed`: the token or key expired or was revoked. Replace the file that the configuration names; it is read again at each fetch.",
      "`host-key-changed`: the key of the ssh server changed. Ask the owner of the server for the new fingerprint over another way, then write it to `knownHostsFile`. Do not copy it from the connection.",
      "`tls`, `proxy-auth`, `proxy-denied`, `unreachable`: [networks](../../networks.md#proxies).",
      "A revision that was read and is not in force: the status names the file and the line. Correct it, or revert the commit.",
      "`grantkeeper reconcile --all --wait` fetches now.",
    ],
    over: '`grantkeeper status` names the newest commit as the accepted revision, and `grantkeeper_revision_state{state="in-force"}` is 1. `source-recovered` is sent.',
  },
  {
    id: "revision-held",
    title: "A revision is awaiting approval",
    means:
      "The newest revision is a force-push, a branch that was moved back or a moved version tag, or it has commits that are not verified (SourceVerified False). It is not enforced before an operator approves it.",
    risk: "The accepted revision stays enforced. An attacker who can push can bring an older, more open state back by moving the branch: approve only what the team confirms.",
    see: [
      [
        "grantkeeper describe approval REVISION",
        "why it is held, which commits are not verified, and what helps",
      ],
      ["grantkeeper status", "the accepted revision"],
    ],
    steps: [
      "Ask the people who pushed, over another channel than Git. Compare the two revisions: `git log OLD..NEW` and `git log NEW..OLD`.",
      "Commits that are not signed or not trusted: sign them and push again, or add the signer's key or gitsign identity if they are who they claim to be ([commit signatures](../../operating.md#commit-signatures)). The fix in `describe approval` names the setting, such as `gitsign.rekorMode offline` for a signature without its log entry.",
      "If it is intended: `grantkeeper approve REVISION --reason TEXT`. Its authors cannot approve it, if their addresses are known: those of `tokens[].mails`, or of the person's sign-in.",
      "If it is not: `grantkeeper reject REVISION --reason TEXT`, restore the branch, and revoke the credential that pushed it.",
    ],
    over: '`grantkeeper get approvals` does not list it, and `grantkeeper_revision_state{state="held"}` is 0. `revision-decided` is sent.',
  },
  {
    id: "rollback-ending",
    title: "A rollback ends within 15 minutes",
    means:
      "An operator put an older revision in force until a time, which is near. The newest revision is applied then, unless it is held or refused or cannot be read: then the older one stays in force, and `status` and `get sources` show it.",
    risk: "If the commits that caused the rollback are still on the branch, what they changed comes back.",
    see: [
      ["grantkeeper get sources", "the rollback, who made it and why, and the revision that waits"],
      ["grantkeeper history --kind rolled-back", "the rollbacks so far"],
    ],
    steps: [
      "Revert the commits in Git, if that is not done: the revert is fetched, and applied when the rollback ends.",
      "If more time is needed: `grantkeeper rollback REVISION --for 2h --reason TEXT` again, with the same revision.",
      "If Git is corrected: `grantkeeper rollback --end --reason TEXT`.",
    ],
    over: "`grantkeeper get sources` shows no rollback, and `grantkeeper_source_rolled_back` is 0: a newer revision is in force.",
  },
  {
    id: "push-queue",
    title: "A queue of pushes is not read",
    means:
      "SQS does not answer for the queue of `codecommit.queueUrl`, or the identity of the process may not receive or delete its messages.",
    risk: "Pushes to its repositories are noticed at the interval of the source. Nothing else changes: the queue only starts fetches.",
    see: [
      ["grantkeeper get sources", "the sources of the queue, the error and its fix"],
      ["grantkeeper doctor", "a read of the queue and its policy, tried now"],
    ],
    steps: [
      "`AccessDenied`: allow `sqs:ReceiveMessage`, `sqs:DeleteMessage` and `sqs:GetQueueAttributes` for the identity of the process, and in the policy of the queue if it is in another account ([pushes to CodeCommit](../../operating.md#pushes-to-codecommit)).",
      "`QueueDoesNotExist`: correct `codecommit.queueUrl`, or deploy the queue of `grantkeeper bootstrap roles` again.",
      "A code that begins with `Kms`: allow `kms:Decrypt` on the key of the queue.",
      "A network error: [networks](../../networks.md#proxies).",
    ],
    over: "`grantkeeper_push_queue_readable` is 1 for the queue. The log has `the queue is read again`.",
  },
  {
    id: "change-queue",
    title: "A queue of change events is not read, or someone else reads it, too",
    means:
      "SQS does not answer for a queue of `changeEvents`, or the identity of the process may not receive or delete its messages. Or messages arrive that someone else had received before: SQS counts how often each was received.",
    risk: "A change in AWS is found by the next sweep only, and alerts do not name its author. While the queue is not read, nothing is lost: it keeps the events, and every decision reads AWS. The messages that another reader deletes never arrive, and Grantkeeper sees only those that it does not delete.",
    see: [
      ["grantkeeper status", "the queue, since when it is not read, the error and its fix"],
      ["grantkeeper doctor", "a read of the queue and its policy, tried now"],
    ],
    steps: [
      "Another reader: find who may receive from the queue (its policy, the policies of its account, a person who polls it in the console, an installation with the same `changeEvents`). Give each reader a queue of its own. The item ends a day after the last such message.",
      "`AccessDenied`: allow `sqs:ReceiveMessage`, `sqs:DeleteMessage` and `sqs:GetQueueAttributes` for the identity of the process, and in the policy of the queue if it is in another account ([change events](../../operating.md#change-events)).",
      "`QueueDoesNotExist`: correct `changeEvents[].queueUrl`, or deploy the queue again.",
      "A code that begins with `Kms`: allow `kms:Decrypt` on the key of the queue.",
      "A network error: [networks](../../networks.md#proxies).",
    ],
    over: "`grantkeeper_change_queue_readable` is 1 for the queue. The log has `the queue is read again`.",
  },
  {
    id: "change-events-lost",
    title: "Change events of Lambda are lost",
    means:
      "A policy of a function changed, Grantkeeper did not write it, and no event of the change arrived within 15 minutes. Other events of the region may be lost, too.",
    risk: "A change in AWS is found by the next sweep instead of within seconds, and alerts do not name its author. The changed policy was read and compared. From now on each sweep reads all policies of the region. An attacker who stops the trail hides the changes that follow.",
    see: [
      ["grantkeeper status", "the region, the functions whose policies changed, and since when"],
      ["grantkeeper doctor", "a read of the queue and its policy, tried now"],
    ],
    steps: [
      "Find out who changed the policy: `aws cloudtrail lookup-events` in the region shows the call even if no trail records it.",
      "If `aws cloudtrail get-trail-status` shows that the trail was stopped, or its event selectors leave out management events: start it again. Find out who stopped it.",
      "If the rule of EventBridge in the region is missing, disabled or has another pattern: deploy the stack of the region again ([change events](../../operating.md#change-events)).",
      "If the rule matches and the queue gets nothing: check the metric `FailedInvocations` of the rule, the policy of the queue and its key.",
      "If the queue has another reader, it takes some of the events: give it a queue of its own.",
      "Then change the description of a function in the region, and run `grantkeeper reconcile --all --wait`.",
    ],
    over: "`grantkeeper_change_events_lost` is 0 and `grantkeeper_change_events_proven` is 1 for the region: an event arrived, and everything was read after it.",
  },
  {
    id: "files-refused",
    title: "Files of the source are not read",
    means:
      "The source does not read links, submodules, unsafe names and folders that are over their team's share, and a file may have errors. Only these files are affected.",
    risk: "The earlier declarations of the files stay applied. A permission that the new text removes is still granted.",
    see: [
      ["grantkeeper status", "each file with its reason and fix"],
      ["grantkeeper validate", "in a checkout: every error with line and column"],
    ],
    steps: [
      "Inform the owner of the folder; the alert names the namespace.",
      "Replace a link or submodule by the file itself. Rename a file with an unsafe name. Split or remove files of a folder that is too large.",
      "Correct the errors that `validate` names, and run it in the pipeline of the repository.",
    ],
    over: "`files-read` is sent, and `grantkeeper status` lists no file.",
  },
  {
    id: "validation-failed",
    title: "A manifest is invalid",
    means:
      "The document has an error, or conflicts with another one. The condition is ValidationFailed, and the binding is Stalled.",
    risk: "The last applied state remains in effect, and drift from it is still reverted. The change in Git has no effect.",
    see: [
      ["grantkeeper describe TARGET", "the error with file, line and column"],
      ["grantkeeper validate", "in a checkout: all errors, each with its fix"],
      [
        "grantkeeper status",
        "an AwsAccount or GuardrailProfile with an error, and how many bindings it affects",
      ],
    ],
    steps: [
      "An AwsAccount or GuardrailProfile with an error affects every binding that needs it, and has an alert of its own: its owner corrects it.",
      "Correct the line that the message names. For a conflict, both documents are named: remove one of them.",
      "Push it. It is compared within the source's interval.",
    ],
    over: "`grantkeeper get fp` shows it without ValidationFailed.",
  },
];
