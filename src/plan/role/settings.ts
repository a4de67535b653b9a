import { permissionDelta, type RolePermissions, onlyDocument } from "../../iam/compare/delta.ts";
import { trustText } from "../../iam/trust.ts";
import { documentContext } from "../../diff/documents/document-context.ts";
import { settingsText, tagsText } from "../../diff/drift/setting-texts.ts";
import { NO_DELTA, type Delta } from "../../model/delta.ts";
import type { Drift } from "../../model/drift.ts";
import type { LiveRole } from "../../model/live.ts";
import { sameTagKey, type Tag } from "../../model/aws/tag.ts";
import { byTextOf } from "../../text/order.ts";
import { draftOf, EMPTY_PART, joinParts, type Draft, type Part, approvalPart } from "../order/draft.ts";
import { mayDeny } from "../inputs/denial.ts";
import { graceEndMs, isExposure } from "../inputs/exposure.ts";
import { driftsOf, type BindingScope } from "../inputs/scope.ts";

/** Everything of a role except its permission documents: ownership, trust, tags, description, session length. */
export function planRoleSettings(scope: BindingScope, role: LiveRole): Part {
  const drafts = [
    ...restoreOwnership(scope, role),
    ...updateRole(scope, role),
    ...writeTags(scope, role),
    ...removeTags(scope, role),
  ];
  return joinParts([{ ...EMPTY_PART, drafts }, planTrust(scope, role)]);
}

/** Both tags in one call, because the writer's own conditions require both. */
function restoreOwnership({ binding, drifts }: BindingScope, role: LiveRole): readonly Draft[] {
  const lost = driftsOf(drifts, "ownership-tag");
  const [first] = lost;
  if (first === undefined) return [];
  const ownership = binding.role.tags.filter((tag) => tag.key.startsWith("grantkeeper.dev/"));
  return [
    tagRole(role, ownership, { before: role.tags, drifts: [first, ...lost.slice(1)], step: "restore" }),
  ];
}

function planTrust(scope: BindingScope, role: LiveRole): Part {
  const [drift] = driftsOf(scope.drifts, "trust");
  if (drift === undefined) return EMPTY_PART;
  const exposure = isExposure(drift, scope.context);
  const context = documentContext(scope.binding, "trust");
  const trust = (text: string): RolePermissions => onlyDocument({ from: { kind: "trust" }, text }, context);
  const declared = trustText(scope.binding.role);
  const draft = draftOf({
    step: exposure ? "restore" : "write-trust",
    call: "iam:UpdateAssumeRolePolicy",
    input: { RoleName: role.name, PolicyDocument: declared },
    target: role.arn,
    before: role.trust,
    after: declared,
    cause: drift.cause,
    endsExposure: exposure,
    destructive: drift.delta.allowed.length > 0,
    origin: drift.origin,
    delta: permissionDelta(trust(role.trust), trust(declared), scope.context.comparer),
  });
  if (exposure || !mayDeny(role.trust, context)) return { ...EMPTY_PART, drafts: [draft] };
  const reason = "the trust policy has a Deny: a restriction added outside Git";
  const fix = "approve its removal";
  return approvalPart({ kind: "restriction-added", subject: role.arn, reason, fix }, [draft]);
}

/** Description and session length are always sent together: either one alone would reset the other. */
function updateRole({ binding, drifts }: BindingScope, role: LiveRole): readonly Draft[] {
  const [drift] = [...driftsOf(drifts, "description"), ...driftsOf(drifts, "max-session-duration")];
  if (drift === undefined) return [];
  const { name, arn, description, maxSessionSeconds } = binding.role;
  return [
    draftOf({
      step: "update-settings",
      call: "iam:UpdateRole",
      input: { RoleName: name, Description: description, MaxSessionDuration: maxSessionSeconds },
      target: arn,
      before: settingsText(role),
      after: settingsText(binding.role),
      cause: drift.cause,
      origin: drift.origin,
    }),
  ];
}

function writeTags({ binding, drifts }: BindingScope, role: LiveRole): readonly Draft[] {
  const wrong = [...driftsOf(drifts, "tag-missing"), ...driftsOf(drifts, "tag-different")];
  const [first] = wrong;
  if (first === undefined) return [];
  const keys = wrong.map((drift) => drift.change.tag);
  const tags = binding.role.tags.filter((tag) => keys.includes(tag.key));
  const owned = driftsOf(drifts, "ownership-tag").map((drift) => drift.change.tag);
  const restored = binding.role.tags.filter((tag) => owned.includes(tag.key));
  return [
    tagRole(role, tags, {
      before: withTags(role.tags, restored),
      drifts: [first, ...wrong.slice(1)],
      step: "update-settings",
    }),
  ];
}

interface Tagging {
  /** The tags of the role before the call. */
  readonly before: readonly Tag[];
  readonly drifts: readonly [Drift, ...Drift[]];
  readonly step: "restore" | "update-settings";
}

function tagRole(role: LiveRole, tags: readonly Tag[], { before, drifts, step }: Tagging): Draft {
  const [drift] = drifts;
  return draftOf({
    step,
    call: "iam:TagRole",
    input: { RoleName: role.name, Tags: tags.map(({ key, value }) => ({ Key: key, Value: value })) },
    target: role.arn,
    before: tagsText(before),
    after: tagsText(withTags(before, tags)),
    cause: drift.cause,
    origin: drift.origin,
    delta: unknownDelta(drifts),
  });
}

function removeTags({ binding, drifts, context }: BindingScope, role: LiveRole): readonly Draft[] {
  const extra = driftsOf(drifts, "tag-extra");
  const [first] = extra;
  if (first === undefined) return [];
  const keys = extra.map((drift) => drift.change.tag);
  const before = withTags(role.tags, binding.role.tags);
  return [
    draftOf({
      step: "update-settings",
      call: "iam:UntagRole",
      input: { RoleName: role.name, TagKeys: keys },
      target: role.arn,
      before: tagsText(before),
      after: tagsText(before.filter((tag) => !keys.includes(tag.key))),
      cause: first.cause,
      destructive: true,
      origin: first.origin,
      delta: unknownDelta(extra),
      notBeforeMs: Math.max(...extra.map((drift) => graceEndMs(drift, context))),
    }),
  ];
}

/** Policies can depend on tags, so the effect of a tag is unknown: the rows that read it. */
function unknownDelta(drifts: readonly Drift[]): Delta {
  return { ...NO_DELTA, unknownEffect: drifts.flatMap(({ delta }) => delta.unknownEffect) };
}

/** The tags that the role shows after TagRole; sorted by key. */
function withTags(tags: readonly Tag[], changed: readonly Tag[]): readonly Tag[] {
  const kept = tags.filter((tag) => !changed.some((other) => sameTagKey(tag.key, other.key)));
  return [...kept, ...changed].sort(byTextOf(({ key }) => key));
}
