import { ownershipTags, releasedTags } from "../../diff/role/release.ts";
import { tagsText } from "../../diff/drift/setting-texts.ts";
import { draftOf, EMPTY_PART, type Part } from "../order/draft.ts";
import { driftsOf, type BindingScope } from "../inputs/scope.ts";

/**
 * One call removes both ownership tags, so that a role is never half ours. It is the last step of a plan and waits for
 * our earlier writes: the next owner finds a role that nothing changes any more.
 */
export function planRelease({ drifts, role }: BindingScope): Part {
  const [drift] = driftsOf(drifts, "not-released");
  if (drift === undefined || role === null) return EMPTY_PART;
  const draft = draftOf({
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
  return { ...EMPTY_PART, drafts: [draft] };
}
