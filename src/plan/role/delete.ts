import { callerSidPrefix } from "../../iam/sid.ts";
import { byText } from "../../iam/text.ts";
import { documentContext } from "../../diff/drift/context.ts";
import { ownerOf } from "../../diff/drift/ownership.ts";
import { appliedBinding } from "../../diff/drift/drift.ts";
import { liveDocuments } from "../../diff/documents/permissions.ts";
import { describeStatement, readStatements } from "../../diff/callers/statements.ts";
import { functionArn } from "../../model/arn.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import type { Drift } from "../../model/drift.ts";
import { liveFunction, type LivePolicy, type LiveRole } from "../../model/live.ts";
import type { Origin } from "../../model/origin.ts";
import type { JsonObject } from "../../model/json.ts";
import { NO_DELTA } from "../../model/delta.ts";
import type { PlanContext } from "../inputs/context.ts";
import { draftOf, EMPTY_PART, type Draft, type Part } from "../order/draft.ts";
import type { Extra } from "./extra-policies.ts";
import { removeExtra, type RoleWriter } from "./document-writes.ts";

/** What is common to all that is deleted because git no longer says it. */
const GONE = { step: 13, cause: "revision", after: null, destructive: true } as const;

/** Statements that carry this owner's Sid, on every qualifier that was read. */
export function removeStatements(binding: DesiredBinding, context: PlanContext): Part {
  const found = liveFunction(context.live, binding.region, binding.functionName);
  if (found.kind !== "present") return EMPTY_PART;
  const dialect = documentContext(binding, "resource");
  const prefix = callerSidPrefix(context.instance, ownerOf(binding));
  const drafts = [...found.value.policies]
    .sort(([a], [b]) => byText(a, b))
    .flatMap(([qualifier, policy]): readonly Draft[] => {
      const reading = readStatements(policy, dialect);
      if (reading.kind === "unread") return [];
      const ours = reading.members.map((member) => describeStatement(member, prefix, dialect));
      return ours
        .filter((statement) => statement.ours)
        .map(({ sid, text }) => {
          const named: JsonObject = { FunctionName: binding.functionName, StatementId: sid ?? "" };
          return draftOf({
            ...GONE,
            call: "lambda:RemovePermission",
            input: qualifier === "" ? named : { ...named, Qualifier: qualifier },
            target: functionArn(binding, binding.functionName, qualifier === "" ? null : qualifier),
            before: text,
          });
        });
    });
  return { ...EMPTY_PART, drafts };
}

/** Detach, delete inline, delete: IAM refuses to delete a role that still holds policies. */
export function deleteRole(binding: DesiredBinding, role: LiveRole, context: PlanContext): Part {
  let writer: RoleWriter = {
    binding,
    applied: appliedBinding(context),
    live: context.live,
    documents: liveDocuments(role),
  };
  const drafts: Draft[] = [];
  for (const extra of everything(binding, role)) {
    const written = removeExtra(writer, extra, { step: 13 });
    drafts.push(written.draft);
    writer = written.after;
  }
  const deletion = draftOf({
    ...GONE,
    call: "iam:DeleteRole",
    input: { RoleName: role.name },
    target: role.arn,
    before: role.arn,
    origin: binding.role.origin,
  });
  return { ...EMPTY_PART, drafts: [...drafts, deletion] };
}

/** All that hangs on the role, declared or not, as something to remove. */
function everything(binding: DesiredBinding, role: LiveRole): readonly Extra[] {
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
  const attached = role.attachments.map((arn): Extra => ({
    drift: drift({ kind: "attachment-extra", arn }, arn),
    object: { kind: "attachment", arn },
    text: null,
    fate: { kind: "remove" },
  }));
  const inline = role.inline.map(({ name, text }): Extra => ({
    drift: drift({ kind: "inline-extra", policyName: name }, text),
    object: { kind: "inline", name },
    text,
    fate: { kind: "remove" },
  }));
  return [...attached, ...inline];
}

/** All versions but the default one, oldest first, then the policy. */
export function deletePolicy(policy: LivePolicy, origin: Origin): Part {
  const versions = policy.versions
    .filter((version) => version.id !== policy.defaultVersionId)
    .toReversed()
    .map(({ id, text }) =>
      draftOf({
        ...GONE,
        call: "iam:DeletePolicyVersion",
        input: { PolicyArn: policy.arn, VersionId: id },
        target: policy.arn,
        before: text,
        origin,
      }),
    );
  const last = policy.versions.find((version) => version.id === policy.defaultVersionId);
  const deletion = draftOf({
    ...GONE,
    call: "iam:DeletePolicy",
    input: { PolicyArn: policy.arn },
    target: policy.arn,
    before: last?.text ?? null,
    origin,
  });
  return { ...EMPTY_PART, drafts: [...versions, deletion] };
}
