import { defaultRoleName } from "../../model/aws/role-name.ts";
import { parseRegion, PLATFORM, type Namespace } from "../../model/aws/ids.ts";
import {
  patternText,
  type DesiredTeam,
  type NamePattern,
  type TeamFence,
  type Tenancy,
} from "../../model/rules/team.ts";
import { coversName, coversResource, namePattern } from "./name-pattern.ts";
import type { NamedResource } from "./resource-name.ts";

/** The function and the role that a binding names; `account` is the account's name. */
interface Claim {
  readonly functionName: string;
  readonly region: string;
  readonly account: string;
  readonly role: { readonly name: string };
}

type Teams = ReadonlyMap<Namespace, DesiredTeam>;

/** Whether the Team of a claim's namespace allows it; without any Team every claim is as good as another. */
export function mayClaim(
  claim: Claim & { readonly namespace: string },
  { teams, tenancy }: { readonly teams: Teams; readonly tenancy: Tenancy },
): boolean {
  if (tenancy.kind === "open" || claim.namespace === PLATFORM) return true;
  const team = teams.get(claim.namespace as Namespace);
  return team?.kind === "fence" && allowsClaim(team, claim, teams);
}

/** Whether the fence allows both the function and its role. */
function allowsClaim(fence: TeamFence, claim: Claim, teams: Teams): boolean {
  const { functionName, region, account } = claim;
  const role = claim.role.name;
  if (!ownsAccount(fence, account) || !ownsFunction(fence, functionName)) return false;
  if (role === defaultRoleName(functionName, region)) return true;
  return ownsRoleName(fence, role) && roleOwner({ role, account }, fence, teams) === undefined;
}

export function ownsAccount({ accounts }: Pick<TeamFence, "accounts">, account: string): boolean {
  return accounts?.includes(account) !== false;
}

/** Lambda's names are exact. */
export function ownsFunction({ functions }: TeamFence, name: string): boolean {
  return matches(functions, name);
}

/** IAM's role names are unique without regard to case. */
export function ownsRoleName({ functions }: TeamFence, role: string): boolean {
  return matches(functions.map(lowerCase), role.toLowerCase());
}

/** Whether a resource is certainly the Team's own: its function's, or one that it lists. */
export function ownsResource({ resources, functions }: TeamFence, resource: NamedResource): boolean {
  return (
    functions.some((pattern) => coversName(pattern, resource.functionName)) ||
    resources.some((pattern) => coversResource(pattern, resource))
  );
}

/** Another Team whose function may have this role. */
export function roleOwner(
  { role, account }: { readonly role: string; readonly account: string },
  { namespace }: TeamFence,
  teams: Teams,
): TeamFence | undefined {
  return [...teams.values()]
    .filter((team) => team.kind === "fence")
    .find(
      (team) =>
        team.namespace !== namespace && ownsAccount(team, account) && mayHaveRole(team, role.toLowerCase()),
    );
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
