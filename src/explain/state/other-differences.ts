import type { KeyView } from "../../model/answers/key-view.ts";
import type { SettingDifference } from "../../model/answers/permission-state.ts";
import { isBinding } from "../../model/desired.ts";
import type { Drift } from "../../model/drift.ts";
import { actionSettings, driftSettings } from "../../plan/render/settings.ts";
import { plannedActions } from "./planned-actions.ts";

interface OtherDifferences {
  /** A later write of Grantkeeper ends them, when what is against it has ended. */
  readonly isManaged: boolean;
  readonly settings: readonly SettingDifference[];
}

/** Differences that no planned action resolves, those that a later one does first. */
export function otherDifferences(view: KeyView): readonly OtherDifferences[] {
  const known = new Set(
    plannedActions(view)
      .flatMap(actionSettings)
      .map((setting) => JSON.stringify(setting)),
  );
  return [true, false].flatMap((isManaged) => {
    const settings = view.drifts
      .filter((drift) => isManagedDrift(drift, view) === isManaged)
      .flatMap(driftSettings)
      .filter((setting) => !known.has(JSON.stringify(setting)));
    return settings.length === 0 ? [] : [{ isManaged, settings }];
  });
}

/** The binder sets the role of a function; no write of Grantkeeper ends one of the others. */
function isManagedDrift({ change }: Drift, { desired }: KeyView): boolean {
  if (change.kind !== "function-role" || desired === null) return false;
  return isBinding(desired) && desired.functionRole === "manage";
}
