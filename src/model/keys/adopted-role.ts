import type { Arn } from "../aws/arn.ts";
import { INSTANCE_TAG, OWNER_TAG, type Tag } from "../aws/tag.ts";
import type { LiveRole } from "../live.ts";
import { digestOf, type Digest } from "../values/digest.ts";

/** Everything of a role that Grantkeeper may change, as AWS returned it. The two ownership tags are not part of it. */
export interface RoleContent extends Pick<
  LiveRole,
  "trust" | "description" | "maxSessionSeconds" | "boundary" | "inline" | "attachments"
> {
  /** Sorted by key. */
  readonly tags: readonly Tag[];
}

/**
 * A role outside `/grantkeeper/` that was taken over in place (`role.adopt: reviewed`). It exists from the pass that
 * found the role with the ownership tags of its binding, and ends with a release.
 */
export interface AdoptedRole {
  readonly arn: Arn;
  /** A role that was created again under the same name has another one: nothing of it is written. */
  readonly roleId: string;
  /** When `former` was read. */
  readonly atMs: number;
  /** What the role was before the first write other than that of the ownership tags. */
  readonly former: RoleContent;
  /** When the first of those writes was about to be made; null: there was none, so that `former` may be read again. */
  readonly changedAtMs: number | null;
  /** `contentDigest` of the role as it was read back after the last of those writes; null: there was none. */
  readonly lastWritten: Digest | null;
}

export function contentOf(role: LiveRole): RoleContent {
  const { trust, description, maxSessionSeconds, boundary, inline, attachments, tags } = role;
  return {
    trust,
    description,
    maxSessionSeconds,
    boundary,
    inline,
    attachments,
    tags: tags.filter(({ key }) => !isOwnershipKey(key)),
  };
}

export function contentDigest(content: RoleContent): Digest {
  const { trust, description, maxSessionSeconds, boundary, inline, attachments, tags } = content;
  return digestOf({
    trust,
    description,
    maxSessionSeconds,
    boundary,
    inline: inline.map(({ name, text }) => [name, text]),
    attachments,
    tags: tags.map(({ key, value }) => [key, value]),
  });
}

/** The keys of tags are unique without regard to case. */
function isOwnershipKey(key: string): boolean {
  const name = key.toLowerCase();
  return name === INSTANCE_TAG.toLowerCase() || name === OWNER_TAG.toLowerCase();
}
