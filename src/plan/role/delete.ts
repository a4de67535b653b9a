import { liveDocuments } from "../../diff/documents/permissions.ts";
import { appliedBinding } from "../../diff/drift/drift.ts";
import { NO_DELTA } from "../../model/delta.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import type { Drift } from "../../model/drift.ts";
import type { LiveRole } from "../../model/live.ts";
import type { PlanContext } from "../inputs/context.ts";
import { DELETION, draftOf, EMPTY_PART, type Draft, type Part } from "../order/draft.ts";
import type { ExtraPolicy } from "./extra-policies.ts";
import { removeExtra, type RoleWriter } from "./document-writes.ts";

/** Detach, delete inline, delete: IAM refuses to delete a role that still has policies. */
export function deleteRole(binding: DesiredBinding, role: LiveRole, context: PlanContext): Part {
  let writer: RoleWriter = {
    binding,
    applied: appliedBinding(context),
    live: context.live,
    deltas: context.roleDeltas,
    documents: liveDocuments(role),
  };
  const drafts: Draft[] = [];
  for (const extra of everything(binding, role)) {
    const removed = removeExtra(writer, extra, { step: "delete" });
    drafts.push(removed.draft);
    writer = removed.after;
  }
  const deletion = draftOf({
    ...DELETION,
    call: "iam:DeleteRole",
    input: { RoleName: role.name },
    target: role.arn,
    before: role.arn,
    origin: binding.role.origin,
  });
  return { ...EMPTY_PART, drafts: [...drafts, deletion] };
}

/** Every policy of the role, declared or not, as one to remove. */
function everything(binding: DesiredBinding, role: LiveRole): readonly ExtraPolicy[] {
  const drift = (change: Drift["change"], live: string): Drift => ({
    key: binding.key,
    subject: role.arn,
    change,
    tier: "security",
    cause: "revision",
    certainty: "confirmed",
    live,
    desired: null,
    delta: NO_DELTA,
    origin: binding.role.origin,
  });
  const attached = role.attachments.map((arn): ExtraPolicy => ({
    drift: drift({ kind: "attachment-extra", arn }, arn),
    object: { kind: "attachment", arn },
    text: null,
    fate: { kind: "remove" },
  }));
  const inline = role.inline.map(({ name, text }): ExtraPolicy => ({
    drift: drift({ kind: "inline-extra", policyName: name }, text),
    object: { kind: "inline", name },
    text,
    fate: { kind: "remove" },
  }));
  return [...attached, ...inline];
}
