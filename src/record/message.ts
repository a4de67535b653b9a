import { keyParts, type Key } from "../model/keys/key.ts";
import type { AlertEvent } from "../model/alert-event.ts";
import type { CommitStatus } from "../model/records/commit-status.ts";
import type { ForgeEvent } from "../model/records/pull-requests/forge-event.ts";
import type { PullRequestNote } from "../model/records/pull-requests/note.ts";
import type { AlertSeverity } from "../model/records/incident-record.ts";
import { incidentOf } from "../model/records/incident.ts";
import { alertParts } from "./alert-text.ts";
import { holdIn } from "./hold-text.ts";

/** What a message does to its incident; a notice has none that is closed later. */
export type IncidentStatus = "open" | "closed" | "notice";

/** As receivers get it: `told` is the name of a notice since 0.1.0, and they compare it. */
export const SENT_STATUS = { open: "open", closed: "closed", notice: "told" } as const satisfies Record<
  IncidentStatus,
  string
>;
type SentStatus = (typeof SENT_STATUS)[IncidentStatus];

/**
 * The JSON that a receiver gets. The messages of one incident belong together: it is opened, may be repeated, and is
 * closed.
 */
export interface AlertMessage {
  readonly text: string;
  /** The first line of the text. Messages of earlier versions have no headline and no details: `storedMessage` adds them. */
  readonly headline: string;
  /** The lines below it. */
  readonly details: readonly string[];
  /** What happens next, as the text has it; null: the text has no such line. Absent in messages of earlier versions. */
  readonly next?: string | null;
  /** The command that shows more; null: the text names none. Absent in messages of earlier versions. */
  readonly see?: string | null;
  readonly incident: string;
  readonly status: SentStatus;
  readonly severity: AlertSeverity;
  /** `test`: nothing happened. */
  readonly kind: AlertEvent["kind"] | "test";
  readonly key: Key | null;
  readonly account: string | null;
  /** Absent in messages of 0.1.0. */
  readonly namespace?: string | null;
  /** The pending approval, as `approve` and `describe approval` take it; null: it is about none. Absent in messages of 0.1.0. */
  readonly hold?: string | null;
  /** ISO 8601. */
  readonly at: string;
  /** ISO 8601: when the incident began; null: it is none, or its beginning is not known. Absent in messages of 0.1.0. */
  readonly since?: string | null;
  /** ISO 8601: of the last verified backup; null: none is known. Only in `backup-failed` and `backup-recovered`. */
  readonly lastBackup?: string | null;
  /** The same for the same problem; only in `backup-failed` and `unrecorded-writes`. */
  readonly cause?: string;
  /** Of a message for a forge. */
  readonly commitStatus?: CommitStatus;
  /** Of a message for pull requests. */
  readonly pullRequestNote?: PullRequestNote;
  /** The incident was reported before and has not changed. */
  readonly isReminder?: true;
}

export interface MessageFacts {
  readonly severity: AlertSeverity;
  /** The audit entries about the event's key. */
  readonly seqs: readonly number[];
  readonly at: string;
  readonly since: string | null;
}

export function messageOf(event: AlertEvent, { severity, seqs, at, since }: MessageFacts): AlertMessage {
  return {
    ...alertParts(event, seqs),
    incident: incidentOf(event),
    status: SENT_STATUS[alertStatusOf(event)],
    severity,
    kind: event.kind,
    key: "key" in event ? event.key : null,
    account: "account" in event ? event.account : null,
    namespace: namespaceOfAlert(event),
    hold: holdIn(event),
    at,
    since,
    ...("cause" in event && event.kind === "backup-failed" && { cause: event.cause }),
    ...(event.kind === "unrecorded-writes" && { cause: String(event.entry) }),
    ...("lastBackup" in event && { lastBackup: event.lastBackup }),
    ...(event.kind === "commit-status" && { commitStatus: commitStatusOf(event) }),
    ...(event.kind === "pull-request-note" && { pullRequestNote: noteOf(event) }),
  };
}

function commitStatusOf({ commit, state, text }: CommitStatus): CommitStatus {
  return { commit, state, text };
}

function noteOf({ commit, commits, text, onlyUpdates }: PullRequestNote): PullRequestNote {
  return { commit, commits, text, ...(onlyUpdates === true && { onlyUpdates }) };
}

/** null: it belongs to none, or to several. */
export function namespaceOfAlert(event: AlertEvent): string | null {
  if ("key" in event) return keyParts(event.key).namespace;
  return "namespace" in event ? event.namespace : null;
}

export function alertStatusOf(event: AlertEvent): IncidentStatus {
  if (event.kind === "commit-status")
    return event.state === "pending" || event.state === "failure" ? "open" : "closed";
  if (event.kind === "pull-request-note") return event.isLast ? "closed" : "open";
  return STATUS[event.kind];
}

const STATUS: Readonly<Record<Exclude<AlertEvent["kind"], ForgeEvent["kind"]>, IncidentStatus>> = {
  "drift-opened": "open",
  "drift-closed": "closed",
  "drift-author-found": "notice",
  held: "open",
  "hold-ended": "closed",
  "waiting-long": "open",
  "waiting-ended": "closed",
  refused: "open",
  "refusal-ended": "closed",
  "access-denied": "open",
  "access-restored": "closed",
  "files-refused": "open",
  "files-read": "closed",
  "account-removed": "closed",
  "document-broken": "open",
  "document-fixed": "closed",
  "pass-failed": "open",
  "pass-recovered": "closed",
  "account-unreadable": "open",
  "account-read": "closed",
  contended: "open",
  "contention-ended": "closed",
  "revision-held": "open",
  "revision-decided": "closed",
  "source-failed": "open",
  "source-recovered": "closed",
  "backup-failed": "open",
  "backup-recovered": "closed",
  "record-broken": "open",
  "record-verified": "closed",
  "unrecorded-writes": "open",
  "unrecorded-writes-ended": "closed",
  "role-recreated": "notice",
  "adoption-undone": "notice",
  "adoption-undo-stopped": "notice",
  "wave-stopped": "notice",
  "first-comparison": "notice",
  "rollback-ending": "notice",
  "suspension-ending": "notice",
  "daily-reminder": "notice",
  "functions-uncovered": "notice",
};
