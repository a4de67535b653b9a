import type { GuardContext } from "../../guard/context/context.ts";
import { newAccessApprovals, type ProfileContext, ownProfiles } from "../../guard/context/profile-scopes.ts";
import { netDelta, type Delta, isOwnInline } from "../../model/delta.ts";
import {
  type DesiredBinding,
  type DesiredPolicy,
  isBinding,
  type CompiledStatement,
} from "../../model/desired.ts";
import type { KeyPlan } from "../../model/plan.ts";
import type { NewAccessApproval } from "../../model/rules/guardrail-profile.ts";
import { byTextOf } from "../../text/order.ts";
import { foreignResources } from "../../guard/rules/teams/resources.ts";
import { listsVerb } from "../../model/rules/team.ts";

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

/** The same as `approversOf`, of a change of Git that is read only if a profile asks for it. */
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

type ApprovalRules = Pick<GuardContext, "desired" | "actionData" | "authors">;

interface ChangedAccess {
  readonly state: DesiredBinding | DesiredPolicy;
  readonly rules: ApprovalRules;
}

/** True if at least one profile wants an approval of new access in the function, and each lists everything new. */
export function isPreapprovedByAll(binding: DesiredBinding, change: Delta, rules: ApprovalRules): boolean {
  const approvals = ownProfiles(binding, rules).flatMap(({ newAccessApproval }) => newAccessApproval ?? []);
  return (
    approvals.length > 0 &&
    approvals.every((approval) => isPreapproved(change, approval, { state: binding, rules }))
  );
}

/**
 * True if it is proved that everything new comes from grants that the profile lists, on resources that the Team of the
 * namespace owns. A caller, an attached policy, the end of a Deny and a wider boundary are never in that list. Without a
 * Team it is unknown which resources are the team's.
 */
export function isPreapproved(
  { allowed, unknownEffect }: Delta,
  { preapproved }: NewAccessApproval,
  { state, rules }: ChangedAccess,
): boolean {
  const team = rules.desired.teams.get(state.namespace);
  if (!isBinding(state) || team?.kind !== "fence" || unknownEffect.length > 0) return false;
  const listed = state.role.inline.statements.filter((compiled) => isListed(compiled, preapproved));
  const bySid = new Map(listed.map((compiled) => [compiled.statement.Sid ?? null, compiled]));
  const sources = allowed.map(({ from, sid, limit }) =>
    isOwnInline(from) && limit === null && sid !== null ? bySid.get(sid) : undefined,
  );
  const used = [...new Set(sources)].filter((compiled) => compiled !== undefined);
  if (sources.includes(undefined)) return false;
  // What another team shares is not the team's own: its owner has not agreed to further functions.
  return foreignResources(used, { ...team, borrowed: [] }, rules).length === 0;
}

function isListed({ source }: CompiledStatement, preapproved: NewAccessApproval["preapproved"]): boolean {
  return source.kind === "grant" && listsVerb(preapproved, source);
}
