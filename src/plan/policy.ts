import type { DesiredPolicy } from "../model/desired.ts";
import type { Drift } from "../model/drift.ts";
import type { KeyPlan } from "../model/plan.ts";
import type { PlanContext } from "./context.ts";

/** What makes a ManagedPolicy as git says. */
export function planPolicy(policy: DesiredPolicy, drifts: readonly Drift[], context: PlanContext): KeyPlan {
  throw new Error(`not planned yet: ${policy.key} ${drifts.length} ${context.nowMs}`);
}
