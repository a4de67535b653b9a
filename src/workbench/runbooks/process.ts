import type { Runbook } from "./runbook.ts";

/** About the process, its disk, its record and its alerts. */
export const PROCESS_RUNBOOKS: readonly Runbook[] = [
  {
    id: "controller-down",
    title: "The controller does not run",
    means:
      "Prometheus has no metrics of a controller (`grantkeeper_build_info`): the process ended, does not start, or is not reached; over OTLP, the collector may be down.",
    risk: "Changes in AWS are neither detected nor reverted, and no manifest is applied. Functions keep the permissions that they have: nothing is removed.",
    see: [
      ["grantkeeper status", "whether the controller answers"],
      ["grantkeeper doctor", "configuration, Git, identities and network, without a running controller"],
    ],
    steps: [
      "If `status` answers, Prometheus does not reach it: check `http.listen`, the network, and the bearer token of the scrape (elsewhere than on this machine, `/metrics` needs a token with the scope `read` for all namespaces).",
      "Read the last lines of its standard error. `run` exits with 1 and lists every problem of the configuration with file, line and fix.",
      "`… is in use by another controller`: two processes share the state directory. Stop one of them; do not remove the lock.",
      "`the audit record is broken at entry …` or `the file is damaged`: the record was changed from outside, or the disk fails. Do not start it again and do not delete anything. Follow `grantkeeper runbook record-broken`.",
      "If the host is lost, start the controller on another one with the state directory, or with the last backup: `grantkeeper restore FOLDER`.",
    ],
    over: "`grantkeeper status` answers and lists every account as read, and Prometheus has `grantkeeper_build_info`.",
  },
  {
    id: "record-broken",
    title: "The record does not verify",
    means:
      "At its start the controller checks the last checkpoint of the record and every entry since; while it runs, it verifies all entries again and again. An entry, its order or a signature is not what was written. Or the record could not be verified: `status` shows why.",
    risk: "Someone, or a failing disk, changed the database. If the end of the record is concerned, the controller does not start. Otherwise it goes on, and reports the break (`grantkeeper_audit_record_broken` is 1): the screens may show entries that were changed.",
    see: [
      ["grantkeeper audit verify", "the first wrong entry, and why"],
      [
        "grantkeeper audit verify FILE --anchors FILE --public-key FILE",
        "an export against the copies outside",
      ],
    ],
    steps: [
      "Copy the complete state directory to another disk before anything else: it is evidence.",
      "Verify it against the copies outside (`audit-anchors.jsonl`, the log lines `audit checkpoint`) and compare the last entries with CloudTrail.",
      "Check the disk and the file system for errors. Check who had access to the host.",
      "Restore the last backup that verifies: `grantkeeper restore FOLDER` verifies it and keeps the replaced files. Without a backup, start with an empty state directory in observe ([when the database is lost](../../operating.md#when-the-database-is-lost)).",
    ],
    over: "`grantkeeper audit verify` reports the record as intact, the controller runs, and `grantkeeper_audit_record_broken` is 0; the alert routes get `record-verified`.",
  },
  {
    id: "audit-not-anchored",
    title: "Checkpoints of the record have no copy outside",
    means:
      "A signed checkpoint was not copied to `audit-anchors.jsonl` or to the log. It is tried again with the next checkpoint.",
    risk: "No entry is lost. Until the copy exists, the host could remove entries after the last copied checkpoint without a trace.",
    see: [["grantkeeper audit verify", "up to which entry the record is proved by copies"]],
    steps: [
      "Find the line `audit checkpoint was not copied outside` in the log: `copy` names the place, `reason` the error.",
      "`ENOSPC`: free space on the disk of the state directory. `EACCES`, `EROFS`: make `audit-anchors.jsonl` writable for the user of the process.",
    ],
    over: "`grantkeeper_audit_unanchored_checkpoints` is 0; this takes until the next checkpoint, which follows the next write.",
  },
  {
    id: "retention-stalled",
    title: "Audit entries are kept longer than audit.retention",
    means:
      "The first entries of the record are old enough to be removed, and something hinders it. It is tried again once an hour.",
    risk: "No entry is lost, and no protection is missing. The record grows, and keeps data longer than your rules may allow.",
    see: [["grantkeeper audit verify", "the writes without an outcome, and what is anchored"]],
    steps: [
      "Find the line `audit entries are kept longer than audit.retention` or `old audit entries were not removed` in the log: it has the reason.",
      "A write without an outcome: [open writes](open-intents.md).",
      "A checkpoint without a copy outside: [not anchored](audit-not-anchored.md).",
      "`audit.stdout has written the entries up to N only`: the reader of standard output is gone or slow. Restart it, or the controller.",
      "The folder of `audit.archive` is full or may not be written: free space, or correct its permissions.",
    ],
    over: "`grantkeeper_audit_retention_stalled` is 0; this takes up to an hour.",
  },
  {
    id: "backup-failed",
    title: "A backup failed or is overdue, or its result is unknown",
    means:
      "The last run of `grantkeeper backup` failed; or the last verified backup is older than `backups.maxAge`, such as after its timer or its container `backups` stopped; or `backups.json` in the state directory cannot be read, or its time is in the future.",
    risk: "The controller continues, and no permission is removed. If the disk of the record is lost now, everything after the last verified backup is lost with it: entries of the audit, suspensions and approvals.",
    see: [["grantkeeper doctor", "the last verified backup, the reason of the last failure, and its fix"]],
    steps: [
      "The disk of the backups is full or may not be written: free space, write a smaller number of backups to keep, or correct its permissions ([all messages](../backup-and-restore.md#back-up)).",
      "`the record is broken at entry …` or `the file is damaged`: keep the earlier backups, and follow `grantkeeper runbook record-broken`.",
      "No failure is shown: the timer or the container `backups` does not run, the process was killed, or it could not write to the state directory. Read its log, which has the output of `grantkeeper backup`: `docker compose logs backups`, `kubectl logs --namespace grantkeeper grantkeeper-0 --container backups`, the streams `grantkeeper/backups` of the ECS log group, or the log of the timer. On a host, run its command by hand, as root or the user of the controller.",
      "The time of the last backup is not known: correct the clock of the host if it is wrong. The next good backup replaces a `backups.json` that is damaged or cannot be read.",
      "If backups are made in another way, such as snapshots of the volume, write `backups: {maxAge: null}` into the operator's file.",
    ],
    over: "`grantkeeper backup --to FOLDER` succeeds: `grantkeeper_backup_failures`, `grantkeeper_backup_overdue` and `grantkeeper_backup_unknown` are 0 some seconds later, and the alert routes get `backup-recovered`. It also ends if a recent backup is known again, such as after a longer `maxAge`: the message then has its time.",
  },
  {
    id: "state-disk",
    title: "The disk of the state directory is nearly full",
    means:
      "The file system of `stateDir` has little space left. The record grows with each change; the mirror of Git and the write-ahead log are there too.",
    risk: "When it is full, no write is made to AWS, because each write is recorded first, and drift is no longer reverted. Nothing is lost: it continues by itself when there is space.",
    see: [
      ["du -ah STATE_DIR | sort -h | tail", "what takes the space"],
      ["grantkeeper status", "whether passes fail"],
    ],
    steps: [
      "Remove what does not belong there: other files on the same disk, old backups in a subfolder.",
      "Enlarge the volume.",
      "Never delete `grantkeeper.db`, `grantkeeper.db-wal` or `audit-*`.",
    ],
    over: "`grantkeeper_state_disk_free_bytes` is above 5 GB or a tenth of the disk, and the log has no new `step failed`.",
  },
  {
    id: "database-lease",
    title: "The lease of the database cannot be renewed",
    means:
      "The PostgreSQL database of the record (`state.database`) does not answer or refuses this controller (`grantkeeper_database_lease_held` is 0).",
    risk: "Nothing is written to AWS, drift is not reverted, and no route sends alerts, because each is recorded first. No permission is removed. The process stays; it ends if another controller has claimed the lease meanwhile.",
    see: [
      ["grantkeeper doctor", "whether the database is reached, and as which server"],
      ["grantkeeper probe ready", "what the controller waits for"],
    ],
    steps: [
      "Read the line `the lease of the database cannot be renewed` of the log: `reason` is the answer of the database, `fix` what to do.",
      "The server is away or a standby: start it, or fail over. The controller tries again each second and goes on by itself.",
      "The password or the certificate was changed: correct its file, which is read for each connection ([all messages](../../postgresql.md#if-it-is-refused)).",
      "The process ends with `the database has lost entries …`, or a start is refused with `the record in … ends at entry N` or `has another entry N`: stop all replicas, also one that took over, and follow [if entries are lost](../../postgresql.md#if-entries-are-lost).",
    ],
    over: "`grantkeeper_database_lease_held` is 1, and the log has `the database can be reached again, and no one else has claimed its lease`.",
  },
  {
    id: "no-standby",
    title: "No replica is on standby",
    means:
      'A replica was on standby within the last day, and for 10 minutes none is (`grantkeeper_replicas` with `state="standby"` is 0).',
    risk: "The active replica works as before. If it fails, no other one takes over: drift is not reverted until a replica is started.",
    see: [
      ["grantkeeper doctor", "whether the database is reached, and how many connections the user may have"],
    ],
    steps: [
      "Look for replicas that do not run or start again and again, and read the last error of their log: it has the reason and the fix.",
      "`the record … is signed, and … has no audit key`: give that replica the key files of the others ([set it up](../../high-availability.md#set-it-up)).",
      "`… was written by a newer Grantkeeper`: an update is not complete: update the other replicas.",
      "If one replica is what you want from now on, the alert ends a day after the last standby.",
    ],
    over: '`grantkeeper_replicas` with `state="standby"` is at least 1.',
  },
  {
    id: "standby-cannot-follow",
    title: "A standby cannot compile what is in force",
    means:
      "For 5 minutes a standby has not been able to compile what the active replica has in force, or has another result (`grantkeeper_replicas_unable` is above 0).",
    risk: "The active replica works as before. After a takeover this standby would fail in the same way, or enforce something else. No accounts are assigned to it.",
    see: [["grantkeeper get replicas", "which standby has `no` in FOLLOWS, and why: PROBLEM"]],
    steps: [
      "It cannot read a source: give it the network and the credentials of Git that the active replica has.",
      "Its catalogue of grants is another one: an update is not complete; update the other replicas.",
      "Its result is another one: compare the operator's files of both, which must be equal except for addresses and state directories.",
    ],
    over: "`grantkeeper_replicas_unable` is 0: a standby tries again every 10 seconds.",
  },
  {
    id: "accounts-without-replica",
    title: "No replica makes the passes of some accounts",
    means:
      "For 2 minutes accounts have been assigned to a replica that is lost (`grantkeeper_accounts_without_replica` is above 0). The active replica tries every 5 seconds to take such accounts back, and did not succeed.",
    risk: "Drift in these accounts is neither found nor reverted, and no change from Git is applied there. No permission is removed. All other accounts are watched.",
    see: [["grantkeeper get replicas -o wide", "which replica is lost, since when, and its accounts"]],
    steps: [
      "Read the log of the active replica: `assigned accounts were not examined` has the reason.",
      "If the log has no reason, restart the active replica: the next one takes such accounts back with its first renewal of the lease.",
    ],
    over: "`grantkeeper_accounts_without_replica` is 0.",
  },
  {
    id: "takeover",
    title: "A standby took over",
    means:
      "The active replica ended, was killed or frozen, or could not reach the database, and another one has its lease now (`grantkeeper_replica_active` changed to 1).",
    risk: "Between the two no pass ran: for 1.4 to 6.1 seconds after an orderly end, as measured; for up to 31 seconds and a start after a kill; for 40 seconds and a start after a failover of the database. The new one finds out what became of each write without an answer.",
    see: [
      ["grantkeeper status", "whether accounts are compared, and what requires an action"],
      ["grantkeeper probe ready", "whether the new active replica is ready"],
    ],
    steps: [
      "An update or a drain of a node is expected to do this: no action required.",
      "Else read the end of the log of the earlier replica, and the events of its machine or pod. If it ended with `the database has lost entries …`, or does not start because the record `ends at entry N` or `has another entry N`: stop all replicas, also the new one, and follow [if entries are lost](../../postgresql.md#if-entries-are-lost).",
      "If it repeats, check the latency and the load of the database and the clocks (`grantkeeper doctor`).",
    ],
    over: "The alert ends by itself 15 minutes after the takeover.",
  },
  {
    id: "credentials-not-renewed",
    title: "The AWS credentials of the process cannot be renewed",
    means:
      "The place that provides the credentials (profile, web identity, container, instance) refused or did not answer. The present credentials are used until they expire.",
    risk: "When they have expired, no account can be read or written. No permission is removed.",
    see: [
      ["grantkeeper doctor", "the identity, its place, and the reason of each place without credentials"],
    ],
    steps: [
      "Read the line `the base credentials cannot be renewed` of the log: `from` is the place, `expires` the time that is left, `reason` the answer.",
      "Follow the fix that `doctor` names for that place: the role of the task or instance, the trust policy of `AWS_ROLE_ARN`, `aws sso login`, or new access keys.",
      "If the reason is a proxy or a certificate: [networks](../../networks.md#proxies).",
    ],
    over: "`grantkeeper doctor` shows the identity, and `grantkeeper_base_credentials_renewed` is 1. It is tried again every 30 seconds while it is needed.",
  },
  {
    id: "token-expires",
    title: "A token of the API expires",
    means: "A token in `tokens` of the operator's file expires within 14 days, or has expired.",
    risk: "Requests with it are refused after that time. The controller itself needs none of these tokens.",
    see: [["grep -A5 tokens: grantkeeper.yaml", "the tokens with their `expires`"]],
    steps: [
      "Ask the owner of the token (its `name`) whether it is still needed. If not, remove it.",
      "Create a new one: `openssl rand -hex 32`. Write its SHA-256 and a new `expires` into the file; keep the old entry under another name until its users have changed.",
      "Restart the controller: the file is read at the start.",
    ],
    over: "`grantkeeper_token_expires_timestamp_seconds` of that token is more than 14 days ahead, or the token is gone.",
  },
  {
    id: "alerts-not-delivered",
    title: "An alert route delivers nothing",
    means:
      "The receiver of a route is down, refuses the messages, or is not reached. Messages wait for about a day; after that, or if the receiver refuses one for good, it is given up.",
    risk: "People do not hear of drift, escalations and pending approvals. Reverts go on.",
    see: [
      [
        "grantkeeper get alerts",
        "each route with its last delivery, what waits, and the last error with its fix",
      ],
      ["grantkeeper alerts test ROUTE", "a test message, and what the receiver answers"],
      ["grantkeeper status", "everything that alerts would have reported"],
    ],
    steps: [
      "Follow the fix that `get alerts` shows: [all errors](../../alerts.md#when-a-route-fails).",
      "If an alert was lost, read `status` and `grantkeeper history`: the record has everything that alerts report.",
      "Set `fallback` on the route, so that another one also gets what waits for 15 minutes.",
    ],
    over: "`grantkeeper alerts test ROUTE` is accepted and `grantkeeper get alerts` shows nothing that waits.",
  },
  {
    id: "test-alert",
    title: "A test of an alert route",
    means: "An operator sent a test message with `grantkeeper alerts test ROUTE`. Nothing happened.",
    risk: "None.",
    see: [["grantkeeper get alerts", "each route with its last delivery"]],
    steps: ["If no one of you sent it, ask who may use the API: the message has the name of the token."],
    over: "Alertmanager closes it after five minutes; the other receivers show it once.",
  },
  {
    id: "suspension-ending",
    title: "A suspension ends within 15 minutes",
    means:
      "When it ends, Grantkeeper writes the changes that the alert lists. Approvals and guard rules apply as ever.",
    risk: "A change that was made by hand during the suspension, and is not in Git, is reverted.",
    see: [
      ["grantkeeper status", "the suspension, its author and its reason"],
      ["grantkeeper get drift", "what differs from Git"],
    ],
    steps: [
      "If a manual change must stay, add it to Git now; `grantkeeper describe TARGET` shows the lines.",
      "If more time is needed: `grantkeeper suspend TARGET --for 1h --reason TEXT`.",
      "If the work is done: `grantkeeper resume ID --reason TEXT`.",
    ],
    over: "`grantkeeper status` no longer lists the suspension, and `grantkeeper get drift` lists nothing of it.",
  },
  {
    id: "daily-reminder",
    title: "Suspensions and orphans that stay",
    means:
      "Once a day: the suspensions in effect, and roles, policies and statements that Grantkeeper made and no manifest names.",
    risk: "A suspended target is not corrected. An orphan keeps its permissions, and each principal that may pass it can use them. The callers of a kept statement may still invoke the function.",
    see: [["grantkeeper status", "each suspension, and the number of orphans"]],
    steps: [
      "End each suspension that has no reason any more: `grantkeeper resume ID --reason TEXT`.",
      "For an orphan: if a function still uses the role, declare it again. If nothing uses it, delete it in AWS; Grantkeeper does not, because it does not know its last applied state.",
      "For a statement that `deletionPolicy: retain` keeps on a former function: set `deletionPolicy: delete` in the manifest that `grantkeeper get orphans` names.",
    ],
    over: "The next reminder does not list it.",
  },
  {
    id: "functions-uncovered",
    title: "More functions without a manifest",
    means:
      "Once a day: more functions than before are in AWS without a manifest and without an Exclusion in force: they are new, or their Exclusion ended. The number is from the record; the names are those that the controller saw added since its start.",
    risk: "Grantkeeper does not compare the permissions of these functions with Git.",
    see: [
      [
        "grantkeeper get functions --uncovered",
        "each function, who deploys it, its role and the risks that were read",
      ],
      ["grantkeeper get coverage", "the number by account, and how it changed in 30 days"],
    ],
    steps: [
      "Find the team that deploys the function: the column DEPLOYED BY names the deployer, and the stack if it has one.",
      "`grantkeeper import ACCOUNT --namespace-rules FILE`, with a rule for the function, writes a manifest that keeps its permissions.",
      "If no manifest will declare it for a while: add an Exclusion with a reason, an owner and an end.",
    ],
    over: "`grantkeeper get functions --uncovered` no longer lists it.",
  },
];
