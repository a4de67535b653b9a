import type { GuardContext } from "../../guard/context/context.ts";
import { newAccessApprovals, type ProfileContext } from "../../guard/context/profile-scopes.ts";
import { netDelta, type Delta } from "../../model/delta.ts";
import type { DesiredBinding, DesiredPolicy } from "../../model/desired.ts";
import type { KeyPlan } from "../../model/plan.ts";
import type { NewAccessApproval } from "../../model/rules/guardrail-profile.ts";
import { byTextOf } from "../../text/order.ts";
import { isPreapproved } from "./preapproved.ts";

/** The causes of a change that Git makes. A revert of a change in AWS restores what was approved before. */
const OF_GIT: ReadonlySet<string> = new Set(["revision", "initial"]);

/** True unless it is proved that the change grants nothing new: an effect that cannot be compared counts as new. */
export function isNewAccess({ allowed, unknownEffect }: Delta): boolean {
  return allowed.length + unknownEffect.length > 0;
}

export function changeOfGit({ actions }: KeyPlan): Delta {
  return netDelta(actions.filter(({ cause }) => OF_GIT.has(cause)).map(({ delta }) => delta));
}

/** The groups that must approve the plan; null: any approver. Empty if it needs no approval of a profile. Sorted. */
export function approversOf(
  state: DesiredBinding | DesiredPolicy,
  plan: KeyPlan,
  rules: GuardContext,
): readonly (string | null)[] {
  if (plan.purpose !== "converge") return [];
  if (plan.grown === undefined) return approversOfChange(state, () => changeOfGit(plan), rules);
  // AWS's new actions are new access that no list of grants foresees: a grant has no pattern of actions.
  return sortedGroups(newAccessApprovals(state, rules));
}

/** As `approversOf`, of a change of Git that is read only if a profile asks for it. */
export function approversOfChange(
  state: DesiredBinding | DesiredPolicy,
  changeOf: () => Delta,
  rules: ProfileContext & Pick<GuardContext, "actionData">,
): readonly (string | null)[] {
  const approvals = newAccessApprovals(state, rules);
  if (approvals.length === 0) return [];
  const change = changeOf();
  if (!isNewAccess(change)) return [];
  const needed = approvals.filter((approval) => !isPreapproved(change, approval, { state, rules }));
  return sortedGroups(needed);
}

function sortedGroups(approvals: readonly NewAccessApproval[]): readonly (string | null)[] {
  return [...new Set(approvals.map(({ group }) => group))].toSorted(byTextOf((group) => group ?? ""));
}
