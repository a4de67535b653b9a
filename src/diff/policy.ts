import { permissionDelta, type RolePermissions, onlyDocument } from "../iam/compare/delta.ts";
import { NO_DELTA, type Delta } from "../model/delta.ts";
import type { CompiledDocument, DesiredPolicy } from "../model/desired.ts";
import { livePolicy, type LivePolicy } from "../model/live.ts";
import type { Tag } from "../model/aws/tag.ts";
import { documentContext } from "./documents/document-context.ts";
import type { DiffContext, KeyComparison } from "./drift/context.ts";
import { declaredOrigin } from "./documents/declared-origin.ts";
import {
  appliedPolicy,
  driftOf,
  inSync,
  sortedDrifts,
  type Difference,
  type DocumentComparison,
} from "./drift/drift.ts";
import { withChangesInAws } from "./drift/made-in-aws.ts";
import { withSinceApplied } from "./drift/since-applied.ts";
import { tagsText } from "./drift/setting-texts.ts";

/** The differences of a ManagedPolicy from Git, by meaning. */
export function diffPolicy(policy: DesiredPolicy, context: DiffContext): KeyComparison {
  const compared = comparePolicy(policy, context);
  if (compared.kind === "unknown") return compared;
  const applied = appliedPolicy(context);
  const compare = (): KeyComparison | null => (applied === null ? null : comparePolicy(applied, context));
  return withSinceApplied(compared, { compare, objects: [policy.arn] }, context);
}

function comparePolicy(policy: DesiredPolicy, context: DiffContext): KeyComparison {
  const found = livePolicy(context.live, policy.arn);
  if (found.kind === "unknown") return found;
  if (found.kind === "absent") {
    const missing = [driftOf(policy.key, missingPolicy(policy, context), context)];
    const drifts = withChangesInAws(missing, policy, context);
    return { kind: "compared", drifts, leftAlone: [], notes: [], waitsForFunction: false, unread: [] };
  }
  const document = diffDocument(policy, found.value, context);
  const differences = [
    ...document.differences,
    ...diffDescription(policy, found.value, context),
    ...diffTags(policy, found.value, context),
  ];
  const drifts = differences.map((difference) => driftOf(policy.key, difference, context));
  return {
    kind: "compared",
    drifts: withChangesInAws(sortedDrifts(drifts), policy, context),
    leftAlone: [],
    notes: document.notes,
    waitsForFunction: false,
    unread: unreadTags(policy, found.value),
  };
}

function missingPolicy(policy: DesiredPolicy, context: DiffContext): Difference {
  return {
    subject: policy.arn,
    change: { kind: "policy-missing" },
    tier: "security",
    live: null,
    desired: context.texts.textOf(policy.document),
    delta: documentDelta(policy, { live: null, former: null }, context),
    origin: policy.origin,
    unchangedInGit: appliedPolicy(context)?.arn === policy.arn,
  };
}

export function defaultText(found: LivePolicy): string {
  return found.versions.find((version) => version.id === found.defaultVersionId)?.text ?? "";
}

function diffDocument(policy: DesiredPolicy, found: LivePolicy, context: DiffContext): DocumentComparison {
  const desired = context.texts.textOf(policy.document);
  const live = defaultText(found);
  const dialect = documentContext(policy, policy.use === "boundary" ? "boundary" : "identity");
  const tier = desired === null ? "security" : context.comparer.compareDocuments(live, desired, dialect);
  if (tier === "equal" || tier === "meaning") return inSync(tier, "the document");
  const applied = appliedPolicy(context)?.document;
  const difference: Difference = {
    subject: policy.arn,
    change: { kind: "policy-document" },
    tier,
    live,
    desired,
    delta: tier !== "security" ? NO_DELTA : documentDelta(policy, { live, former: applied ?? null }, context),
    origin: policy.origin,
    unchangedInGit: applied !== undefined && context.texts.textOf(applied) === desired,
  };
  return { differences: [difference], notes: [] };
}

function diffDescription(
  policy: DesiredPolicy,
  found: LivePolicy,
  context: DiffContext,
): readonly Difference[] {
  if (found.description === null || found.description === policy.description) return [];
  return [
    {
      subject: policy.arn,
      change: { kind: "policy-description" },
      tier: "metadata",
      live: found.description,
      desired: policy.description,
      delta: NO_DELTA,
      origin: policy.origin,
      unchangedInGit: appliedPolicy(context)?.description === policy.description,
    },
  ];
}

/** Unlike a role's, a policy's tag keys differ by case. Boundaries are not ours to tag. */
function diffTags(policy: DesiredPolicy, found: LivePolicy, context: DiffContext): readonly Difference[] {
  if (policy.use === "boundary" || found.tags.kind !== "present") return [];
  const live = found.tags.value;
  const applied = appliedPolicy(context)?.tags ?? [];
  const keys = [...new Set([...policy.tags, ...live].map((tag) => tag.key))];
  return keys
    .filter((key) => valueOf(policy.tags, key) !== valueOf(live, key))
    .map((tag) => ({
      subject: policy.arn,
      change: { kind: "policy-tag", tag },
      tier: "security",
      live: tagsText(live),
      desired: tagsText(policy.tags),
      delta: NO_DELTA,
      origin: policy.origin,
      unchangedInGit: valueOf(applied, tag) === valueOf(policy.tags, tag),
    }));
}

function valueOf(tags: readonly Tag[], key: string): string | null {
  return tags.find((tag) => tag.key === key)?.value ?? null;
}

function unreadTags(policy: DesiredPolicy, { tags }: LivePolicy): readonly string[] {
  if (policy.use === "boundary" || tags.kind !== "unknown") return [];
  return [`tags and description of ${policy.arn}: ${tags.reason}`];
}

function documentDelta(
  policy: DesiredPolicy,
  { live, former }: { readonly live: string | null; readonly former: CompiledDocument | null },
  { comparer, texts }: DiffContext,
): Delta {
  const origin = declaredOrigin(policy.document, documentContext(policy, "identity"), former);
  const from = { kind: "managed", arn: policy.arn } as const;
  const permissions = (text: string | null): RolePermissions =>
    onlyDocument({ from, text, origin }, documentContext(policy, "identity"));
  return permissionDelta(permissions(texts.textOf(policy.document)), permissions(live), comparer);
}
