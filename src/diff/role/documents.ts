import type { Comparer } from "../../iam/compare/comparer.ts";
import { NO_DELTA, unitedDelta, type Delta } from "../../model/delta.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import { joinedLists } from "../../model/lists.ts";
import type { LiveRole } from "../../model/live.ts";
import type { Tier } from "../../model/tier.ts";
import { documentContext, INLINE_NAME, type DiffContext } from "../drift/context.ts";
import { appliedBinding, type Difference } from "../drift/drift.ts";
import { compiledText, desiredDocuments, type RoleDocuments } from "../documents/permissions.ts";
import { roleDelta } from "../documents/role-delta.ts";
import { diffUpstream } from "./upstream.ts";

/**
 * Inline policies, attachments, boundary: each difference with what it alone does to the desired permissions. Where
 * another boundary stands, inside that as well: two changes may open together what neither opens alone.
 */
export function diffRoleDocuments(
  binding: DesiredBinding,
  role: LiveRole,
  context: DiffContext,
): readonly Difference[] {
  return joinedLists(
    diffInline(binding, role, context),
    diffExtraInline(binding, role, context),
    diffAttachments(binding, role, context),
    diffBoundary(binding, role, context),
    diffUpstream(binding, context),
  );
}

function diffInline(binding: DesiredBinding, role: LiveRole, context: DiffContext): readonly Difference[] {
  const desired = compiledText(binding.role.inline);
  const live = role.inline.find((policy) => policy.name === INLINE_NAME)?.text ?? null;
  const tier = live === desired ? "equal" : tierOf(binding, { live, desired }, context.comparer);
  if (tier === "equal" || tier === "meaning") return [];
  return [
    {
      subject: role.arn,
      change: { kind: "inline" },
      tier,
      live,
      desired,
      delta: tier === "metadata" ? NO_DELTA : deltaOf(binding, { inline: live }, { role, context }),
      origin: binding.role.origin,
      unchangedInGit: sameDocumentsApplied(binding, desired, context),
    },
  ];
}

/**
 * Attachments count too: while a revision changes them, the inline document may stand in between, with what several
 * documents say.
 */
function sameDocumentsApplied(
  binding: DesiredBinding,
  desired: string | null,
  context: DiffContext,
): boolean {
  const applied = appliedBinding(context)?.role;
  if (applied === undefined || compiledText(applied.inline) !== desired) return false;
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

function diffExtraInline(
  binding: DesiredBinding,
  role: LiveRole,
  context: DiffContext,
): readonly Difference[] {
  return role.inline
    .filter((policy) => policy.name !== INLINE_NAME)
    .map(({ name, text }) => ({
      subject: role.arn,
      change: { kind: "inline-extra", policyName: name },
      tier: "security",
      live: text,
      desired: null,
      delta: deltaOf(binding, { extraInline: [name, text] }, { role, context }),
      origin: binding.role.origin,
      unchangedInGit: true,
    }));
}

function diffAttachments(
  binding: DesiredBinding,
  role: LiveRole,
  context: DiffContext,
): readonly Difference[] {
  const wanted = binding.role.attachments;
  const applied = appliedBinding(context)?.role.attachments ?? [];
  const wasApplied = (arn: string): boolean => applied.some((attachment) => attachment.arn === arn);
  const missing = wanted
    .filter(({ arn }) => !role.attachments.includes(arn))
    .map(({ arn, origin }): Difference => ({
      subject: role.arn,
      change: { kind: "attachment-missing", arn },
      tier: "security",
      live: null,
      desired: arn,
      delta: deltaOf(binding, { without: arn }, { role, context }),
      origin,
      unchangedInGit: wasApplied(arn),
    }));
  const extra = role.attachments
    .filter((arn) => !wanted.some((attachment) => attachment.arn === arn))
    .map((arn): Difference => ({
      subject: role.arn,
      change: { kind: "attachment-extra", arn },
      tier: "security",
      live: arn,
      desired: null,
      delta: deltaOf(binding, { extraAttachment: arn }, { role, context }),
      origin: binding.role.origin,
      unchangedInGit: !wasApplied(arn),
    }));
  return joinedLists(missing, extra);
}

function diffBoundary(binding: DesiredBinding, role: LiveRole, context: DiffContext): readonly Difference[] {
  const desired = binding.role.boundary?.arn ?? null;
  // A boundary is never deleted: where git names none, the one that stands stays.
  if (desired === null || role.boundary === desired) return [];
  const applied = appliedBinding(context)?.role.boundary?.arn ?? null;
  return [
    {
      subject: role.arn,
      change: { kind: "boundary" },
      tier: "security",
      live: role.boundary,
      desired,
      delta: deltaOf(binding, { boundary: role.boundary }, { role, context }),
      origin: binding.role.boundary?.origin ?? null,
      unchangedInGit: applied === desired,
    },
  ];
}

/** One way in which live documents are not the desired ones. */
interface Deviation {
  readonly inline?: string | null;
  readonly extraInline?: readonly [string, string];
  readonly extraAttachment?: string;
  readonly without?: string;
  readonly boundary?: string | null;
}

interface Standing {
  readonly role: LiveRole;
  readonly context: DiffContext;
}

function deltaOf(binding: DesiredBinding, deviation: Deviation, { role, context }: Standing): Delta {
  const declared = { binding, applied: appliedBinding(context) };
  const inside = (before: RoleDocuments): Delta =>
    roleDelta({ before, after: deviate(before, deviation) }, declared, context);
  const desired = desiredDocuments(binding);
  const alone = inside(desired);
  if (deviation.boundary !== undefined || desired.boundary === null || role.boundary === desired.boundary)
    return alone;
  return unitedDelta(alone, inside({ ...desired, boundary: role.boundary }));
}

function deviate(documents: RoleDocuments, deviation: Deviation): RoleDocuments {
  const inline = new Map(documents.inline);
  if (typeof deviation.inline === "string") inline.set(INLINE_NAME, deviation.inline);
  if (deviation.inline === null) inline.delete(INLINE_NAME);
  if (deviation.extraInline !== undefined) inline.set(...deviation.extraInline);
  const extra = deviation.extraAttachment === undefined ? [] : [deviation.extraAttachment];
  const attachments = documents.attachments.filter((arn) => arn !== deviation.without);
  const boundary = deviation.boundary === undefined ? documents.boundary : deviation.boundary;
  return { inline, attachments: [...attachments, ...extra], boundary };
}
