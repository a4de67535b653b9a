/** `security`: someone gained access, or changes may go unseen. */
export type AlertSeverity = "security" | "other";

/** The beginning of the names of marks: something was reported, and nothing is open. They have no message. */
export const REPORTED = "reported/";

/** Whether it is such a mark, and no incident. */
export function isReportedMark(name: string): boolean {
  return name.startsWith(REPORTED);
}

/** An incident that people were alerted to and that has not ended. */
export interface IncidentRecord {
  /** The same for all messages about one subject. */
  readonly incident: string;
  /** The highest that was reported. */
  readonly severity: AlertSeverity;
  readonly sinceMs: number;
  /** null: it belongs to no namespace, or to no account. */
  readonly namespace: string | null;
  readonly account: string | null;
  /** The newest message that opened it. */
  readonly body: string;
}

/** An open incident, with the routes that were notified of it and when each was notified last. */
export interface OpenIncident extends IncidentRecord {
  readonly notifiedMs: ReadonlyMap<string, number>;
}
