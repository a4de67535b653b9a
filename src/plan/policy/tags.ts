import { tagsText } from "../../diff/drift/setting-texts.ts";
import type { DesiredPolicy } from "../../model/desired.ts";
import type { Drift } from "../../model/drift.ts";
import { INSTANCE_TAG, OWNER_TAG, type Tag } from "../../model/aws/tag.ts";
import type { ExistingPolicy } from "./existing-policy.ts";
import { draftOf, EMPTY_PART, type Draft, type Part } from "../order/draft.ts";
import { graceEndMs } from "../inputs/exposure.ts";
import { driftsOf } from "../inputs/scope.ts";

/** A tag needs no new version of the policy. */
export function planPolicyTags({ policy, found, context }: ExistingPolicy, drifts: readonly Drift[]): Part {
  const wrong = driftsOf(drifts, "policy-tag");
  if (wrong.length === 0 || found.tags.kind !== "present") return EMPTY_PART;
  const live = found.tags.value;
  const isDeclared = (key: string): boolean => policy.tags.some((tag) => tag.key === key);
  const declared = wrong.filter((drift) => isDeclared(drift.change.tag));
  const extra = wrong.filter((drift) => !isDeclared(drift.change.tag));
  const isOwned = declared.some((drift) => isOwnership(drift.change.tag));
  const keys = declared.map((drift) => drift.change.tag);
  // Both ownership tags in one call, because the writer's own conditions require both.
  const restored = policy.tags.filter(({ key }) => keys.includes(key) || (isOwned && isOwnership(key)));
  const after = [...live.filter((tag) => !restored.some(({ key }) => key === tag.key)), ...restored];
  return {
    ...EMPTY_PART,
    drafts: [
      ...tagPolicy(policy, { restored, before: live, after }, declared),
      ...untagPolicy(after, extra, { policy, context }),
    ],
  };
}

interface TagChange {
  readonly restored: readonly Tag[];
  readonly before: readonly Tag[];
  readonly after: readonly Tag[];
}

/** Ownership tags are restored before everything else. */
function tagPolicy(
  policy: DesiredPolicy,
  { restored, before, after }: TagChange,
  [first]: readonly Drift[],
): readonly Draft[] {
  if (first === undefined) return [];
  return [
    draftOf({
      step: restored.some(({ key }) => isOwnership(key)) ? "restore" : "update-settings",
      call: "iam:TagPolicy",
      input: { PolicyArn: policy.arn, Tags: restored.map(({ key, value }) => ({ Key: key, Value: value })) },
      target: policy.arn,
      before: tagsText(before),
      after: tagsText(after),
      cause: first.cause,
      origin: policy.origin,
    }),
  ];
}

function isOwnership(key: string): boolean {
  return key === INSTANCE_TAG || key === OWNER_TAG;
}

function untagPolicy(
  before: readonly Tag[],
  extra: ReturnType<typeof driftsOf<"policy-tag">>,
  { policy, context }: Pick<ExistingPolicy, "policy" | "context">,
): readonly Draft[] {
  const [first] = extra;
  if (first === undefined) return [];
  const keys = extra.map((drift) => drift.change.tag);
  return [
    draftOf({
      step: "update-settings",
      call: "iam:UntagPolicy",
      input: { PolicyArn: policy.arn, TagKeys: keys },
      target: policy.arn,
      before: tagsText(before),
      after: tagsText(before.filter((tag) => !keys.includes(tag.key))),
      cause: first.cause,
      destructive: true,
      origin: policy.origin,
      notBeforeMs: Math.max(...extra.map((drift) => graceEndMs(drift, context))),
    }),
  ];
}
