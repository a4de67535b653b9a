import type { Action, KeyPlan } from "../../model/plan.ts";
import type { KeyView } from "../../model/answers/key-view.ts";

/** What is planned, with or without approval. */
export function plannedActions({ plan, undo }: Pick<KeyView, "plan" | "undo">): readonly Action[] {
  return [...(plan?.actions ?? []), ...approvableActions(plan), ...(undo?.actions ?? [])];
}

/** What needs an approval. Approvals are not requested in observe mode: these calls are not made then either. */
export function approvableActions(plan: KeyPlan | null): readonly Action[] {
  return (plan?.approvable ?? []).flatMap(({ actions }) => actions);
}
