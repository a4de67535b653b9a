import { INLINE_NAME } from "../../diff/documents/document-context.ts";
import { managedText, type RoleDocuments } from "../../diff/documents/permissions.ts";
import type { RoleDeltas } from "../../diff/documents/role-deltas.ts";
import type { Delta } from "../../model/delta.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import type { Drift, DriftCause } from "../../model/drift.ts";
import type { LiveAccount } from "../../model/live.ts";
import { digestOfText } from "../../model/values/digest.ts";
import { draftOf, type Draft } from "../order/draft.ts";
import type { ExtraPolicy } from "./extra-policies.ts";

/** A role's documents at one moment of the plan; each write carries the resulting documents. */
export interface RoleWriter {
  readonly binding: DesiredBinding;
  /** The last applied state; null if there is none or it is unknown. */
  readonly applied: DesiredBinding | null;
  readonly live: LiveAccount;
  readonly deltas: RoleDeltas;
  readonly documents: RoleDocuments;
}

export interface DraftedWrite {
  readonly draft: Draft;
  readonly after: RoleWriter;
}

type WriteOptions = Pick<Draft, "step"> & Partial<Pick<Draft, "endsExposure">>;

export function attach(writer: RoleWriter, arn: string, drift: Drift): DraftedWrite {
  const { role } = writer.binding;
  const documents = { ...writer.documents, attachments: [...writer.documents.attachments, arn] };
  const draft = draftOf({
    step: "add",
    call: "iam:AttachRolePolicy",
    input: { RoleName: role.name, PolicyArn: arn },
    target: role.arn,
    before: null,
    after: arn,
    cause: drift.cause,
    origin: drift.origin,
    delta: deltaTo(writer, documents),
  });
  return { draft, after: { ...writer, documents } };
}

export function removeExtra(writer: RoleWriter, extra: ExtraPolicy, options: WriteOptions): DraftedWrite {
  const { role } = writer.binding;
  const { object, drift } = extra;
  const documents = without(writer.documents, object);
  const isInline = object.kind === "inline";
  const draft = draftOf({
    ...options,
    call: isInline ? "iam:DeleteRolePolicy" : "iam:DetachRolePolicy",
    input: { RoleName: role.name, ...(isInline ? { PolicyName: object.name } : { PolicyArn: object.arn }) },
    target: role.arn,
    before: isInline ? extra.text : object.arn,
    after: null,
    cause: drift.cause,
    destructive: true,
    origin: drift.origin,
    delta: deltaTo(writer, documents),
  });
  return { draft, after: { ...writer, documents } };
}

/** The one inline policy; without a text it is deleted, because IAM rejects an empty document. */
export function putInline(
  writer: RoleWriter,
  text: string | null,
  options: WriteOptions & { readonly cause: DriftCause },
): DraftedWrite {
  const { role } = writer.binding;
  const documents = withInline(writer.documents, INLINE_NAME, text);
  const delta = deltaTo(writer, documents);
  const named = { RoleName: role.name, PolicyName: INLINE_NAME };
  const draft = draftOf({
    ...options,
    call: text === null ? "iam:DeleteRolePolicy" : "iam:PutRolePolicy",
    input: text === null ? named : { ...named, PolicyDocument: text },
    target: role.arn,
    before: writer.documents.inline.get(INLINE_NAME) ?? null,
    after: text,
    destructive: delta.noLongerAllowed.length > 0,
    origin: role.origin,
    delta,
  });
  return { draft, after: { ...writer, documents } };
}

export function boundaryDraft(
  writer: RoleWriter,
  { drift, arn }: { readonly drift: Drift; readonly arn: string },
  step: "restore" | "narrow-boundary" | "widen-boundary",
): Draft {
  const { role } = writer.binding;
  return draftOf({
    step,
    call: "iam:PutRolePermissionsBoundary",
    input: { RoleName: role.name, PermissionsBoundary: arn },
    target: role.arn,
    before: drift.live,
    after: arn,
    cause: drift.cause,
    endsExposure: step === "restore" && drift.cause !== "revision",
    origin: drift.origin,
    delta: deltaTo(writer, { ...writer.documents, boundary: arn }),
    ...approvedLimit(writer, arn),
  });
}

/**
 * A role that was taken over in place may have had no boundary, and what the new one cuts off of policies of other resources
 * is in no delta: the approval covers its text.
 */
function approvedLimit({ binding: { role }, live }: RoleWriter, arn: string): Pick<Draft, "limitedBy"> {
  const text = role.adopt === "reviewed" ? managedText(arn, live) : undefined;
  return text === undefined ? {} : { limitedBy: { arn, digest: digestOfText(text) } };
}

export function withInline(documents: RoleDocuments, name: string, text: string | null): RoleDocuments {
  const inline = new Map(documents.inline);
  if (text === null) inline.delete(name);
  else inline.set(name, text);
  return { ...documents, inline };
}

function without(documents: RoleDocuments, object: ExtraPolicy["object"]): RoleDocuments {
  if (object.kind === "inline") return withInline(documents, object.name, null);
  return { ...documents, attachments: documents.attachments.filter((arn) => arn !== object.arn) };
}

function deltaTo({ binding, applied, live, deltas, documents }: RoleWriter, after: RoleDocuments): Delta {
  return deltas.deltaOf({ before: documents, after }, { binding, applied }, live);
}
