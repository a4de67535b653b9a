import {
  type NamePattern,
  type ResourcePattern,
  patternText,
  type DesiredTeam,
  type TeamFence,
  type Tenancy,
} from "../../model/rules/team.ts";
import { namedResource, type KnownName, type NamedResource } from "./resource-name.ts";
import { RESOURCE_TYPES, TYPE_PREFIXES } from "./resource-types.ts";
import { defaultRoleName } from "../../model/aws/role-name.ts";
import { parseRegion, PLATFORM, type Namespace } from "../../model/aws/ids.ts";

/** `orders-*` or `orders-api`; its syntax was checked. */
export function namePattern(text: string): NamePattern {
  return text.endsWith("*") ? { kind: "prefix", prefix: text.slice(0, -1) } : { kind: "exact", name: text };
}

export function resourcePattern(text: string): ResourcePattern {
  if (text === "*") return { kind: "any", text };
  if (text.startsWith("arn:")) return { kind: "arn", text, arn: namePattern(text) };
  const prefix = TYPE_PREFIXES.find((each) => text.startsWith(each));
  if (prefix === undefined) return { kind: "name", text, name: namePattern(text) };
  return { kind: "typed", text, prefix, name: namePattern(text.slice(prefix.length)) };
}

/**
 * True only if each name that is possible matches the pattern. Names compare character by character: neither case nor a
 * look-alike is folded, because IAM folds neither in the name of a resource.
 */
export function coversName(pattern: NamePattern, name: KnownName): boolean {
  if (name.kind === "unknown") return false;
  if (pattern.kind === "exact") return name.kind === "exact" && name.name === pattern.name;
  return (name.kind === "exact" ? name.name : name.prefix).startsWith(pattern.prefix);
}

/** True only if the pattern covers each resource that the statement's text can mean. */
export function coversResource(pattern: ResourcePattern, resource: NamedResource): boolean {
  const { type } = resource;
  switch (pattern.kind) {
    case "any":
      return true;
    case "arn":
      return coversName(pattern.arn, resource.arn);
    case "name":
      return type !== null && coversNameOf(pattern.name, resource);
    case "typed":
      return type?.prefix === pattern.prefix && coversTyped(pattern.name, resource);
  }
}

function coversNameOf(pattern: NamePattern, { type, name }: NamedResource): boolean {
  return type?.name === "path" ? coversPath(withoutSlash(pattern), name) : coversName(pattern, name);
}

/** By what follows the type: of a role that is its path and its name, of a table its name alone. */
function coversTyped(pattern: NamePattern, resource: NamedResource): boolean {
  const { type, rest } = resource;
  return type?.name === "last" || type?.name === "id" || type?.name === "public"
    ? coversName(pattern, rest)
    : coversNameOf(pattern, resource);
}

/** The parameters below `/orders/` are read by their path, which is `orders` in the ARN. */
function coversPath(pattern: NamePattern, name: KnownName): boolean {
  if (coversName(pattern, name)) return true;
  return pattern.kind === "prefix" && name.kind === "exact" && `${name.name}/` === pattern.prefix;
}

function withoutSlash(pattern: NamePattern): NamePattern {
  return pattern.kind === "exact"
    ? { kind: "exact", name: pattern.name.replace(/^\//, "") }
    : { kind: "prefix", prefix: pattern.prefix.replace(/^\//, "") };
}

/** Whether some name matches both. */
export function namePatternsMeet(a: NamePattern, b: NamePattern): boolean {
  if (a.kind === "exact") return b.kind === "exact" ? a.name === b.name : a.name.startsWith(b.prefix);
  if (b.kind === "exact") return b.name.startsWith(a.prefix);
  return a.prefix.startsWith(b.prefix) || b.prefix.startsWith(a.prefix);
}

/** Whether a Team that has `owned` may share all that `shared` names. Functions are its own by their names. */
export function ownsPattern(
  { resources, functions }: Pick<TeamFence, "resources" | "functions">,
  shared: ResourcePattern,
): boolean {
  if (
    shared.kind === "typed" &&
    shared.prefix === "function:" &&
    functions.some((own) => coversName(own, shared.name))
  )
    return true;
  return resources.some((own) => coversPattern(own, shared));
}

function coversPattern(own: ResourcePattern, shared: ResourcePattern): boolean {
  if (own.kind === "any") return true;
  if (shared.kind === "any") return false;
  if (shared.kind === "arn") return coversResource(own, namedResource(shared.text));
  if (own.kind === "name") return !isIdentified(shared) && coversName(own.name, shared.name);
  return (
    own.kind === "typed" &&
    shared.kind === "typed" &&
    own.prefix === shared.prefix &&
    coversName(own.name, shared.name)
  );
}

/** An id does not show its owner: an entry by name does not cover it. */
function isIdentified(shared: ResourcePattern): boolean {
  if (shared.kind !== "typed") return false;
  // `last`: what follows the type is a path, which anyone can choose, and not the name.
  return RESOURCE_TYPES.filter(({ prefix }) => prefix === shared.prefix).some(({ name }) =>
    ["id", "public", "last"].includes(name),
  );
}

/** The function and the role that a binding names; `account` is the account's name. */
interface NamedBinding {
  readonly functionName: string;
  readonly region: string;
  readonly account: string;
  readonly role: { readonly name: string };
}

type Teams = ReadonlyMap<Namespace, DesiredTeam>;

/** Whether the Team of a claim's namespace allows it; without any Team every claim is as good as another. */
export function mayClaim(
  claim: NamedBinding & { readonly namespace: string },
  { teams, tenancy }: { readonly teams: Teams; readonly tenancy: Tenancy },
): boolean {
  if (tenancy.kind === "open" || claim.namespace === PLATFORM) return true;
  const team = teams.get(claim.namespace as Namespace);
  return team?.kind === "fence" && allowsClaim(team, claim, teams);
}

/** Whether the fence allows both the function and its role. */
function allowsClaim(fence: TeamFence, claim: NamedBinding, teams: Teams): boolean {
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
