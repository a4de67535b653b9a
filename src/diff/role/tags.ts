import { tagEffects } from "../../iam/compare/tag-effect.ts";
import { NO_DELTA, type Delta } from "../../model/delta.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import type { DriftChange } from "../../model/drift.ts";
import type { LiveRole } from "../../model/live.ts";
import { INSTANCE_TAG, OWNER_TAG, sameTagKey, type Tag } from "../../model/aws/tag.ts";
import { documentContext } from "../documents/document-context.ts";
import type { DiffContext } from "../drift/context.ts";
import { declaredOrigin } from "../documents/declared-origin.ts";
import { appliedBinding, type Difference } from "../drift/drift.ts";
import { liveDocuments, rolePermissions } from "../documents/permissions.ts";
import { tagValue } from "../drift/ownership.ts";
import { tagsText } from "../drift/setting-texts.ts";

/**
 * Policies see a role's tags as aws:PrincipalTag, so every tag counts. The effect of a tag is unknown; the role's own
 * permission rows that read it are named.
 */
export function diffRoleTags(
  binding: DesiredBinding,
  role: LiveRole,
  context: DiffContext,
): readonly Difference[] {
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
