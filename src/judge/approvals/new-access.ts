import type { GuardContext } from "../../guard/context.ts";
import { newAccessApprovers } from "../../guard/profiles/scopes.ts";
import { netDelta } from "../../model/delta.ts";
import type { DesiredBinding, DesiredPolicy } from "../../model/desired.ts";
import type { KeyPlan } from "../../model/plan.ts";

/** The causes of a change that Git makes. A revert of a change in AWS restores what was approved before. */
const OF_GIT: ReadonlySet<string> = new Set(["revision", "initial"]);

/**
 * True unless it is proved that what the revision changes in the plan grants nothing new: an effect that cannot be
 * compared counts as new.
 */
export function grantsNewAccess({ actions }: KeyPlan): boolean {
  const ofGit = actions.filter(({ cause }) => OF_GIT.has(cause));
  const { allowed, unknownEffect } = netDelta(ofGit.map(({ delta }) => delta));
  return allowed.length + unknownEffect.length > 0;
}

/** The groups that must approve the plan; null: any approver. Empty if it needs no approval of a profile. */
export function approversOf(
  state: DesiredBinding | DesiredPolicy,
  plan: KeyPlan,
  rules: GuardContext,
): readonly (string | null)[] {
  if (plan.purpose !== "converge") return [];
  const groups = newAccessApprovers(state, rules);
  return groups.length > 0 && grantsNewAccess(plan) ? groups : [];
}
