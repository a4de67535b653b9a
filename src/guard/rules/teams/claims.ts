import { ownsAccount, ownsFunction, ownsRoleName, roleOwner } from "../../../iam/names/name-pattern.ts";
import type { Desired, DesiredBinding, DesiredPolicy } from "../../../model/desired.ts";
import { patternText, type TeamFence } from "../../../model/rules/team.ts";
import { formatOrigin } from "../../../model/values/origin.ts";
import { defaultRoleName } from "../../../model/aws/role-name.ts";
import type { GuardContext } from "../../context/context.ts";
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
  if (fence.accounts === null || ownsAccount(fence, account)) return [];
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
  if (!ownsFunction(fence, functionName)) {
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
  if (!ownsRoleName(fence, role.name)) {
    const why = `role ${role.name} matches no pattern of ${teamText(fence)}: ${patternsText(fence)}`;
    return [{ origin, evidence, why, fix: rename }];
  }
  const owner = roleOwner({ role: role.name, account }, fence, teams);
  if (owner === undefined) return [];
  const why = `role ${role.name} may be the role of a function of Team ${owner.namespace} (${formatOrigin(owner.origin)})`;
  return [{ origin, evidence, why, fix: rename }];
}

function patternsText({ functions }: TeamFence): string {
  return functions.map(patternText).join(", ");
}
