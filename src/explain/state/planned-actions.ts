import type { Action } from "../../model/action.ts";
import type { KeyView } from "../../model/answers/key-view.ts";
import type { KeyPlan } from "../../model/plan.ts";

/** What is planned, with or without approval. */
export function plannedActions({ plan, undo }: Pick<KeyView, "plan" | "undo">): readonly Action[] {
  return [...(plan?.actions ?? []), ...approvableActions(plan), ...(undo?.actions ?? [])];
}

/** What needs an approval. Approvals are not requested in observe mode: these calls are not made then either. */
export function approvableActions(plan: KeyPlan | null): readonly Action[] {
  return (plan?.approvable ?? []).flatMap(({ actions }) => actions);
}
