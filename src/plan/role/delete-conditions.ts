import { roleOwnership, ownerOf } from "../../diff/drift/ownership.ts";
import { arnParts } from "../../model/aws/arn.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import type { KeyRecord } from "../../model/keys/key-record.ts";
import type { LiveFunction, LiveRole } from "../../model/live.ts";
import type { Withheld } from "../../model/plan.ts";
import type { PlanContext } from "../inputs/context.ts";
import { isProtected } from "./extra-policies.ts";

/** Every condition under which a role may be deleted that does not hold, but the one that two sweeps agree. */
export function roleObstacles(
  binding: DesiredBinding,
  role: LiveRole,
  record: KeyRecord,
  context: PlanContext,
): readonly Withheld[] {
  return [
    ...ownershipObstacles(binding, role, context),
    ...claimObstacles(binding, record, context),
    ...useObstacles(role, context),
    ...quietObstacles(role, record, context),
    ...protectionObstacles(role, context),
  ];
}

function waiting(role: LiveRole, reason: string, fix: string | null = null): Withheld {
  return { kind: "waiting", subject: role.arn, reason, fix };
}

/** Tags, path and inventory agree; known by its id, since the record must have seen it as ours. */
function ownershipObstacles(
  binding: DesiredBinding,
  role: LiveRole,
  context: PlanContext,
): readonly Withheld[] {
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
  { role }: DesiredBinding,
  record: KeyRecord,
  { desired }: PlanContext,
): readonly Withheld[] {
  const name = role.name.toLowerCase();
  const claimant = [...desired.bindings.values()].find(
    (other) =>
      other.key !== record.key &&
      arnParts(other.role.arn).accountId === arnParts(role.arn).accountId &&
      other.role.name.toLowerCase() === name,
  );
  if (claimant === undefined) return [];
  const reason = `${claimant.namespace}/${claimant.name} claims the role now`;
  const fix = "a handover between owners is not in this version";
  return [{ kind: "not-in-this-version", subject: role.arn, reason, fix }];
}

/** No function and no published version in any of the account's regions, all of them read for this. */
function useObstacles(role: LiveRole, { live, account }: PlanContext): readonly Withheld[] {
  if (!live.complete) return [waiting(role, "the account was not read as a whole")];
  const inRegions = account.regions.flatMap((region): readonly Withheld[] => {
    const at = live.regions.get(region);
    if (at?.kind !== "read")
      return [waiting(role, `region ${region} was not read: ${at?.reason ?? "never"}`)];
    if (!at.complete) return [waiting(role, `region ${region} was not read as a whole`)];
    // One reason a region is enough: the next one shows when it is gone.
    return [...at.functions.values()].flatMap((found) => functionObstacles(role, found)).slice(0, 1);
  });
  const profiles = role.instanceProfiles.map((name) =>
    waiting(role, `instance profile ${name} holds it`, "take it out of the profile"),
  );
  return [...inRegions, ...profiles];
}

function functionObstacles(role: LiveRole, found: LiveFunction): readonly Withheld[] {
  if (found.roleArn === role.arn) return [waiting(role, `function ${found.arn} runs on it`)];
  if (found.versions.kind === "unknown")
    return [waiting(role, `published versions of ${found.arn} were not read`)];
  const versions = found.versions.kind === "present" ? found.versions.value : [];
  return versions
    .filter((version) => version.roleArn === role.arn)
    .map(({ version }) => waiting(role, `version ${version} of ${found.arn} runs on it`));
}

/** RoleLastUsed lags by hours, and speaks of all regions and of everything else that Lambda's trust lets in. */
function quietObstacles(
  role: LiveRole,
  record: KeyRecord,
  { nowMs, account }: PlanContext,
): readonly Withheld[] {
  const { unbinding } = record;
  if (unbinding === null) return [waiting(role, "it left git just now")];
  const withheld: Withheld[] = [];
  if (nowMs - unbinding.atMs < account.deleteQuietMs) {
    withheld.push(
      waiting(role, `it stays until it was quiet for the account's deleteQuiet since it left git`),
    );
  }
  const { lastUsedAtMs } = role;
  if (lastUsedAtMs === "unknown") withheld.push(waiting(role, "AWS did not say when it was last used"));
  else if (lastUsedAtMs !== null && lastUsedAtMs >= unbinding.atMs) {
    withheld.push(waiting(role, "it was used after it left git", "find out by whom (CloudTrail)"));
  }
  return withheld;
}

function protectionObstacles(role: LiveRole, { account }: PlanContext): readonly Withheld[] {
  const objects = [
    ...role.inline.map(({ name }) => ({ kind: "inline", name }) as const),
    ...role.attachments.map((arn) => ({ kind: "attachment", arn }) as const),
  ];
  const found = objects.find((object) => isProtected(object, account.protectedPolicies));
  if (found === undefined) return [];
  const name = found.kind === "inline" ? found.name : found.arn;
  const reason = `${name} restricts the role on purpose: never removed by Grantkeeper`;
  return [{ kind: "restriction-added", subject: role.arn, reason, fix: "take it off by hand first" }];
}
