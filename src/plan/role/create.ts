import { trustText } from "../../iam/trust.ts";
import { managedText } from "../../diff/documents/permissions.ts";
import { quotaSize } from "../../iam/read/print.ts";
import type { JsonObject } from "../../model/values/json.ts";
import { appliedBinding, recreationCause } from "../../diff/drift/drift.ts";
import type { DesiredRole } from "../../model/desired.ts";
import type { Drift } from "../../model/drift.ts";
import { stableText } from "../../text/json-values.ts";
import type { Withheld } from "../../model/plan.ts";
import { missingBoundary } from "./boundary.ts";
import { draftOf, EMPTY_PART, withheldPart, type Draft, type Part } from "../order/draft.ts";
import { withPlannedPolicies } from "./planned-policies.ts";
import { attach, putInline, type RoleWriter } from "./document-writes.ts";
import { driftsOf, type BindingScope } from "../inputs/scope.ts";

/** A role that does not exist is created completely; no write has to wait. */
export function planCreateRole(scope: BindingScope): Part {
  const [found] = driftsOf(scope.drifts, "role-missing");
  if (found === undefined) return EMPTY_PART;
  const missing = { ...found, cause: recreationCause(found, isAsApplied(scope)) };
  const { binding, context } = scope;
  const { role } = binding;
  const obstacle = role.boundary === null ? null : missingBoundary(scope, role.boundary.arn);
  if (obstacle !== null) return withheldPart(obstacle);
  const text = context.texts.textOf(role.inline);
  const overfull = quotaOf(scope, text);
  if (overfull !== null) return withheldPart(overfull);
  const create = draftOf({
    step: "create-role",
    call: "iam:CreateRole",
    input: createInput(scope),
    target: role.arn,
    before: null,
    after: role.arn,
    cause: missing.cause,
    origin: role.origin,
  });
  const documents = {
    inline: new Map<string, string>(),
    attachments: [],
    boundary: role.boundary?.arn ?? null,
  };
  const live = withPlannedPolicies(binding, context);
  const created = { binding, applied: null, live, deltas: context.roleDeltas, documents };
  const { drafts, withheld, writer } = attachPolicies(created, missing);
  const put = text === null ? [] : [putInline(writer, text, { step: "add", cause: missing.cause }).draft];
  return { drafts: [create, ...drafts, ...put], withheld, approvable: [] };
}

function isAsApplied({ binding: { role }, context }: BindingScope): boolean {
  const applied = appliedBinding(context)?.role;
  const parts = (each: DesiredRole): readonly (string | null)[] => [
    context.texts.textOf(each.inline),
    each.boundary?.arn ?? null,
    trustText(each),
    ...each.attachments.map(({ arn }) => arn),
  ];
  return applied !== undefined && stableText(parts(applied)) === stableText(parts(role));
}

/** A policy that does not exist yet is attached by a later pass. */
function attachPolicies(
  created: RoleWriter,
  missing: Drift,
): Pick<Part, "drafts" | "withheld"> & { readonly writer: RoleWriter } {
  const { role } = created.binding;
  const drafts: Draft[] = [];
  const withheld: Withheld[] = [];
  let writer = created;
  for (const { arn, policy, origin } of role.attachments) {
    if (policy !== null && managedText(arn, writer.live) === undefined) {
      const reason = `policy ${arn} does not exist yet`;
      withheld.push({ kind: "dependency", subject: role.arn, reason, fix: null });
      continue;
    }
    const attached = attach(writer, arn, { ...missing, origin });
    drafts.push(attached.draft);
    writer = attached.after;
  }
  return { drafts, withheld, writer };
}

function createInput({ binding: { role } }: BindingScope): JsonObject {
  return {
    RoleName: role.name,
    Path: role.path,
    AssumeRolePolicyDocument: trustText(role),
    ...(role.description !== "" && { Description: role.description }),
    MaxSessionDuration: role.maxSessionSeconds,
    ...(role.boundary !== null && { PermissionsBoundary: role.boundary.arn }),
    Tags: role.tags.map(({ key, value }) => ({ Key: key, Value: value })),
  };
}

function quotaOf({ binding, context }: BindingScope, text: string | null): Withheld | null {
  const { rolePolicySize, attachedPoliciesPerRole } = context.live.quotas;
  // A text that is no longer than the quota needs no count.
  const size = text === null || text.length <= rolePolicySize ? 0 : quotaSize(text);
  const count = binding.role.attachments.length;
  const fix = "grant less, or move grants to a ManagedPolicy";
  const quota = (reason: string): Withheld => ({ kind: "quota", subject: binding.role.arn, reason, fix });
  if (size > rolePolicySize) return quota(`the inline policy has ${size} of ${rolePolicySize} characters`);
  if (count <= attachedPoliciesPerRole) return null;
  return quota(`the role would have ${count} of ${attachedPoliciesPerRole} policies attached`);
}
