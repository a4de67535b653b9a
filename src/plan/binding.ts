import type { DesiredBinding } from "../model/desired.ts";
import type { Drift } from "../model/drift.ts";
import type { KeyPlan } from "../model/plan.ts";
import type { PlanContext } from "./context.ts";

/** What makes a binding as git says, in the order that loses and opens nothing in between. */
export function planBinding(
  binding: DesiredBinding,
  drifts: readonly Drift[],
  context: PlanContext,
): KeyPlan {
  throw new Error(`not planned yet: ${binding.key} ${drifts.length} ${context.nowMs}`);
}
