import { permissionRows } from "../iam/delta.ts";
import type { DocumentContext } from "../iam/document.ts";
import { documentText } from "../iam/print.ts";
import type { AttachedDocument } from "../iam/unit.ts";
import type { PermissionRow } from "../model/delta.ts";
import type { Attachment, CompiledDocument, DesiredBinding, DesiredPolicy } from "../model/desired.ts";
import { livePolicy } from "../model/live.ts";
import type { Origin } from "../model/origin.ts";
import type { GuardContext } from "./context.ts";

/** What the role allows and denies by all its documents together, the boundary aside. */
export function effectiveRows(binding: DesiredBinding, context: GuardContext): readonly PermissionRow[] {
  const attached = binding.role.attachments.flatMap((attachment) => attachedDocument(attachment, context));
  const documents = [inlineDocument(binding), ...attached];
  return permissionRows({ documents, boundary: null, context: documentContext(binding) });
}

export function documentContext(subject: DesiredBinding | DesiredPolicy): DocumentContext {
  return { dialect: "identity", partition: subject.partition, accountId: subject.accountId };
}

export function compiledText({ statements }: CompiledDocument): string {
  return documentText(statements.map(({ statement }) => statement));
}

function inlineDocument({ role }: DesiredBinding): AttachedDocument {
  return {
    from: "inline grantkeeper",
    text: compiledText(role.inline),
    origin: originBySid(role.inline, role.origin),
  };
}

/** As git says it; else (AWS-managed, or its manifest can't be compiled) as it stands in the account; none if unknown. */
export function attachedDocument(attachment: Attachment, context: GuardContext): readonly AttachedDocument[] {
  const { arn, policy, origin } = attachment;
  const desired = policy === null ? undefined : context.desired.policies.get(policy);
  if (desired !== undefined) {
    const { document } = desired;
    return [{ from: arn, text: compiledText(document), origin: originBySid(document, origin) }];
  }
  const text = liveText(arn, context);
  return text === null ? [] : [{ from: arn, text, origin: () => origin }];
}

/** The default version of a policy in the account; null when it was not read. */
export function liveText(arn: string, { live }: GuardContext): string | null {
  if (live === null) return null;
  const managed = live.awsManaged.get(arn);
  if (managed?.kind === "present") return managed.value.text;
  const policy = livePolicy(live, arn);
  if (policy.kind !== "present") return null;
  const { versions, defaultVersionId } = policy.value;
  return versions.find((version) => version.id === defaultVersionId)?.text ?? null;
}

function originBySid(document: CompiledDocument, otherwise: Origin): (sid: string | null) => Origin {
  const bySid = new Map(document.statements.map(({ statement, origin }) => [statement.Sid, origin]));
  return (sid) => bySid.get(sid ?? undefined) ?? otherwise;
}

/** The bindings whose roles attach the policy, sorted by key. */
export function usersOf(policy: DesiredPolicy, { desired }: GuardContext): readonly DesiredBinding[] {
  return [...desired.bindings.values()]
    .filter((binding) => binding.role.attachments.some((attachment) => attachment.policy === policy.key))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}
