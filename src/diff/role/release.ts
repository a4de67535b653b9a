import { tagEffects } from "../../iam/compare/tag-effect.ts";
import { nameInArn } from "../../model/aws/arn.ts";
import { INSTANCE_TAG, OWNER_TAG, type Tag } from "../../model/aws/tag.ts";
import { NO_DELTA } from "../../model/delta.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import { liveRole, type LiveRole } from "../../model/live.ts";
import { declaredOrigin } from "../documents/declared-origin.ts";
import { documentContext } from "../documents/document-context.ts";
import { liveDocuments, rolePermissions } from "../documents/permissions.ts";
import type { DiffContext, KeyComparison } from "../drift/context.ts";
import { appliedBinding, driftOf, sortedDrifts } from "../drift/drift.ts";
import { leftBehindOf } from "../drift/left-behind.ts";
import { ownerOf, ownershipTags, tagValue } from "../drift/ownership.ts";
import { tagsText } from "../drift/setting-texts.ts";

/**
 * Git releases the function: the only difference is that its role still has our ownership tags, or a role that was its
 * role before. Everything else may belong to another owner by now, so it is neither compared nor reported.
 */
export function diffReleased(binding: DesiredBinding, context: DiffContext): KeyComparison {
  const role = liveRole(context.live, binding.role.name);
  if (role.kind === "unknown") return role;
  const isOurs = role.kind === "present" && hasOurTags(role.value, binding, context);
  const former = leftBehindOf(binding, context).filter(({ item }) => item.type === "role");
  const roles = former.flatMap(({ item, unread }) => {
    const reading = liveRole(context.live, nameInArn(item.id));
    return unread === null && reading.kind === "present" ? [reading.value] : [];
  });
  const unchangedInGit = appliedBinding(context)?.released === true;
  return {
    kind: "compared",
    drifts: sortedDrifts([
      ...(isOurs ? [notReleased(binding, { role: role.value, unchangedInGit }, context)] : []),
      ...roles.map((each) => notReleased(binding, { role: each, unchangedInGit: false }, context)),
    ]),
    leftAlone: [],
    notes: [],
    waitsForFunction: false,
    unread: former.flatMap(({ item, unread }) => (unread === null ? [] : [`${item.id}: ${unread}`])),
  };
}

/** A role with the owner of another key stays with that key. */
function hasOurTags(role: LiveRole, binding: DesiredBinding, { instance }: DiffContext): boolean {
  const owner = tagValue(role.tags, OWNER_TAG);
  return (
    tagValue(role.tags, INSTANCE_TAG) === instance &&
    (owner === null || owner === ownerOf(binding)) &&
    role.arn === binding.role.arn
  );
}

function notReleased(
  binding: DesiredBinding,
  { role, unchangedInGit }: { readonly role: LiveRole; readonly unchangedInGit: boolean },
  context: DiffContext,
): ReturnType<typeof driftOf> {
  const permissions = rolePermissions(liveDocuments(role), {
    at: binding,
    live: context.live,
    origin: declaredOrigin(binding.role.inline, documentContext(binding, "identity"), null),
  });
  const unknownEffect = ownershipTags(role.tags).flatMap(({ key }) =>
    tagEffects(key, permissions, context.comparer),
  );
  return driftOf(
    binding.key,
    {
      subject: role.arn,
      change: { kind: "not-released" },
      tier: "security",
      live: tagsText(role.tags),
      desired: tagsText(releasedTags(role.tags)),
      delta: { ...NO_DELTA, unknownEffect },
      origin: binding.origin,
      unchangedInGit,
    },
    context,
  );
}

export function releasedTags(tags: readonly Tag[]): readonly Tag[] {
  const ours = ownershipTags(tags);
  return tags.filter((tag) => !ours.includes(tag));
}
