import { permissionDelta, type RolePermissions, onlyDocument } from "../../iam/compare/delta.ts";
import { trustText } from "../../iam/trust.ts";
import { NO_DELTA, type Delta } from "../../model/delta.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import type { Drift, DriftChange } from "../../model/drift.ts";
import { joinedLists } from "../../model/values/lists.ts";
import type { LiveRole } from "../../model/live.ts";
import type { Tier } from "../../model/rules/tier.ts";
import { documentContext } from "../documents/document-context.ts";
import type { DiffContext } from "../drift/context.ts";
import { appliedBinding, driftOf, type Difference } from "../drift/drift.ts";
import { ownerOf, roleOwnership } from "../drift/ownership.ts";
import { diffRoleDocuments } from "./documents.ts";
import { diffInline } from "./inline.ts";
import { diffRoleTags } from "./tags.ts";
import { settingsText } from "../drift/setting-texts.ts";

export interface RoleComparison {
  readonly drifts: readonly Drift[];
  readonly notes: readonly string[];
}

export function diffRole(binding: DesiredBinding, role: LiveRole, context: DiffContext): RoleComparison {
  const inline = diffInline(binding, role, context);
  const differences = joinedLists(
    diffIdentity(binding, role, context),
    diffTrust(binding, role, context),
    inline.differences,
    diffRoleDocuments(binding, role, context),
    diffSettings(binding, role, context),
    diffRoleTags(binding, role, context),
  );
  const drifts = differences.map((difference) => driftOf(binding.key, difference, context));
  return { drifts, notes: inline.notes };
}

export function missingRole(binding: DesiredBinding, context: DiffContext): RoleComparison {
  const difference: Difference = {
    subject: binding.role.arn,
    change: { kind: "role-missing" },
    tier: "security",
    live: null,
    desired: binding.role.arn,
    delta: NO_DELTA,
    origin: binding.role.origin,
    unchangedInGit: appliedBinding(context)?.role.arn === binding.role.arn,
  };
  return { drifts: [driftOf(binding.key, difference, context)], notes: [] };
}

function diffIdentity(binding: DesiredBinding, role: LiveRole, context: DiffContext): readonly Difference[] {
  const { origin } = binding.role;
  const ownership = roleOwnership(role, ownerOf(binding), context);
  const shared = { subject: role.arn, tier: "security", delta: NO_DELTA, origin } as const;
  const found: Difference[] = [];
  if (role.path !== binding.role.path) {
    const change = { kind: "role-path" } as const;
    const unchangedInGit = appliedBinding(context)?.role.path === binding.role.path;
    found.push({ ...shared, change, live: role.path, desired: binding.role.path, unchangedInGit });
  }
  if (ownership.kind === "recreated") {
    const { knownId } = ownership;
    const change: DriftChange = { kind: "role-recreated", knownRoleId: knownId, liveRoleId: role.roleId };
    found.push({ ...shared, change, live: role.roleId, desired: knownId, unchangedInGit: true });
  }
  return found;
}

function diffTrust(binding: DesiredBinding, role: LiveRole, context: DiffContext): readonly Difference[] {
  const ofTrust = documentContext(binding, "trust");
  const declared = trustText(binding.role);
  const tierTo = (text: string): Tier => context.comparer.compareDocuments(role.trust, text, ofTrust);
  const tier = tierTo(declared);
  if (tier === "equal" || tier === "meaning") return [];
  const applied = appliedBinding(context);
  const trust = (text: string): RolePermissions => onlyDocument({ from: { kind: "trust" }, text }, ofTrust);
  return [
    {
      subject: role.arn,
      change: { kind: "trust" },
      tier,
      live: role.trust,
      desired: declared,
      delta: permissionDelta(trust(declared), trust(role.trust), context.comparer),
      origin: binding.role.origin,
      // The revision explains the difference only if AWS still has the trust that was applied last.
      unchangedInGit:
        applied !== null &&
        (trustText(applied.role) === declared || tierTo(trustText(applied.role)) === "security"),
    },
  ];
}

function diffSettings(binding: DesiredBinding, role: LiveRole, context: DiffContext): readonly Difference[] {
  const wanted = binding.role;
  // Compared before any text is made, because they seldom differ and every pass compares them for every role.
  if (role.description === wanted.description && role.maxSessionSeconds === wanted.maxSessionSeconds)
    return [];
  const applied = appliedBinding(context)?.role;
  const shared: {
    subject: string;
    live: string;
    desired: string;
    delta: Delta;
    origin: typeof wanted.origin;
  } = {
    subject: role.arn,
    live: settingsText(role),
    desired: settingsText(wanted),
    delta: NO_DELTA,
    origin: wanted.origin,
  };
  const found: Difference[] = [];
  if (role.description !== wanted.description) {
    const unchangedInGit = applied?.description === wanted.description;
    found.push({ ...shared, change: { kind: "description" }, tier: "metadata", unchangedInGit });
  }
  if (role.maxSessionSeconds !== wanted.maxSessionSeconds) {
    const unchangedInGit = applied?.maxSessionSeconds === wanted.maxSessionSeconds;
    found.push({ ...shared, change: { kind: "max-session-duration" }, tier: "security", unchangedInGit });
  }
  return found;
}
