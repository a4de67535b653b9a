import type { AlertEvent } from "../model/alert-event.ts";
import type { AlertSeverity } from "../model/records/incident-record.ts";

/** The severity of an event. A closed drift has the severity with which it was opened; the record knows it. */
export function severityOf(event: AlertEvent, openedAs: AlertSeverity | undefined): AlertSeverity {
  if (event.kind === "drift-opened" || event.kind === "drift-author-found") return event.severity;
  if (event.kind === "drift-closed") return openedAs ?? "security";
  // A principal that changed the record hides what it did in AWS.
  if (event.kind === "backup-failed" && event.isRecordBroken === true) return "security";
  if (event.kind === "first-comparison") return event.findings.length > 0 ? "security" : "other";
  return SEVERITY[event.kind];
}

const SEVERITY = {
  held: "other",
  "hold-ended": "other",
  "waiting-long": "other",
  "waiting-ended": "other",
  refused: "other",
  "refusal-ended": "other",
  "access-denied": "other",
  "access-restored": "other",
  "files-refused": "other",
  "files-read": "other",
  "account-removed": "other",
  "document-broken": "other",
  "document-fixed": "other",
  // An account that is not watched is a security risk: changes in it are not detected.
  "pass-failed": "security",
  "pass-recovered": "security",
  "account-unreadable": "security",
  "account-read": "security",
  contended: "security",
  "contention-ended": "security",
  // The credentials that may change every function of an account are stolen.
  "unrecorded-writes": "security",
  "unrecorded-writes-ended": "security",
  "role-recreated": "security",
  "adoption-undone": "other",
  "adoption-undo-stopped": "other",
  "wave-stopped": "other",
  "suspension-ending": "other",
  "rollback-ending": "other",
  "daily-reminder": "other",
  "functions-uncovered": "other",
  "revision-held": "security",
  "revision-decided": "security",
  "source-failed": "other",
  "source-recovered": "other",
  "backup-failed": "other",
  "backup-recovered": "other",
  // Who changed the record hides what was done in AWS.
  "record-broken": "security",
  "record-verified": "security",
  "commit-status": "other",
  "pull-request-note": "other",
} as const satisfies Record<
  Exclude<AlertEvent["kind"], "drift-opened" | "drift-closed" | "drift-author-found" | "first-comparison">,
  AlertSeverity
>;
