import type { Desired } from "../model/desired.ts";
import type { Recorder } from "./ports/recorder.ts";
import type { Settlement } from "../settle/settlement.ts";
import type { ControllerState } from "./state/controller-state.ts";

/** The recorder for a controller: the alerts of a namespace also go to the routes that its Team names in force. */
export function withTeamRoutes(recorder: Recorder, state: Pick<ControllerState, "enforced">): Recorder {
  return {
    record: (settlement) => {
      const { enforced } = state;
      if (enforced === null || settlement.alerts.length === 0) return recorder.record(settlement);
      return recorder.record({ ...settlement, teamRoutes: teamRoutesOf(enforced.compilation.desired) });
    },
  };
}

/** A Team with an error names no route: only the operator's own choice counts until it is correct. */
function teamRoutesOf({ teams }: Pick<Desired, "teams">): NonNullable<Settlement["teamRoutes"]> {
  return new Map(
    [...teams.values()].flatMap((team) =>
      team.kind === "fence" && team.alerts.length > 0 ? [[team.namespace, team.alerts] as const] : [],
    ),
  );
}
