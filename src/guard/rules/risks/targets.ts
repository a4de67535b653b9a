import { arnParts } from "../../../model/aws/arn.ts";
import { namesOf, isOpenResource } from "../../../iam/match/reach.ts";
import { patternsMeet, resourceCovers } from "../../../iam/match/wildcard.ts";
import type { PermissionRow } from "../../../model/delta.ts";
import type { Desired, DesiredAccount } from "../../../model/desired.ts";
import { shortNames } from "../../../iam/row-text.ts";

/** The actions whose named target the platform team must have listed, each with its list in the AwsAccount. */
const LISTED_TARGETS = {
  "sts:AssumeRole": "assumableRoles",
  "iam:PassRole": "passableRoles",
} as const satisfies Record<string, keyof DesiredAccount>;

export type TargetAction = keyof typeof LISTED_TARGETS;

export function isTargetAction(action: string): action is TargetAction {
  return Object.hasOwn(LISTED_TARGETS, action);
}

interface Platform {
  readonly account: DesiredAccount;
  readonly desired: Pick<Desired, "accounts">;
}

/** The first role of the row that its list does not have, or that no list may have; null if every role is listed. */
export function unlistedRole(
  { resource }: Pick<PermissionRow, "resource">,
  action: TargetAction,
  platform: Platform,
): string | null {
  if (resource.kind === "all-but" || resource.kind === "any") return shortNames(resource);
  const listed = platform.account[LISTED_TARGETS[action]];
  const isListed = (name: string): boolean => listed.some((pattern) => resourceCovers(pattern, name));
  return (
    namesOf(resource).find((name) => !isListed(name) || isReserved(name, platform.desired.accounts)) ?? null
  );
}

/** Grantkeeper's own identities, and the roles of functions, which belong to their bindings. */
function isReserved(name: string, accounts: Desired["accounts"]): boolean {
  const identities = [...accounts.values()].flatMap(({ observer, writer, binder }) =>
    [observer, writer, binder].flatMap((identity) => (identity === null ? [] : [identity.roleArn])),
  );
  return [FUNCTION_ROLES, ...identities].some((role) => mayBeRole(name, role));
}

/** Part by part: a star over a colon reaches no other role. */
function mayBeRole(name: string, role: string): boolean {
  const [a, b] = [arnParts(name), arnParts(role)];
  return patternsMeet(a.accountId, b.accountId) && patternsMeet(a.resource, b.resource);
}

const FUNCTION_ROLES = "arn:*:iam::*:role/grantkeeper/*";

/** What the platform team does about a role that is not listed; nothing can be done about a reserved one. */
export function listFix(role: string, action: TargetAction, { account, desired }: Platform): string {
  if (isOpenResource({ kind: "one", name: role })) return "name the one role";
  return isReserved(role, desired.accounts)
    ? "remove it: no list may contain the roles of Grantkeeper and of other functions"
    : `use a role of ${LISTED_TARGETS[action]} in AwsAccount ${account.name}, or ask the platform team to add ${role} there`;
}
