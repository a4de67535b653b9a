import type { ActionItem } from "../../../api/action-required.ts";
import type { AlertRouteObject } from "../../../api/overview.ts";
import { counted } from "../../../text/phrases.ts";

/** The routes whose receiver did not accept the last message: people may not hear of an incident. */
export function alertItems(routes: readonly AlertRouteObject[]): readonly ActionItem[] {
  return routes.flatMap(({ metadata, spec, status }): readonly ActionItem[] => {
    const { problem, failing, waiting, oldestWaitingAt } = status;
    if (problem === null || !failing) return [];
    return [
      {
        kind: "alerts",
        target: metadata.name,
        message:
          spec.sink === "commit-status"
            ? "the states of commits are not shown on the forge"
            : "alerts are not delivered",
        details: [problem.cause, ...(waiting === 0 ? [] : [`${counted(waiting, "message")} waiting`])],
        hint: problem.fix,
        security: false,
        since: oldestWaitingAt ?? problem.at,
      },
    ];
  });
}
