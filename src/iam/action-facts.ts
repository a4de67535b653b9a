import { actionNameOf } from "../model/aws/action-name.ts";
import type { ActionData, ActionFacts } from "./action-data.ts";

/**
 * The facts of the action, or of each one that a pattern such as `s3:Get*` names. None for what is not known: where the
 * service itself is a pattern, not all that it names need be loaded.
 */
export function factsOf(action: string, data: ActionData): readonly ActionFacts[] {
  if (action === "*" || /[*?]/.test(actionNameOf(action).service)) return [];
  const names = /[*?]/.test(action) ? data.expand(action) : [action];
  return names.map((name) => data.find(name)).filter((facts) => facts !== undefined);
}
