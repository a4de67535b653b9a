import type { AlertEvent } from "../../src/model/alert-event.ts";
import type { ForgeEvent } from "../../src/model/records/pull-requests/forge-event.ts";

/** Complete by the compiler: a new event needs its row. */
export const ALERTS = {
  "drift-opened": [
    "security or other",
    "AWS differs from Git: what changed, what Grantkeeper does next and when, how to suspend it, and a rollback of its source that is in force",
  ],
  "drift-closed": [
    "as it was opened",
    "the end of that incident: reverted, applied as declared now, no longer different, or no longer compared (`mode: release`)",
  ],
  "drift-author-found": [
    "as it was opened",
    "events arrived that show who made a difference of such an incident, after it had ended",
  ],
  "first-comparison": [
    "security if there is an escalation or exposure",
    "one summary of the bindings that a pass compared for the first time",
  ],
  held: ["other", "a plan is awaiting approval; sent again when it holds another function"],
  "hold-ended": ["other", "the end of that incident: approved, rejected, or no longer pending"],
  "waiting-long": [
    "other",
    "changes of a namespace in an account wait longer than `longWait` of the operator's file, for an approval, a change window, another account or another function; for a change window only after it has opened once since the change began to wait; sent once, also if others join them",
  ],
  "waiting-ended": ["other", "the end of that incident: none of them waits that long any more"],
  refused: ["other", "a guard rule refuses a manifest"],
  "refusal-ended": [
    "other",
    "the end of that incident: no rule refuses it any more, or it is no longer declared",
  ],
  "access-denied": ["other", "an identity lacks a permission; one incident for each call"],
  "access-restored": ["other", "the end of that incident: the call is allowed, or no longer needed"],
  "files-refused": ["other", "files of a team that the source does not read, with the reason and the fix"],
  "files-read": ["other", "the end of that incident"],
  "account-removed": [
    "as it was opened",
    "the end of any incident about an account that Git no longer declares; its cause may still exist",
  ],
  "document-broken": [
    "other",
    "an AwsAccount or GuardrailProfile has an error: the bindings that need it are not compiled",
  ],
  "document-fixed": ["other", "the end of that incident: it has no error any more, or none needs it"],
  "pass-failed": ["security", "an error of Grantkeeper ended a pass: the account is not watched"],
  "pass-recovered": ["security", "the end of that incident"],
  "account-unreadable": [
    "security",
    "an account is not read for 15 minutes; one message for accounts that fail for the same reason, to every route",
  ],
  "account-read": ["security", "the end of that incident: each account is read again, or no longer declared"],
  contended: ["security", "someone keeps changing a field; Grantkeeper no longer reverts it"],
  "contention-ended": ["security", "the end of that incident: it matches Git again, or reverts go on"],
  "role-recreated": ["security", "a role was deleted and created again with the same name"],
  "adoption-undone": [
    "other",
    "a function runs on its former role again, or its role has its former content: an operator undid its adoption",
  ],
  "adoption-undo-stopped": [
    "other",
    "the undo of an adoption does not go on by itself: an operator must decide",
  ],
  "wave-stopped": [
    "other",
    "what stopped a [wave](adoption.md#waves) of an adoption: no other function of it is switched until an operator approves the rest",
  ],
  "rollback-ending": [
    "other",
    "15 minutes before the end of a rollback: who ordered it and why, and which revision is applied then",
  ],
  "suspension-ending": ["other", "15 minutes before the end of a suspension: what will change then"],
  "functions-uncovered": [
    "other",
    "once a day: more functions in AWS have no manifest: they are new, or their Exclusion ended",
  ],
  "daily-reminder": ["other", "active suspensions, and roles without a manifest"],
  "revision-held": [
    "security",
    "a force-push, a branch that was moved back, or commits that are not verified are awaiting approval",
  ],
  "revision-decided": [
    "security",
    "the end of that incident: the revision is accepted, rejected, or no longer the newest one",
  ],
  "source-failed": ["other", "a source cannot be read, or contains nothing that may be enforced"],
  "source-recovered": ["other", "the end of that incident"],
  "backup-failed": [
    "other; security if the record itself is broken",
    "backups of the record fail, or none was made for `backups.maxAge`, or their result cannot be read; once for each problem, to every route for all namespaces",
  ],
  "record-broken": [
    "security",
    "an entry of the record does not verify while the controller runs; sent again if the break is another one, to every route for all namespaces",
  ],
  "record-verified": ["security", "the end of that incident: all entries verify"],
  "unrecorded-writes": [
    "security",
    "CloudTrail shows writes by a role of Grantkeeper that are not in its record: someone else has its credentials; one incident for each account, sent again for further writes after 5 minutes, to every route for all namespaces",
  ],
  "unrecorded-writes-ended": ["security", "the end of that incident: no further one for 7 days"],
  "backup-recovered": [
    "other",
    "the end of that incident: a complete and verified backup was made, or the last one is known again",
  ],
} as const satisfies Record<
  Exclude<AlertEvent["kind"], ForgeEvent["kind"]>,
  readonly [severity: string, meaning: string]
>;
