import {
  backupProblem,
  lastGoodText,
  SCHEDULE,
  type BackupHealth,
} from "../../model/backups/backup-health.ts";
import type { Probe } from "../../model/answers/probe.ts";

const OF_DATABASE =
  "of a database none is known here: back it up with the server's tools, as docs/postgresql.md shows";

/** The last verified backup, or why there is none that people may rely on. `grantkeeper backup` makes none of a database. */
export function backupCheck(health: BackupHealth, isInDatabase: boolean): Probe {
  const problem = backupProblem(health);
  if (problem !== null) {
    const { message, details, fix } = problem;
    return probe("failed", `${[message, ...details].join("; ")}; ${fix}`);
  }
  if (health.kind === "good") return probe("passed", lastGoodText(health.written));
  const detail = isInDatabase ? OF_DATABASE : `none is known: if the record matters, ${SCHEDULE}`;
  return probe("not-checked", detail);
}

function probe(outcome: Probe["outcome"], detail: string): Probe {
  return { identity: "operator", region: null, what: "backup", outcome, detail };
}
