import type { GuardContext } from "../../guard/context/context.ts";
import { foreignResources } from "../../guard/rules/teams/resources.ts";
import { ownProfiles } from "../../guard/context/profile-scopes.ts";
import { isOwnInline, type Delta } from "../../model/delta.ts";
import {
  isBinding,
  type CompiledStatement,
  type DesiredBinding,
  type DesiredPolicy,
} from "../../model/desired.ts";
import type { NewAccessApproval } from "../../model/rules/guardrail-profile.ts";
import { listsVerb } from "../../model/rules/team.ts";

type ApprovalRules = Pick<GuardContext, "desired" | "actionData" | "authors">;

interface Changed {
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
  { state, rules }: Changed,
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
