import type { DesiredPolicy } from "../model/desired.ts";
import type { Comparison, DiffContext } from "./context.ts";

/** What of a ManagedPolicy differs from git, by meaning. */
export function diffPolicy(policy: DesiredPolicy, context: DiffContext): Comparison {
  throw new Error(`not compared yet: ${policy.key} ${context.nowMs}`);
}
