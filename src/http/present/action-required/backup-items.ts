import type { ActionItem } from "../../../api/action-required.ts";
import { backupProblem } from "../../../model/backups/backup-health.ts";
import { seesEverything } from "../../access/access.ts";
import type { Reader } from "../../request/reader.ts";

/** A backup that failed or stopped: a timer makes it, and no one reads its output. */
export function backupItems({ access, world }: Reader): readonly ActionItem[] {
  const problem = backupProblem(world.overview.backups);
  if (problem === null || !seesEverything(access)) return [];
  const { message, details, fix, since } = problem;
  return [{ kind: "backup", target: "the record", message, details, hint: fix, security: false, since }];
}
