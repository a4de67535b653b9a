import { documentName } from "../../iam/row-text.ts";
import { OWN_INLINE } from "../../model/delta.ts";
import { documentContext, INLINE_NAME } from "../../diff/documents/document-context.ts";
import { declaredOrigin } from "../../diff/documents/declared-origin.ts";
import { compiledText } from "../../diff/documents/compiled-texts.ts";
import { liveDocuments, managedText } from "../../diff/documents/permissions.ts";
import type { DocumentContext } from "../../iam/document.ts";
import type { StatementOrigin } from "../../iam/attached-document.ts";
import type { ResourcePolicy } from "../../iam/evaluate/evaluate.ts";
import { attachedPolicy, type AttachedPolicy } from "../../iam/evaluate/policy.ts";
import type { Attachment, CompiledDocument, Desired, DesiredBinding } from "../../model/desired.ts";
import type { LiveAccount, LiveRole } from "../../model/live.ts";

/** The policies that decide the requests of one role, as declared in Git or as read from AWS. */
export interface RolePolicies {
  readonly identity: readonly AttachedPolicy[];
  readonly boundary: AttachedPolicy | null;
  /** The policy of the resource, if it was read. */
  readonly resource: ResourcePolicy;
  /** Policies of the role whose documents are unknown. */
  readonly unread: readonly UnreadPolicy[];
}

interface UnreadPolicy {
  readonly arn: string;
  readonly side: "identity" | "boundary";
  readonly why: string;
}

/** From the path below the root of the manifests. A command adds the path from its working directory. */
export type FileNaming = (path: string) => string;

/** The inputs for reading declared policies, in addition to the manifests. */
export interface GitReading {
  /** How the reader of the answer names a file of the manifests. */
  readonly fileName: FileNaming;
  /** Documents of AWS-managed policies, which are in no manifest; undefined if one was not read. */
  readonly awsText: (arn: string) => string | undefined;
}

export function declaredPolicies(
  binding: DesiredBinding,
  desired: Desired,
  reading: GitReading,
): RolePolicies {
  const { role, accountId } = binding;
  const read = (document: GitDocument): AttachedPolicy => documentPolicy(document, binding, reading.fileName);
  const attached = role.attachments.map((attachment) =>
    gitAttached(attachment, binding, { desired, reading }),
  );
  const limit = [...desired.policies.values()].find(
    (policy) => policy.arn === role.boundary?.arn && policy.accountId === accountId,
  );
  const hasUnreadLimit = role.boundary !== null && limit === undefined;
  return {
    identity: [
      read({ from: documentName(OWN_INLINE), document: role.inline, dialect: "identity" }),
      ...attached.filter((one) => "policy" in one),
    ],
    boundary:
      limit === undefined
        ? null
        : read({ from: `boundary ${limit.policyName}`, document: limit.document, dialect: "boundary" }),
    resource: { kind: "not-read" },
    unread: [
      ...attached.filter((one) => "why" in one),
      ...(hasUnreadLimit ? [{ arn: role.boundary.arn, side: "boundary", why: INVALID } as const] : []),
    ],
  };
}

function gitAttached(
  { arn, policy }: Attachment,
  binding: DesiredBinding,
  { desired, reading }: { readonly desired: Desired; readonly reading: GitReading },
): AttachedPolicy | UnreadPolicy {
  if (policy === null) {
    const text = reading.awsText(arn);
    if (text !== undefined) return attachedPolicy({ from: arn, text }, documentContext(binding, "identity"));
    return { arn, side: "identity", why: "an AWS-managed policy; its document is in no manifest" };
  }
  const known = desired.policies.get(policy);
  if (known === undefined) return { arn, side: "identity", why: INVALID };
  return documentPolicy(
    { from: arn, document: known.document, dialect: "identity" },
    binding,
    reading.fileName,
  );
}

const INVALID = "no valid manifest declares it";

interface GitDocument {
  readonly from: string;
  readonly document: CompiledDocument;
  readonly dialect: "identity" | "boundary";
}

function documentPolicy(
  { from, document, dialect }: GitDocument,
  at: DesiredBinding,
  fileName: FileNaming,
): AttachedPolicy {
  const context = documentContext(at, dialect);
  const origin = originFrom(fileName, document, context);
  const text = compiledText(document) ?? EMPTY;
  return attachedPolicy({ from, text, origin }, context);
}

function originFrom(
  fileName: FileNaming,
  document: CompiledDocument,
  context: DocumentContext,
): StatementOrigin {
  const find = declaredOrigin(document, context, null);
  return (sid, structure) => {
    const origin = find(sid, structure);
    return origin === null ? null : { ...origin, file: fileName(origin.file) };
  };
}

const EMPTY = '{"Version":"2012-10-17","Statement":[]}';

/** The place in Git of the statements that the function's own policy declares. */
export function declaredStatements(binding: DesiredBinding, fileName: FileNaming): StatementOrigin {
  return originFrom(fileName, binding.role.inline, documentContext(binding, "identity"));
}

interface ReadRole {
  readonly role: LiveRole;
  readonly account: LiveAccount;
  readonly at: Pick<DesiredBinding, "partition" | "accountId">;
}

/**
 * As read from AWS. Statements of the inline policy that are declared keep their place in Git.
 * @param ofGit null: no manifest declares the function
 */
export function livePolicies({ role, account, at }: ReadRole, ofGit: StatementOrigin | null): RolePolicies {
  const { inline, attachments, boundary } = liveDocuments(role);
  const managed = (arn: string, side: "identity" | "boundary"): AttachedPolicy | UnreadPolicy => {
    const text = managedText(arn, account);
    if (text === undefined) return { arn, side, why: "it was not read" };
    const from = side === "boundary" ? `boundary ${arn}` : arn;
    return attachedPolicy({ from, text }, documentContext(at, side));
  };
  const own = [...inline].map(([name, text]) =>
    attachedPolicy(
      {
        from: documentName({ kind: "inline", name }),
        text,
        ...(name === INLINE_NAME && ofGit !== null && { origin: ofGit }),
      },
      documentContext(at, "identity"),
    ),
  );
  const attached = attachments.map((arn) => managed(arn, "identity"));
  const limit = boundary === null ? null : managed(boundary, "boundary");
  return {
    identity: [...own, ...attached.filter((one) => "policy" in one)],
    boundary: limit !== null && "policy" in limit ? limit : null,
    resource: { kind: "not-read" },
    unread: [...attached, ...(limit === null ? [] : [limit])].filter((one) => "why" in one),
  };
}
