import { ESCALATION_PATHS } from "../../../iam/risk/escalation-paths.ts";
import { isOpenResource, namesOf } from "../../../iam/match/reach.ts";
import { patternsMeet, resourceCovers } from "../../../iam/match/wildcard.ts";
import { arnParts, type ArnParts } from "../../../model/aws/arn.ts";
import { coversName, coversResource } from "../../../iam/names/name-pattern.ts";
import { namedResource } from "../../../iam/names/resource-name.ts";
import type { PermissionRow } from "../../../model/delta.ts";
import type { TeamFence } from "../../../model/rules/team.ts";
import { someOf } from "../../../text/phrases.ts";
import type { GuardContext, JudgedRole } from "../../context/context.ts";

/**
 * Whose the resources of a row are: in `controllableResources` of the account, the function itself, certainly its team's,
 * or possibly of others. Of several resources the last of these that applies counts.
 */
export type ResourceControl = "listed" | "own" | "team" | "others";

const ORDER: readonly ResourceControl[] = ["listed", "own", "team", "others"];

type ResourceRow = Pick<PermissionRow, "resource">;
type Platform = Pick<GuardContext, "account" | "desired">;

export function controlOf(
  { resource }: ResourceRow,
  binding: JudgedRole,
  platform: Platform,
): ResourceControl {
  if (resource.kind === "all-but" || resource.kind === "any") return "others";
  const found = namesOf(resource).map((name) => controlOfName(name, binding, platform));
  return ORDER.findLast((control) => found.includes(control)) ?? "others";
}

function controlOfName(name: string, binding: JudgedRole, { account, desired }: Platform): ResourceControl {
  if (account.controllableResources.some((pattern) => resourceCovers(pattern, name))) return "listed";
  const own = binding.functionArn;
  if (own !== null && (name === own || name.startsWith(`${own}:`))) return "own";
  const team = desired.teams.get(binding.namespace);
  return team?.kind === "fence" && isOfTeam(name, team) ? "team" : "others";
}

/** An entry `*` decides nothing about one resource. */
function isOfTeam(name: string, { resources, functions }: TeamFence): boolean {
  const resource = namedResource(name);
  return (
    functions.some((pattern) => coversName(pattern, resource.functionName)) ||
    resources.some((pattern) => pattern.kind !== "any" && coversResource(pattern, resource))
  );
}

/** Actions with which a function runs code under the role of a resource that exists. */
const CONTROL_ACTIONS: ReadonlySet<string> = new Set(
  ESCALATION_PATHS.filter(({ group, starts }) => group === "existing-role" && starts === undefined).flatMap(
    ({ steps }) => steps.flat(),
  ),
);

export function isControlAction(action: string): boolean {
  return CONTROL_ACTIONS.has(action);
}

/**
 * What a row starts: nothing of the type, only what it names exactly in the function's own account (one job in all its
 * revisions, or one service), or more. What it names of other types, such as the queue of a job, runs no code of its own.
 */
export type StartedCode = "nothing" | "named" | "open";

export function startedBy({ resource }: ResourceRow, type: string, { accountId }: JudgedRole): StartedCode {
  if (resource.kind === "all-but" || resource.kind === "any") return "open";
  const found = namesOf(resource).map((name): StartedCode => {
    const parts = arnParts(name);
    if (mayReachOver(parts)) return "open";
    const [first = "", ...path] = parts.resource.split("/");
    if (!patternsMeet(first, type)) return "nothing";
    const one = path.join("/").replace(/:[*0-9]+$/, "");
    const isExact = parts.accountId === accountId && first === type && one !== "" && !/[*?$]/.test(one);
    return isExact ? "named" : "open";
  });
  return WIDEST.find((started) => found.includes(started)) ?? "open";
}

const WIDEST: readonly StartedCode[] = ["open", "named", "nothing"];

/**
 * True if the last part does not show the type: a star that ends an earlier part may reach over the colons after it, and IAM
 * completes a short ARN with stars. A star before a plain account reaches no other type.
 */
function mayReachOver({ partition, service, region, accountId, resource }: ArnParts): boolean {
  if (resource === "") return true;
  return !/^\d{12}$/.test(accountId) && [partition, service, region, accountId].join("").includes("*");
}

/** What to do about resources that are not certainly the team's. */
export function controlFix(rows: readonly ResourceRow[], binding: JudgedRole, platform: Platform): string {
  const foreign = rows.filter((row) => controlOf(row, binding, platform) === "others");
  if (foreign.some(({ resource }) => resource.kind === "any" || isOpenResource(resource)))
    return "name the one resource that it needs, or remove the action";
  const names = foreign
    .flatMap(({ resource }) => namesOf(resource))
    .filter((each) => controlOfName(each, binding, platform) === "others");
  const what = names.length === 0 ? "the resource" : someOf([...new Set(names)]);
  return `remove the action, or ask the platform team for ${what} in controllableResources of AwsAccount ${platform.account.name}`;
}
