import type { ActionItem } from "../../../api/action-required.ts";
import type { AlertRouteObject } from "../../../api/overview.ts";
import { counted } from "../../../text/phrases.ts";
import { backupProblem } from "../../../model/backups/backup-health.ts";
import { verificationProblem } from "../../../model/records/record-verification.ts";
import { seesEverything } from "../../access/access.ts";
import type { Reader } from "../../request/reader.ts";

/** The routes whose receiver did not accept the last message: people may not hear of an incident. */
export function alertItems(routes: readonly AlertRouteObject[]): readonly ActionItem[] {
  return routes.flatMap(({ metadata, spec, status }): readonly ActionItem[] => {
    const { problem, failing, waiting, oldestWaitingAt } = status;
    if (problem === null || !failing) return [];
    return [
      {
        kind: "alerts",
        target: metadata.name,
        message: NOT_DELIVERED[spec.sink] ?? "alerts are not delivered",
        details: [problem.cause, ...(waiting === 0 ? [] : [`${counted(waiting, "message")} waiting`])],
        hint: problem.fix,
        security: false,
        since: oldestWaitingAt ?? problem.at,
      },
    ];
  });
}

const NOT_DELIVERED: Readonly<Partial<Record<AlertRouteObject["spec"]["sink"], string>>> = {
  "commit-status": "the states of commits are not shown on the forge",
  "pull-requests": "merged pull requests are not shown what became of them",
};

/** A backup that failed or stopped: a timer makes it, and no one reads its output. */
export function backupItems({ access, world }: Reader): readonly ActionItem[] {
  const problem = backupProblem(world.overview.backups);
  if (problem === null || !seesEverything(access)) return [];
  const { message, details, fix, since } = problem;
  return [{ kind: "backup", target: "the record", message, details, hint: fix, security: false, since }];
}

/** Every reader of the record must know it. The verification of another team's entries names no team. */
export function recordItems({ world }: Reader): readonly ActionItem[] {
  const { verification } = world.overview;
  const message = verificationProblem(verification);
  if (message === null || !("reason" in verification)) return [];
  const { reason, since } = verification;
  const hint = "grantkeeper audit verify";
  return [{ kind: "record", target: "the record", message, details: [reason], hint, security: false, since }];
}
