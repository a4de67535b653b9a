import { permissionRows } from "../iam/compare/delta.ts";
import { documentName } from "../iam/row-text.ts";
import type { DocumentContext } from "../iam/document.ts";
import type { AttachedDocument } from "../iam/attached-document.ts";
import { OWN_INLINE, type ContainingDocument, type PermissionRow } from "../model/delta.ts";
import type { Attachment, CompiledDocument, DesiredRole } from "../model/desired.ts";
import type { Arn } from "../model/aws/arn.ts";
import type { AccountId, Partition } from "../model/aws/ids.ts";
import { livePolicy } from "../model/live.ts";
import type { Origin } from "../model/values/origin.ts";
import type { GuardContext } from "./context.ts";

/** The role that the rules judge: the role of a binding, or the narrowest role that attaches a policy. */
export interface JudgedRole {
  readonly partition: Partition;
  readonly accountId: AccountId;
  /** null if no function is known that uses the role. */
  readonly functionArn: Arn | null;
  readonly role: Pick<DesiredRole, "inline" | "attachments" | "boundary" | "origin">;
}

/** What the rules about all documents of a role see; the rows are computed once for all of these rules. */
export interface RoleView {
  readonly binding: JudgedRole;
  /** What the documents allow and deny together, without the boundary. */
  readonly rows: readonly PermissionRow[];
  /** True for a row of a catalogue statement that needs its open resource, for a recorded reason. */
  readonly hasReason: (row: Pick<PermissionRow, "from" | "sid">) => boolean;
}

export function roleView(binding: JudgedRole, context: GuardContext): RoleView {
  const reasons = new Set(reasonedStatements(binding, context));
  return {
    binding,
    rows: effectiveRows(binding, context),
    hasReason: ({ from, sid }) => reasons.has(statementName(from, sid ?? undefined)),
  };
}

function reasonedStatements(
  { role }: JudgedRole,
  { desired }: Pick<GuardContext, "desired">,
): readonly string[] {
  const attached = role.attachments.flatMap(({ arn, policy }) => {
    const document = policy === null ? undefined : desired.policies.get(policy)?.document;
    return document === undefined ? [] : [{ from: { kind: "managed", arn } as const, document }];
  });
  const documents: readonly { readonly from: ContainingDocument; readonly document: CompiledDocument }[] = [
    { from: OWN_INLINE, document: role.inline },
    ...attached,
  ];
  return documents.flatMap(({ from, document }) =>
    document.statements
      .filter(({ wildcardReason }) => wildcardReason !== null)
      .map(({ statement }) => statementName(from, statement.Sid)),
  );
}

function statementName(from: ContainingDocument, sid: string | undefined): string {
  return `${documentName(from)} ${sid ?? ""}`;
}

function effectiveRows(binding: JudgedRole, context: GuardContext): readonly PermissionRow[] {
  const attached = binding.role.attachments.flatMap((attachment) => attachedDocument(attachment, context));
  const documents = [inlineDocument(binding, context), ...attached];
  return permissionRows({ documents, boundary: null, context: documentContext(binding) }, context.comparer);
}

export function documentContext(subject: Pick<JudgedRole, "partition" | "accountId">): DocumentContext {
  return { dialect: "identity", partition: subject.partition, accountId: subject.accountId };
}

function inlineDocument({ role }: JudgedRole, { roleChecks }: GuardContext): AttachedDocument {
  return {
    from: OWN_INLINE,
    text: roleChecks.texts.of(role.inline),
    origin: originBySid(role.inline, role.origin),
  };
}

/**
 * As declared in Git; else (AWS-managed, or its manifest cannot be compiled) as read in the account, or offline as
 * shipped with the product; none if unknown.
 */
export function attachedDocument(attachment: Attachment, context: GuardContext): readonly AttachedDocument[] {
  const { arn, policy, origin } = attachment;
  const from = { kind: "managed", arn } as const;
  const desired = policy === null ? undefined : context.desired.policies.get(policy);
  if (desired !== undefined) {
    const { document } = desired;
    return [{ from, text: context.roleChecks.texts.of(document), origin: originBySid(document, origin) }];
  }
  const text = knownText(arn, context);
  return text === null ? [] : [{ from, text, origin: () => origin }];
}

/** A policy's document as read in the account, or without a reading as shipped with the product; null if both are unknown. */
export function knownText(arn: string, context: GuardContext): string | null {
  return context.live === null ? (context.shipped?.textOf(arn) ?? null) : liveText(arn, context);
}

/** The default version of a policy in the account; null if it was not read. */
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
