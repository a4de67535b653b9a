import { nameInArn } from "../../model/aws/arn.ts";
import { NO_DELTA, type Delta, type DeltaRow } from "../../model/delta.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import type { Drift } from "../../model/drift.ts";
import { liveRole, type LiveFunction, type LiveVersion } from "../../model/live.ts";
import { desiredDocuments, liveDocuments } from "../documents/permissions.ts";
import { byText } from "../../text/order.ts";
import type { DiffContext } from "../drift/context.ts";
import { appliedBinding, driftOf } from "../drift/drift.ts";

/** Compares the role of the function, and of the versions that its aliases run, with the declared role. */
export function diffFunctionRole(
  binding: DesiredBinding,
  found: LiveFunction,
  context: DiffContext,
): readonly Drift[] {
  const { arn, origin } = binding.role;
  const shared = { subject: found.arn, desired: arn, origin };
  const unchangedInGit = appliedBinding(context)?.role.arn === arn;
  const drifts: Drift[] = [];
  if (found.roleArn !== arn) {
    const change = { kind: "function-role" } as const;
    const difference = {
      ...shared,
      change,
      tier: "security",
      live: found.roleArn,
      delta: riskOfRoles([found.roleArn], binding, context),
      unchangedInGit,
    } as const;
    drifts.push(driftOf(binding.key, difference, context));
  }
  const versions = versionsOnOtherRoles(arn, found, context);
  if (versions.length > 0) {
    const change = {
      kind: "role-not-published",
      versions: versions.map(({ version }) => version),
    } as const;
    const difference = {
      ...shared,
      change,
      tier: "metadata",
      live: change.versions.join(", "),
      delta: riskOfRoles(
        versions.map(({ roleArn }) => roleArn),
        binding,
        context,
      ),
      unchangedInGit,
    } as const;
    drifts.push(driftOf(binding.key, difference, context));
  }
  return drifts;
}

/**
 * A published version keeps the role that it was published with; only versions behind an alias run. Where they were not
 * read now, those of the last read still count.
 */
function versionsOnOtherRoles(
  roleArn: string,
  { aliases, versions }: LiveFunction,
  { record }: DiffContext,
): readonly LiveVersion[] {
  if (aliases.kind !== "present" || versions.kind === "unknown") {
    const known = record?.adoption;
    return known?.declaredArn === roleArn ? known.aliases.elsewhere : [];
  }
  if (versions.kind !== "present") return [];
  const served = new Set(aliases.value.flatMap((alias) => alias.versions));
  return versions.value
    .filter((version) => served.has(version.version) && version.roleArn !== roleArn)
    .sort((a, b) => byText(a.version, b.version));
}

/**
 * Which permissions of risk the other roles grant in addition to the declared ones. The rest is left out: before a
 * function is switched to its role, the old role differs from the declared one in most lines. A Deny or a boundary that
 * only the declared role has grants nothing to the function: the switch will add it.
 */
function riskOfRoles(roleArns: readonly string[], binding: DesiredBinding, context: DiffContext): Delta {
  const allowed = [...new Set(roleArns)].flatMap((roleArn): readonly DeltaRow[] => {
    const role = liveRole(context.live, nameInArn(roleArn));
    if (role.kind !== "present" || role.value.arn !== roleArn) return [];
    const change = { before: desiredDocuments(binding, context.texts), after: liveDocuments(role.value) };
    const declared = { binding, applied: appliedBinding(context) };
    return context.roleDeltas.deltaOf(change, declared, context.live).allowed;
  });
  const risky = allowed.filter(isGrant).filter(({ risk }) => risk === "escalation" || risk === "exposure");
  return risky.length === 0 ? NO_DELTA : { ...NO_DELTA, allowed: risky };
}

function isGrant({ effect, from }: DeltaRow): boolean {
  return effect === "Allow" && from.kind !== "boundary";
}
