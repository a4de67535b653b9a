import type { LivePolicy } from "../../model/live.ts";
import type { Origin } from "../../model/values/origin.ts";
import { DELETION, draftOf, EMPTY_PART, type Part } from "../order/draft.ts";

/** All versions but the default one, oldest first, then the policy. */
export function deletePolicy(policy: LivePolicy, origin: Origin): Part {
  const versions = policy.versions
    .filter((version) => version.id !== policy.defaultVersionId)
    .toReversed()
    .map(({ id, text }) =>
      draftOf({
        ...DELETION,
        call: "iam:DeletePolicyVersion",
        input: { PolicyArn: policy.arn, VersionId: id },
        target: policy.arn,
        before: text,
        origin,
      }),
    );
  const last = policy.versions.find((version) => version.id === policy.defaultVersionId);
  const deletion = draftOf({
    ...DELETION,
    call: "iam:DeletePolicy",
    input: { PolicyArn: policy.arn },
    target: policy.arn,
    before: last?.text ?? null,
    origin,
  });
  return { ...EMPTY_PART, drafts: [...versions, deletion] };
}
