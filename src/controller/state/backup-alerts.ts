import type { AlertEvent } from "../../model/alert-event.ts";
import type { BackupAlert } from "../../model/backups/backup-alert.ts";
import { backupProblem, type BackupHealth } from "../../model/backups/backup-health.ts";

export interface FoundAlerts {
  readonly alerts: readonly AlertEvent[];
  /** Called when they are recorded. */
  readonly reported: () => void;
}

/**
 * Opens an incident when backups fail, stop, or cannot be judged, updates it when they have another problem, and closes it
 * when a recent one is known.
 */
export class BackupAlerts {
  #reported: string | null = null;

  found(health: BackupHealth): FoundAlerts {
    const event = eventOf(health);
    const text = event === null ? null : newsOf(event);
    if (event === null || text === this.#reported) return { alerts: [], reported: () => undefined };
    return {
      alerts: [event],
      reported: () => {
        this.#reported = text;
      },
    };
  }
}

/** Each good backup has another time, and each failed one another folder: neither is news. */
function newsOf(event: BackupAlert): string {
  return event.kind === "backup-recovered" ? event.kind : `${event.kind} ${event.cause}`;
}

/** null: nothing is known, which neither begins an incident nor ends one. */
function eventOf(health: BackupHealth): BackupAlert | null {
  // The record of the incident shows whether it is a new one.
  if (health.kind === "good") return { kind: "backup-recovered", lastBackup: health.written.at, isNew: true };
  const problem = backupProblem(health);
  if (health.kind === "none" || problem === null) return null;
  const { cause, message, details, fix, since, isRecordBroken } = problem;
  const lastBackup = health.written?.at ?? null;
  return {
    kind: "backup-failed",
    cause,
    problem: message,
    details,
    fix,
    since,
    lastBackup,
    ...(isRecordBroken === true && { isRecordBroken }),
  };
}
