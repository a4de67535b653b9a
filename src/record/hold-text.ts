import type { AlertEvent } from "../model/alert-event.ts";

/** A digest is shortened to twelve digits; a revision stays complete. */
export function alertSubject(subject: string): string {
  return /^sha256:[0-9a-f]{64}$/.test(subject)
    ? subject.slice("sha256:".length, "sha256:".length + 12)
    : subject;
}

/** Goes after the command that shows the plan: an approver reads it first. */
export function approveLine(subject: string): string {
  return `Approve: ${approveCommand(alertSubject(subject))}`;
}

/** @param hold as `holdIn` returns it */
export function approveCommand(hold: string): string {
  return `grantkeeper approve ${hold} --reason TEXT`;
}

/** The pending approval that the event is about, as `approve` and `describe approval` take it; null if there is none. */
export function holdIn(event: AlertEvent): string | null {
  if (event.kind === "held" || event.kind === "hold-ended") return alertSubject(event.subject);
  if (event.kind === "revision-held" || event.kind === "revision-decided") return event.revision;
  if (event.kind !== "drift-opened" || event.next.kind !== "needs-approval") return null;
  return alertSubject(event.next.subject);
}
