import { type ContainingDocument } from "../../model/delta.ts";
import type { RolePermissions } from "../../iam/compare/delta.ts";
import type { AttachedDocument, StatementOrigin } from "../../iam/attached-document.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import type { AccountId, Partition } from "../../model/aws/ids.ts";
import { livePolicy, type LiveAccount, type LiveRole } from "../../model/live.ts";
import type { CompiledTexts } from "./compiled-texts.ts";
import { documentContext, INLINE_NAME } from "./document-context.ts";

/** The documents that decide together what a role may do, as plain data that a plan can change step by step. */
export interface RoleDocuments {
  /** By policy name. */
  readonly inline: ReadonlyMap<string, string>;
  /** ARNs. */
  readonly attachments: readonly string[];
  readonly boundary: string | null;
}

export function desiredDocuments({ role }: DesiredBinding, texts: CompiledTexts): RoleDocuments {
  const text = texts.textOf(role.inline);
  return {
    inline: new Map(text === null ? [] : [[INLINE_NAME, text]]),
    attachments: role.attachments.map((attachment) => attachment.arn),
    boundary: role.boundary?.arn ?? null,
  };
}

export function liveDocuments(role: LiveRole): RoleDocuments {
  return {
    inline: new Map(role.inline.map((policy) => [policy.name, policy.text])),
    attachments: role.attachments,
    boundary: role.boundary,
  };
}

/** The text of a managed policy's default version, AWS's own ones included; undefined if it was not read. */
export function managedText(arn: string, live: LiveAccount): string | undefined {
  const ofAws = live.awsManaged.get(arn);
  if (ofAws?.kind === "present") return ofAws.value.text;
  const ours = livePolicy(live, arn);
  if (ours.kind !== "present") return undefined;
  return ours.value.versions.find((version) => version.id === ours.value.defaultVersionId)?.text;
}

/** Where a role's documents are, and where the statements of its inline policy come from. */
interface RoleSetting {
  readonly at: { readonly partition: Partition; readonly accountId: AccountId };
  readonly live: LiveAccount;
  readonly origin?: StatementOrigin;
  /** The declared inline policy, with the text that the controller writes; missing: `origin` knows all places. */
  readonly declared?: { readonly text: string | null; readonly origin: StatementOrigin };
}

/** For delta and risk; a document that was not read counts as one of unknown meaning. */
export function rolePermissions(
  documents: RoleDocuments,
  { at, live, origin = () => null, declared }: RoleSetting,
): RolePermissions {
  const managed = (arn: string, from: ContainingDocument): AttachedDocument => ({
    from,
    text: managedText(arn, live) ?? "",
  });
  const inline = [...documents.inline].map(([name, text]): AttachedDocument => ({
    from: { kind: "inline", name },
    text,
    ...(name === INLINE_NAME && { origin: text === declared?.text ? declared.origin : origin }),
  }));
  const attached = documents.attachments.map((arn) => managed(arn, { kind: "managed", arn }));
  return {
    documents: [...inline, ...attached],
    boundary: documents.boundary === null ? null : managed(documents.boundary, { kind: "boundary" }),
    context: documentContext(at, "identity"),
  };
}
