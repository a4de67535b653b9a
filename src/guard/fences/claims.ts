import { coversName, namePattern, patternText } from "../../iam/names/name-pattern.ts";
import { parseRegion } from "../../model/aws/ids.ts";
import type { Desired, DesiredBinding, DesiredPolicy } from "../../model/desired.ts";
import type { NamePattern, TeamFence } from "../../model/rules/team.ts";
import { formatOrigin } from "../../model/values/origin.ts";
import { defaultRoleName } from "../../model/aws/role-name.ts";
import type { GuardContext } from "../context.ts";
import { teamText, type FenceBreach } from "./fence.ts";

/** TEN-002: an account that the Team does not name. */
export function accountOfBinding(
  { account, targetOrigin }: DesiredBinding,
  fence: TeamFence,
): readonly FenceBreach[] {
  return accountBreaches(account, fence, targetOrigin);
}

export function accountOfPolicy(
  { origin }: DesiredPolicy,
  fence: TeamFence,
  { account }: GuardContext,
): readonly FenceBreach[] {
  return accountBreaches(account.name, fence, origin);
}

function accountBreaches(
  account: string,
  fence: TeamFence,
  origin: FenceBreach["origin"],
): readonly FenceBreach[] {
  if (fence.accounts === null || fence.accounts.includes(account)) return [];
  const why = `account ${account} is not one of ${teamText(fence)}`;
  const own = fence.accounts.length === 0 ? "" : `use ${fence.accounts.join(" or ")}, or `;
  const fix = `${own}ask the platform team to add it to spec.accounts of the Team`;
  return [{ origin, evidence: { account }, why, fix }];
}

/** TEN-003: a function that no pattern of the Team matches, or a role that may be another function's. */
export function claimsOfBinding(
  binding: DesiredBinding,
  fence: TeamFence,
  { desired }: GuardContext,
): readonly FenceBreach[] {
  const { functionName, functionOrigin: origin } = binding;
  if (!matches(fence.functions, functionName)) {
    const why = `function ${functionName} matches no pattern of ${teamText(fence)}: ${patternsText(fence)}`;
    const fix =
      "name a function of the team, or ask the platform team to add it to spec.functions of the Team";
    return [{ origin, evidence: { function: functionName }, why, fix }];
  }
  return roleBreaches(binding, fence, desired);
}

/** IAM's role names are unique without regard to case. */
function roleBreaches(
  { role, functionName, region, account }: DesiredBinding,
  fence: TeamFence,
  { teams }: Pick<Desired, "teams">,
): readonly FenceBreach[] {
  if (role.name === defaultRoleName(functionName, region)) return [];
  const { origin } = role;
  const evidence = { role: role.name };
  const rename = `leave spec.role.name out: then it is ${defaultRoleName(functionName, region)}`;
  const own = fence.functions.map(lowerCase);
  if (!matches(own, role.name.toLowerCase())) {
    const why = `role ${role.name} matches no pattern of ${teamText(fence)}: ${patternsText(fence)}`;
    return [{ origin, evidence, why, fix: rename }];
  }
  const owner = [...teams.values()].find(
    (team) =>
      team.kind === "fence" &&
      team.namespace !== fence.namespace &&
      team.accounts?.includes(account) !== false &&
      mayHaveRole(team, role.name.toLowerCase()),
  );
  if (owner === undefined) return [];
  const why = `role ${role.name} may be the role of a function of Team ${owner.namespace} (${formatOrigin(owner.origin)})`;
  return [{ origin, evidence, why, fix: rename }];
}

/** A default name over 64 characters keeps its first 55; no region is longer than 23 characters. */
const KEPT = 55;
const MAY_BE_SHORTENED = 40;

/** Whether a function of the Team has this role by default, in any region, or may name it. */
function mayHaveRole({ functions }: TeamFence, role: string): boolean {
  return functions.some((pattern) => {
    if (pattern.kind === "prefix") return role.startsWith(pattern.prefix.toLowerCase().slice(0, KEPT));
    const name = pattern.name.toLowerCase();
    if (role === name) return true;
    const beginning = `${name}-`;
    if (name.length > MAY_BE_SHORTENED && role.startsWith(beginning.slice(0, KEPT))) return true;
    return role.startsWith(beginning) && parseRegion(role.slice(beginning.length)) !== undefined;
  });
}

function matches(patterns: readonly NamePattern[], name: string): boolean {
  return patterns.some((pattern) => coversName(pattern, { kind: "exact", name }));
}

function lowerCase(pattern: NamePattern): NamePattern {
  return namePattern(patternText(pattern).toLowerCase());
}

function patternsText({ functions }: TeamFence): string {
  return functions.map(patternText).join(", ");
}
