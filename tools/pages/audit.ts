import type { AuditFact } from "../../src/audit/entry.ts";
import { code, table } from "./fields.ts";
import { laidOut, withPart, type Page } from "./page.ts";

/** Written by people, but for the list of entries. */
export const auditPage: Page = {
  path: "docs/audit.md",
  text: (before) => laidOut(withPart(before, "entries", entriesTable())),
};

/** Complete by the compiler: a new kind of entry needs its row. */
const ENTRIES = {
  started: "version, digests of configuration and grant catalogue, whether the database was new",
  "replica-took-over":
    "with a database, before `started`: the process that was active before, the epoch of the new lease, whether the lease before was given back, expired, or was void after a failover of the database, and from which timeline to which",
  stopped: "version, why",
  restored:
    "version, when the backup was written, the last entry that was lost (null: none is known), why it may be lost; for a database that lost entries, the time of the last entry that it kept, and who [accepted the loss](postgresql.md#after-a-failover)",
  "revision-accepted":
    "revision, the one before, each commit with author, committer and time, whether it is an uncommitted folder, what was quarantined, what the signatures of the commits prove, who signed each of the newest 100 commits (address or identity), with which key or certificate, and the issuer of the identity",
  "rolled-back": "source, revision, the one that was in force, actor, reason, until when",
  "rollback-ended": "source, revision, actor and reason (missing: it ended by itself)",
  "revision-held": "revision, the accepted one that stays, why",
  "account-found": "set, account: an AccountSet found it in its organization and observes it",
  "account-left":
    "set, account: it left the organization, or the set does not select it any more, and no longer observes it",
  "account-removed":
    "account, the number of incidents that ended with it: Git no longer declares it, and nothing in it was changed",
  "drift-found":
    "key, revision, fields, each difference in a line, whether it is an escalation or exposure, the exact difference in permissions, severity, and whether Git alone made it",
  "drift-ended":
    "key, fields, how: reverted by Grantkeeper, declared in Git, gone by itself, released and no longer compared, or ended with its account, which is no longer declared; what was removed or added by name, when it was first seen, and the last read without it",
  "drift-author-found":
    "key, fields, the entry of the differences, when they were first seen, and who made each: the events became known after the differences had ended",
  "adoption-changed":
    "key, the stage of its adoption before and after (null: none), and what the next stage needs first, or why there is none",
  "wave-changed":
    "account, namespace, number of the wave; that it was opened, approved, stopped, completely switched or ended; what `approve` takes, the keys, what stopped it",
  "call-denied":
    "key, role, call, AWS's code, event and time: AWS denied a call of a function on its declared role [in an open wave](adoption.md#waves); of each name the first one",
  "role-adopted":
    "key, ARN and id of a role that was [taken over in place](adoption.md#take-over-in-place), and what it was before: its policies, boundary, trust, description, session length and tags",
  "adoption-undo-ordered":
    "subject, actor, reason, and for each key the permissions and the calls of its undo",
  "adoption-undone":
    "key, subject of the order, the role that the function has again, actor: seen in AWS, not only written",
  "adoption-undo-stopped": "key, subject of the order, the role, actor, why it does not go on by itself",
  "plan-held": "key, digest of the plan, what `approve` takes, why",
  "plan-refused": "key, rules, why",
  approved:
    "subject, actor with its groups in the operator's file, reason, until when, and for each key the permissions and the calls that it covers",
  rejected: "subject, actor, reason, and for each key the permissions and the calls that it covers",
  suspended: "scope (as a text and in fields), actor, reason, until when",
  resumed: "scope (as a text and in fields), actor, reason",
  "reconcile-requested":
    "actor, keys and their namespaces: a person or a token asked for a comparison. More than 100 keys are not named; without namespaces it was for everything. Of each actor at most 5 requests a minute are recorded, by each replica; the others are carried out too",
  "alert-tested": "route, actor: a test alert is sent to it",
  "signed-in":
    "actor, method (`local`, `oidc`), session: a person signed in to the page. A refused sign-in is `request-refused`",
  "signed-out": "actor, method, session",
  "write-intended":
    "pass, key, revision, digest of the plan, the call with its complete input, the values before and after, the risk, the difference in permissions, the cause: a revision, or a change in AWS that it reverts; and what an operator approved, if it needs an approval of its own",
  "write-finished":
    "which intent, AWS's request id, outcome: `applied`, `failed`, and after a lost answer `found-applied` or `found-not-applied`",
  "lost-answer-found":
    "key, the intent whose answer was lost, and the event and request of CloudTrail that its call has: no other event is explained by this intent",
  "unrecorded-writes":
    "account of the role, and each write that CloudTrail shows by a role of Grantkeeper and that this record does not have: event, time, call, object, role, session, source address, access key, request; how many more were only counted",
  "request-refused": "actor, method, path, status, why: requests to our own API",
  "control-ran":
    "per account and day: complete reads, the longest gap between them, functions seen, functions in Git",
  "read-gap":
    "account, regions, the complete reads before and after a pause of more than three sweeps, why the last read failed: drift in that time is not known",
  "entries-removed":
    "the first and the last entry that retention removes, the hash of the last one, their age, the file of the archive",
  checkpoint: "the head of the chain up to an entry, signed (Ed25519)",
} as const satisfies Record<AuditFact["kind"], string>;

function entriesTable(): string {
  const rows = Object.entries(ENTRIES).map(([kind, carries]) => [code(kind), carries]);
  return table(["`kind`", "Carries"], rows);
}
