import { roleByArn } from "../../../adopt/estate/role-users.ts";
import { otherUsers, unreadRegions } from "../../../adopt/proposal/proposed-grants.ts";
import { mayClaim } from "../../../iam/names/name-pattern.ts";
import type { ProposalRequest } from "../../../model/answers/questions/grant-proposal.ts";
import { nameInArn } from "../../../model/aws/arn.ts";
import { defaultRoleName } from "../../../model/aws/role-name.ts";
import { OWNER_TAG } from "../../../model/aws/tag.ts";
import type { Desired, DesiredAccount } from "../../../model/desired.ts";
import { liveFunction, type LiveAccount, type LiveFunction, type LiveRole } from "../../../model/live.ts";
import { someOf } from "../../../text/phrases.ts";
import type { Asking } from "./asking.ts";

/**
 * Whether a Team allows the namespace the function with its default role, as the compiler asks of a new manifest. Without any
 * Team a manifest may name every function; then none is the namespace's alone.
 */
export function hasFence(
  { namespace, functionName, account, region }: ProposalRequest,
  desired: Pick<Desired, "teams" | "tenancy">,
): boolean {
  if (desired.teams.get(namespace)?.kind !== "fence") return false;
  const role = { name: defaultRoleName(functionName, region) };
  return mayClaim({ namespace, functionName, account, region, role }, desired);
}

/** Whose a live function and its role are. */
export type TeamUse =
  | { readonly kind: "own" }
  /** It, its role or another function with the role may be of someone else; also if there is no such function. */
  | { readonly kind: "other" }
  /** Which functions have the role is not known. */
  | { readonly kind: "unknown"; readonly reason: string };

interface OwnedPlace extends Pick<ProposalRequest, "namespace" | "functionName" | "region"> {
  readonly account: DesiredAccount;
}

/**
 * A line in Git must not show the permissions of others: also the name of the live role is one that the Team allows, its tag
 * names no one else, and each other function with this role is the namespace's too.
 */
export function teamUseOf(place: OwnedPlace, live: LiveAccount, asking: Asking): TeamUse {
  const found = liveFunction(live, place.region, place.functionName);
  // A region that was not read has the same answer for each name.
  if (found.kind === "unknown") return { kind: "unknown", reason: found.reason };
  if (found.kind === "absent") return { kind: "other" };
  if (!isAllowed(found.value, place, asking) || !isOwnRole(found.value, place.namespace, live))
    return { kind: "other" };
  const others = otherUsers(found.value, live);
  if (!others.every((one) => isAllowed({ ...found.value, name: one.name }, { ...place, ...one }, asking)))
    return { kind: "other" };
  const unread = unreadRegions(live);
  if (unread.length === 0) return { kind: "own" };
  return { kind: "unknown", reason: `not read completely: ${someOf(unread)}` };
}

type UserOfRole = Pick<LiveFunction, "name" | "roleArn">;

/** Manifests of others that name it count for nothing: their Team does not allow it, as the names of two Teams never overlap. */
function isAllowed(
  { name: functionName, roleArn }: UserOfRole,
  { namespace, region, account }: Pick<OwnedPlace, "namespace" | "region" | "account">,
  { enforced: { compilation } }: Asking,
): boolean {
  const { desired } = compilation;
  const role = { name: nameInArn(roleArn) };
  return mayClaim({ namespace, functionName, region, account: account.name, role }, desired);
}

/** Without a tag no one is named; a role that was not read is refused later. */
function isOwnRole({ roleArn }: UserOfRole, namespace: string, live: LiveAccount): boolean {
  const role = roleByArn(live, roleArn);
  const owner = role.kind === "present" ? ownerOf(role.value) : undefined;
  return owner === undefined || owner.startsWith(`${namespace}/`);
}

function ownerOf({ tags }: LiveRole): string | undefined {
  return tags.find(({ key }) => key === OWNER_TAG)?.value;
}
