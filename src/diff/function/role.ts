import { NO_DELTA } from "../../model/delta.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import type { Drift } from "../../model/drift.ts";
import type { LiveFunction } from "../../model/live.ts";
import type { DiffContext } from "../drift/context.ts";
import { appliedBinding, driftOf } from "../drift/drift.ts";

/** Whether the function, and the versions that its aliases run, work under the role that git gives it. */
export function diffFunctionRole(
  binding: DesiredBinding,
  found: LiveFunction,
  context: DiffContext,
): readonly Drift[] {
  const { arn, origin } = binding.role;
  const shared = { subject: found.arn, desired: arn, delta: NO_DELTA, origin };
  const unchangedInGit = appliedBinding(context)?.role.arn === arn;
  const drifts: Drift[] = [];
  if (found.roleArn !== arn) {
    const change = { kind: "function-role" } as const;
    const difference = { ...shared, change, tier: "security", live: found.roleArn, unchangedInGit } as const;
    drifts.push(driftOf(binding.key, difference, context));
  }
  const versions = versionsOnOtherRoles(arn, found);
  if (versions.length > 0) {
    const change = { kind: "role-not-published", versions } as const;
    const difference = {
      ...shared,
      change,
      tier: "metadata",
      live: versions.join(", "),
      unchangedInGit,
    } as const;
    drifts.push(driftOf(binding.key, difference, context));
  }
  return drifts;
}

/** A published version keeps the role that it was published with; only those behind an alias are run. */
function versionsOnOtherRoles(roleArn: string, found: LiveFunction): readonly string[] {
  if (found.aliases.kind !== "present" || found.versions.kind !== "present") return [];
  const served = new Set(found.aliases.value.flatMap((alias) => alias.versions));
  return found.versions.value
    .filter((version) => served.has(version.version) && version.roleArn !== roleArn)
    .map((version) => version.version)
    .sort();
}
