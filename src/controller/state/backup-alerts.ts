import type { AlertEvent } from "../../model/alert-event.ts";
import { backupProblem, type BackupHealth } from "../../model/backups/backup-health.ts";

interface FoundAlerts {
  readonly alerts: readonly AlertEvent[];
  /** Called when they are recorded. */
  readonly reported: () => void;
}

/**
 * Opens an incident when backups fail, stop, or cannot be judged, and closes it after a good one. A backup that fails in
 * another way while it is open is no news: `status` shows the last reason.
 */
export class BackupAlerts {
  #reported: "backup-failed" | "backup-recovered" | null = null;

  found(health: BackupHealth): FoundAlerts {
    const event = eventOf(health);
    const isNews = event !== null && event.kind !== this.#reported;
    if (!isNews) return { alerts: [], reported: () => undefined };
    return {
      alerts: [event],
      reported: () => {
        this.#reported = event.kind;
      },
    };
  }
}

type BackupEvent = Extract<AlertEvent, { readonly kind: "backup-failed" | "backup-recovered" }>;

/** null: nothing is known, which neither begins an incident nor ends one. */
function eventOf(health: BackupHealth): BackupEvent | null {
  if (health.kind === "good") return { kind: "backup-recovered" };
  const problem = backupProblem(health);
  if (problem === null) return null;
  const { message, details, fix } = problem;
  return { kind: "backup-failed", problem: message, details, fix };
}
