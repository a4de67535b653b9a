import {
  backupProblem,
  lastGoodText,
  SCHEDULE,
  type BackupHealth,
} from "../../model/backups/backup-health.ts";
import type { Probe } from "../../model/answers/probe.ts";

/** The last verified backup, or why there is none that people may rely on. */
export function backupCheck(health: BackupHealth): Probe {
  const problem = backupProblem(health);
  if (problem !== null) {
    const { message, details, fix } = problem;
    return probe("failed", `${[message, ...details].join("; ")}; ${fix}`);
  }
  return health.kind === "good"
    ? probe("passed", lastGoodText(health.written))
    : probe("not-checked", `none is known: if the record matters, ${SCHEDULE}`);
}

function probe(outcome: Probe["outcome"], detail: string): Probe {
  return { identity: "operator", region: null, what: "backup", outcome, detail };
}
