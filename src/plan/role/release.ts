import { ownershipTags } from "../../diff/drift/ownership.ts";
import { releasedTags } from "../../diff/role/release.ts";
import { tagsText } from "../../diff/drift/setting-texts.ts";
import { nameInArn } from "../../model/aws/arn.ts";
import type { Drift } from "../../model/drift.ts";
import { liveRole, type LiveRole } from "../../model/live.ts";
import { draftOf, EMPTY_PART, type Draft, type Part } from "../order/draft.ts";
import { driftsOf, type BindingScope } from "../inputs/scope.ts";

/**
 * One call removes both ownership tags, so that a role is never half ours. It is the last step of a plan and waits for
 * our earlier writes: the next owner finds a role that nothing changes any more.
 */
export function planRelease({ drifts, context }: BindingScope): Part {
  const drafts = driftsOf(drifts, "not-released").flatMap((drift) => {
    const role = liveRole(context.live, nameInArn(drift.subject));
    return role.kind === "present" ? [untag(role.value, drift)] : [];
  });
  return { ...EMPTY_PART, drafts };
}

function untag(role: LiveRole, drift: Drift): Draft {
  return draftOf({
    step: "update-settings",
    call: "iam:UntagRole",
    input: { RoleName: role.name, TagKeys: ownershipTags(role.tags).map(({ key }) => key) },
    target: role.arn,
    before: tagsText(role.tags),
    after: tagsText(releasedTags(role.tags)),
    cause: drift.cause,
    destructive: true,
    origin: drift.origin,
    delta: drift.delta,
  });
}
