import { roleOwnership, ownerOf } from "../../diff/drift/ownership.ts";
import { mayClaim } from "../../iam/names/name-pattern.ts";
import { arnParts } from "../../model/aws/arn.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import type { KeyRecord } from "../../model/keys/key-record.ts";
import type { LiveFunction, LiveRole } from "../../model/live.ts";
import type { Withheld } from "../../model/plan.ts";
import type { PlanContext } from "../inputs/context.ts";
import { isProtected } from "../../diff/role/protected-policies.ts";

/** A role in AWS of a binding that left Git. */
interface RoleToDelete {
  readonly binding: DesiredBinding;
  readonly role: LiveRole;
  readonly context: PlanContext;
}

/** The unmet conditions for deleting a role, except that two sweeps must agree. */
export function roleObstacles(left: RoleToDelete, record: KeyRecord): readonly Withheld[] {
  return [
    ...ownershipObstacles(left),
    ...claimObstacles(left, record),
    ...useObstacles(left),
    ...quietObstacles(left, record),
    ...protectionObstacles(left),
  ];
}

function waiting(role: LiveRole, reason: string, fix: string | null = null): Withheld {
  return { kind: "waiting", subject: role.arn, reason, fix };
}

/** Tags, path and inventory must agree; the inventory must have the role's id, because the record must have seen it as ours. */
function ownershipObstacles({ binding, role, context }: RoleToDelete): readonly Withheld[] {
  const ownership = roleOwnership(role, ownerOf(binding), context);
  const known = context.record?.inventory.some(
    (item) => item.type === "role" && item.uniqueId === role.roleId,
  );
  if (ownership.kind === "ours" && known === true) return [];
  const reason =
    ownership.kind === "foreign" || ownership.kind === "unmodifiable"
      ? ownership.reason
      : "tags, path and inventory do not agree that the role is ours";
  return [{ kind: "ownership-conflict", subject: role.arn, reason, fix: "delete it by hand, or leave it" }];
}

function claimObstacles(
  { binding: { role }, context }: RoleToDelete,
  record: KeyRecord,
): readonly Withheld[] {
  const name = role.name.toLowerCase();
  const claimant = [...context.desired.bindings.values()].find(
    (other) =>
      other.key !== record.key &&
      arnParts(other.role.arn).accountId === arnParts(role.arn).accountId &&
      other.role.name.toLowerCase() === name &&
      // A name that its Team refuses is never applied, and must not keep the role of another team.
      mayClaim(other, context.desired),
  );
  if (claimant === undefined) return [];
  const reason = `${claimant.namespace}/${claimant.name} claims the role now`;
  const fix = "a handover between owners is not in this version";
  return [{ kind: "not-in-this-version", subject: role.arn, reason, fix }];
}

/** No function and no published version may use the role in any of the account's regions, which must all be read. */
function useObstacles({ role, context: { live, account } }: RoleToDelete): readonly Withheld[] {
  if (!live.complete) return [waiting(role, "the account was not read completely")];
  const inRegions = account.regions.flatMap((region): readonly Withheld[] => {
    const at = live.regions.get(region);
    if (at?.kind !== "read")
      return [waiting(role, `region ${region} was not read: ${at?.reason ?? "never"}`)];
    if (!at.complete) return [waiting(role, `region ${region} was not read completely`)];
    // One reason for each region is enough: the next one shows once this one is resolved.
    return [...at.functions.values()].flatMap((found) => functionObstacles(role, found)).slice(0, 1);
  });
  const profiles = role.instanceProfiles.map((name) =>
    waiting(role, `instance profile ${name} contains it`, "remove it from the profile"),
  );
  return [...inRegions, ...profiles];
}

function functionObstacles(role: LiveRole, found: LiveFunction): readonly Withheld[] {
  if (found.roleArn === role.arn) return [waiting(role, `function ${found.arn} runs on it`)];
  if (found.versions.kind === "unknown" || found.versions.kind === "not-requested")
    return [waiting(role, `published versions of ${found.arn} were not read`)];
  const versions = found.versions.kind === "present" ? found.versions.value : [];
  return versions
    .filter((version) => version.roleArn === role.arn)
    .map(({ version }) => waiting(role, `version ${version} of ${found.arn} runs on it`));
}

/** RoleLastUsed lags by hours. It covers all regions and every principal that the trust policy admits. */
function quietObstacles(
  { role, context: { nowMs, account } }: RoleToDelete,
  { unbinding }: KeyRecord,
): readonly Withheld[] {
  if (unbinding === null) return [waiting(role, "it was just removed from Git")];
  const withheld: Withheld[] = [];
  if (nowMs - unbinding.atMs < account.deleteQuietMs) {
    withheld.push(waiting(role, `it stays until the account's deleteQuiet has passed since it left Git`));
  }
  const { lastUsedAtMs } = role;
  if (lastUsedAtMs === "unknown") withheld.push(waiting(role, "AWS did not report when it was last used"));
  else if (lastUsedAtMs !== null && lastUsedAtMs >= unbinding.atMs) {
    withheld.push(waiting(role, "it was used after it left Git", "find the caller in CloudTrail"));
  }
  return withheld;
}

function protectionObstacles({ role, context: { account } }: RoleToDelete): readonly Withheld[] {
  const objects = [
    ...role.inline.map(({ name }) => ({ kind: "inline", name }) as const),
    ...role.attachments.map((arn) => ({ kind: "attachment", arn }) as const),
  ];
  const found = objects.find((object) => isProtected(object, account.protectedPolicies));
  if (found === undefined) return [];
  const name = found.kind === "inline" ? found.name : found.arn;
  const reason = `${name} restricts the role on purpose: never removed by Grantkeeper`;
  return [{ kind: "restriction-added", subject: role.arn, reason, fix: "remove it by hand first" }];
}
