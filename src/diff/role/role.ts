import { permissionDelta, type RolePermissions, onlyDocument } from "../../iam/compare/delta.ts";
import { trustText } from "../../iam/trust.ts";
import { NO_DELTA, type Delta } from "../../model/delta.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import type { Drift, DriftChange } from "../../model/drift.ts";
import { joinedLists } from "../../model/values/lists.ts";
import type { LiveRole } from "../../model/live.ts";
import type { Tier } from "../../model/rules/tier.ts";
import { documentContext, INLINE_NAME } from "../documents/document-context.ts";
import type { DiffContext } from "../drift/context.ts";
import { appliedBinding, driftOf, type Difference, inSync, type DocumentComparison } from "../drift/drift.ts";
import { ownerOf, roleOwnership, tagValue } from "../drift/ownership.ts";
import { diffRoleDocuments, deviationDelta } from "./documents.ts";
import { settingsText, tagsText } from "../drift/setting-texts.ts";
import { tagEffects } from "../../iam/compare/tag-effect.ts";
import { INSTANCE_TAG, OWNER_TAG, sameTagKey, type Tag } from "../../model/aws/tag.ts";
import { declaredOrigin } from "../documents/declared-origin.ts";
import { liveDocuments, rolePermissions } from "../documents/permissions.ts";
import type { Comparer } from "../../iam/compare/comparer.ts";

interface RoleComparison {
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
  const shared = {
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

/**
 * Policies see a role's tags as aws:PrincipalTag, so every tag counts. The effect of a tag is unknown; the role's own
 * permission rows that read it are named.
 */
function diffRoleTags(binding: DesiredBinding, role: LiveRole, context: DiffContext): readonly Difference[] {
  const wanted = binding.role.tags;
  if (sameTags(wanted, role.tags)) return [];
  const applied = appliedBinding(context)?.role.tags ?? [];
  const shared = {
    subject: role.arn,
    tier: "security",
    live: tagsText(role.tags),
    desired: tagsText(wanted),
    origin: binding.role.origin,
  } as const;
  const permissions = rolePermissions(liveDocuments(role), {
    at: binding,
    live: context.live,
    origin: declaredOrigin(binding.role.inline, documentContext(binding, "identity"), null),
  });
  const deltaOf = (key: string): Delta => ({
    ...NO_DELTA,
    unknownEffect: tagEffects(key, permissions, context.comparer),
  });
  const declared = wanted.flatMap((tag): readonly Difference[] => {
    const live = tagValue(role.tags, tag.key);
    if (live === tag.value) return [];
    const unchangedInGit = tagValue(applied, tag.key) === tag.value;
    return [{ ...shared, delta: deltaOf(tag.key), change: declaredChange(tag, live), unchangedInGit }];
  });
  const extra = role.tags
    .filter((tag) => tagValue(wanted, tag.key) === null)
    .map((tag): Difference => {
      const unchangedInGit = tagValue(applied, tag.key) === null;
      return {
        ...shared,
        delta: deltaOf(tag.key),
        change: { kind: "tag-extra", tag: tag.key },
        unchangedInGit,
      };
    });
  return [...declared, ...extra];
}

function declaredChange(tag: Tag, live: string | null): DriftChange {
  if (tag.key === INSTANCE_TAG || tag.key === OWNER_TAG) return { kind: "ownership-tag", tag: tag.key };
  return { kind: live === null ? "tag-missing" : "tag-different", tag: tag.key };
}

/** Both lists are sorted by key. In the usual case they are equal, and no tag is looked up. */
function sameTags(a: readonly Tag[], b: readonly Tag[]): boolean {
  return (
    a.length === b.length &&
    a.every((tag, at) => {
      const other = b[at];
      return other !== undefined && sameTagKey(tag.key, other.key) && tag.value === other.value;
    })
  );
}

/** The one inline policy that Git declares for the role. */
function diffInline(binding: DesiredBinding, role: LiveRole, context: DiffContext): DocumentComparison {
  const desired = context.texts.textOf(binding.role.inline);
  const live = role.inline.find((policy) => policy.name === INLINE_NAME)?.text ?? null;
  const tier = live === desired ? "equal" : tierOf(binding, { live, desired }, context.comparer);
  if (tier === "equal" || tier === "meaning") return inSync(tier, `inline policy ${INLINE_NAME}`);
  const difference: Difference = {
    subject: role.arn,
    change: { kind: "inline" },
    tier,
    live,
    desired,
    delta: tier !== "security" ? NO_DELTA : deviationDelta(binding, { inline: live }, { role, context }),
    origin: binding.role.origin,
    unchangedInGit: sameDocumentsApplied(binding, desired, context),
  };
  return { differences: [difference], notes: [] };
}

/**
 * Attachments count too: while a revision changes them, the inline document may contain for a time what several
 * documents allow.
 */
function sameDocumentsApplied(
  binding: DesiredBinding,
  desired: string | null,
  context: DiffContext,
): boolean {
  const applied = appliedBinding(context)?.role;
  if (applied === undefined || context.texts.textOf(applied.inline) !== desired) return false;
  const arns = (role: DesiredBinding["role"]): string => role.attachments.map(({ arn }) => arn).join();
  return arns(applied) === arns(binding.role);
}

function tierOf(
  binding: DesiredBinding,
  { live, desired }: { readonly live: string | null; readonly desired: string | null },
  comparer: Comparer,
): Tier {
  if (live === null || desired === null) return "security";
  return comparer.compareDocuments(live, desired, documentContext(binding, "identity"));
}
