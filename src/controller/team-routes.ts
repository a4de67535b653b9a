import { mayClaim } from "../iam/names/name-pattern.ts";
import type { AlertEvent } from "../model/alert-event.ts";
import { isBinding, type Desired } from "../model/desired.ts";
import { accountIdOf, type Key } from "../model/keys/key.ts";
import type { Recorder } from "./ports/recorder.ts";
import type { Settlement } from "../settle/settlement.ts";
import type { ControllerState } from "./state/controller-state.ts";

type Teams = Pick<ControllerState, "enforced" | "account">;

/**
 * The recorder for a controller: the alerts of a namespace also go to the routes that its Team names in force, except what
 * was read of a function that the Team does not allow.
 */
export function withTeamRoutes(recorder: Recorder, state: Teams): Recorder {
  return {
    record: (settlement) => {
      const { enforced } = state;
      if (enforced === null || settlement.alerts.length === 0) return recorder.record(settlement);
      const { desired } = enforced.compilation;
      const keys = new Set(settlement.alerts.flatMap(keysOf));
      const hiddenKeys = new Set([...keys].filter((key) => isForbidden(key, desired, state)));
      return recorder.record({ ...settlement, teamRoutes: teamRoutesOf(desired), hiddenKeys });
    },
  };
}

function keysOf(event: AlertEvent): readonly Key[] {
  if (event.kind === "first-comparison") return event.findings.map(({ key }) => key);
  return "key" in event ? [event.key] : [];
}

/** Whether a Team does not allow the function of a key. As declared; for a key that is not declared or has an error, as it was compared last. */
export function isForbidden(key: Key, desired: Desired, state: Teams): boolean {
  const shown = desired.bindings.get(key) ?? state.account(accountIdOf(key)).views.get(key)?.desired;
  return shown !== undefined && shown !== null && isBinding(shown) && !mayClaim(shown, desired);
}

/** A Team with an error names no route: only the operator's own choice counts until it is correct. */
function teamRoutesOf({ teams }: Pick<Desired, "teams">): NonNullable<Settlement["teamRoutes"]> {
  return new Map(
    [...teams.values()].flatMap((team) =>
      team.kind === "fence" && team.alerts.length > 0 ? [[team.namespace, team.alerts] as const] : [],
    ),
  );
}
