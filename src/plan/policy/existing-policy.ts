import type { DesiredPolicy } from "../../model/desired.ts";
import type { LivePolicy } from "../../model/live.ts";
import type { PlanContext } from "../inputs/context.ts";

/** A declared policy that exists in AWS, and what its plan is made from. */
export interface ExistingPolicy {
  readonly policy: DesiredPolicy;
  readonly found: LivePolicy;
  readonly context: PlanContext;
}
