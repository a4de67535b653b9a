import { unitedDelta, type Delta, NO_DELTA } from "../../model/delta.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import { joinedLists } from "../../model/values/lists.ts";
import type { LiveRole } from "../../model/live.ts";
import type { Tier } from "../../model/rules/tier.ts";
import { documentContext, INLINE_NAME } from "../documents/document-context.ts";
import type { DiffContext } from "../drift/context.ts";
import { appliedBinding, type Difference } from "../drift/drift.ts";
import { desiredDocuments, type RoleDocuments } from "../documents/permissions.ts";

/**
 * Other inline policies, attachments, boundary: each difference with its own effect on the desired permissions. If the
 * role has another boundary, the effect within that boundary counts too, because two changes may open together what
 * neither opens alone.
 */
export function diffRoleDocuments(
  binding: DesiredBinding,
  role: LiveRole,
  context: DiffContext,
): readonly Difference[] {
  return joinedLists(
    diffExtraInline(binding, role, context),
    diffAttachments(binding, role, context),
    diffBoundary(binding, role, context),
    diffUpstream(binding, context),
  );
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
      tier: extraTier(binding, text, context),
      live: text,
      desired: null,
      delta: deviationDelta(binding, { extraInline: [name, text] }, { role, context }),
      origin: binding.role.origin,
      unchangedInGit: true,
    }));
}

const EMPTY_DOCUMENT = `{"Version":"2012-10-17","Statement":[]}`;

/** `no-effect` only if no request can use any statement of the policy: this does not depend on its other policies. */
function extraTier(binding: DesiredBinding, text: string, { comparer }: DiffContext): Tier {
  const tier = comparer.compareDocuments(text, EMPTY_DOCUMENT, documentContext(binding, "identity"));
  return tier === "security" ? tier : "no-effect";
}

function diffAttachments(
  binding: DesiredBinding,
  role: LiveRole,
  context: DiffContext,
): readonly Difference[] {
  const wanted = binding.role.attachments;
  if (wanted.length === 0 && role.attachments.length === 0) return [];
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
      delta: deviationDelta(binding, { without: arn }, { role, context }),
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
      delta: deviationDelta(binding, { extraAttachment: arn }, { role, context }),
      origin: binding.role.origin,
      unchangedInGit: !wasApplied(arn),
    }));
  return joinedLists(missing, extra);
}

function diffBoundary(binding: DesiredBinding, role: LiveRole, context: DiffContext): readonly Difference[] {
  const desired = binding.role.boundary?.arn ?? null;
  // A boundary is never deleted: if Git declares none, the existing one stays.
  if (desired === null || role.boundary === desired) return [];
  const applied = appliedBinding(context)?.role.boundary?.arn ?? null;
  return [
    {
      subject: role.arn,
      change: { kind: "boundary" },
      tier: "security",
      live: role.boundary,
      desired,
      delta: deviationDelta(binding, { boundary: role.boundary }, { role, context }),
      origin: binding.role.boundary?.origin ?? null,
      unchangedInGit: applied === desired,
    },
  ];
}

/** One way in which the live documents differ from the desired ones. */
interface DocumentDeviation {
  readonly inline?: string | null;
  readonly extraInline?: readonly [string, string];
  readonly extraAttachment?: string;
  readonly without?: string;
  readonly boundary?: string | null;
}

export function deviationDelta(
  binding: DesiredBinding,
  deviation: DocumentDeviation,
  { role, context }: { readonly role: LiveRole; readonly context: DiffContext },
): Delta {
  const declared = { binding, applied: appliedBinding(context) };
  const inside = (before: RoleDocuments): Delta =>
    context.roleDeltas.deltaOf({ before, after: deviate(before, deviation) }, declared, context.live);
  const desired = desiredDocuments(binding, context.texts);
  const alone = inside(desired);
  if (deviation.boundary !== undefined || desired.boundary === null || role.boundary === desired.boundary)
    return alone;
  return unitedDelta(alone, inside({ ...desired, boundary: role.boundary }));
}

function deviate(documents: RoleDocuments, deviation: DocumentDeviation): RoleDocuments {
  const inline = new Map(documents.inline);
  if (typeof deviation.inline === "string") inline.set(INLINE_NAME, deviation.inline);
  if (deviation.inline === null) inline.delete(INLINE_NAME);
  if (deviation.extraInline !== undefined) inline.set(...deviation.extraInline);
  const extra = deviation.extraAttachment === undefined ? [] : [deviation.extraAttachment];
  const attachments = documents.attachments.filter((arn) => arn !== deviation.without);
  const boundary = deviation.boundary === undefined ? documents.boundary : deviation.boundary;
  return { inline, attachments: [...attachments, ...extra], boundary };
}

/**
 * AWS-managed policies whose default version is not the one that the record has for this revision. AWS made the change,
 * and nothing reverts it.
 */
function diffUpstream(binding: DesiredBinding, context: DiffContext): readonly Difference[] {
  return binding.role.attachments.flatMap(({ arn, policy, origin }): readonly Difference[] => {
    if (policy !== null) return [];
    const noted = context.record?.upstreamVersions[arn];
    const reading = context.live.awsManaged.get(arn);
    if (noted === undefined || reading?.kind !== "present") return [];
    const { versionId } = reading.value;
    if (versionId === noted) return [];
    return [
      {
        subject: arn,
        change: { kind: "upstream-changed", arn, versionId },
        tier: "security",
        live: versionId,
        desired: noted,
        delta: NO_DELTA,
        origin,
        unchangedInGit: true,
      },
    ];
  });
}
