import type { Comparer } from "../../iam/compare/comparer.ts";
import type { ActionData } from "../../iam/action-data.ts";
import type { ShippedPolicies } from "../../iam/shipped-policies.ts";
import type { Authors } from "../../model/authors.ts";
import type {
  Desired,
  DesiredAccount,
  Attachment,
  CompiledDocument,
  DesiredRole,
} from "../../model/desired.ts";
import type { Key } from "../../model/keys/key.ts";
import { type LiveAccount, livePolicy } from "../../model/live.ts";
import type { RuleStandard } from "../../model/rules/rule-standard.ts";
import type { GuardIndex } from "./guard-index.ts";
import type { RoleChecks } from "./role-checks.ts";
import { statementScopesOf } from "../../iam/check/statement-scope.ts";
import { UntouchedActions } from "../../iam/match/untouched-actions.ts";
import { permissionRows } from "../../iam/compare/delta.ts";
import { writtenStatement } from "../../iam/read/statement.ts";
import { documentName } from "../../iam/row-text.ts";
import type { DocumentContext } from "../../iam/document.ts";
import type { AttachedDocument } from "../../iam/attached-document.ts";
import { OWN_INLINE, type ContainingDocument, type PermissionRow } from "../../model/delta.ts";
import type { Arn } from "../../model/aws/arn.ts";
import type { AccountId, Namespace, Partition } from "../../model/aws/ids.ts";
import type { Origin } from "../../model/values/origin.ts";
import type { SharedDocuments } from "./shared-documents.ts";

/** The inputs of the rules, in addition to the subject. */
export interface GuardContext {
  readonly desired: Desired;
  /** null offline: rules that need the live account are skipped then (`rulesSkippedOffline`). */
  readonly live: LiveAccount | null;
  /** Replaces the documents of AWS-managed policies offline; null if the account was read, or none is attached. */
  readonly shipped: ShippedPolicies | null;
  readonly account: DesiredAccount;
  readonly actionData: ActionData;
  /** Of `desired` and `live`. */
  readonly index: GuardIndex;
  readonly nowMs: number;
  /** The trust policy of the judged role, if it is the one that AWS has; missing: the one that Grantkeeper writes. */
  readonly trust?: string;
  /** Severities of an earlier version, by id of the rule; null: those of the rules. */
  readonly defaults: RuleStandard["defaults"] | null;
  /** By key, of the changes that are not applied. A key whose changes are all applied is not in it. */
  readonly authors: ReadonlyMap<Key, Authors>;
  /** Of the pass, the revision or the command whose states are judged. */
  readonly comparer: Comparer;
  readonly roleChecks: RoleChecks;
}

/** The role that the rules judge: the role of a binding, or the narrowest role that attaches a policy. */
export interface JudgedRole {
  readonly namespace: Namespace;
  readonly partition: Partition;
  readonly accountId: AccountId;
  /** null if no function is known that uses the role. */
  readonly functionArn: Arn | null;
  readonly role: Pick<DesiredRole, "inline" | "attachments" | "boundary" | "origin">;
}

/** What the rules about all documents of a role see. Each part is computed once, and only for a rule that asks for it. */
export class RoleView {
  readonly binding: JudgedRole;
  readonly #context: GuardContext;
  #mayBeRisk: boolean | null = null;
  #rows: readonly PermissionRow[] | null = null;
  #reasons: ReadonlySet<string> | null = null;

  constructor(binding: JudgedRole, context: GuardContext) {
    this.binding = binding;
    this.#context = context;
  }

  /**
   * False only if no row has a risk or is part of an escalation path, as for nearly every role: a rule about such rows asks
   * this before it asks for `rows`, which takes a hundred times as long (npm run bench).
   */
  get mayBeRisk(): boolean {
    this.#mayBeRisk ??= mayBeRisk(this.binding, this.#context);
    return this.#mayBeRisk;
  }

  /** What the documents allow and deny together, without the boundary. */
  get rows(): readonly PermissionRow[] {
    this.#rows ??= effectiveRows(this.binding, this.#context);
    return this.#rows;
  }

  /** True for a row of a catalogue statement that needs its open resource, for a recorded reason. */
  hasReason({ from, sid }: Pick<PermissionRow, "from" | "sid">): boolean {
    this.#reasons ??= new Set(reasonedStatements(this.binding, this.#context));
    return this.#reasons.has(statementName(from, sid ?? undefined));
  }
}

function mayBeRisk(binding: JudgedRole, context: GuardContext): boolean {
  const { inline, attachments } = binding.role;
  const { risks } = context.index.shared.revision;
  return (
    inline.statements.some(({ statement }) => risks.mayBeRisk(statement)) ||
    attachments.some((attachment) => attachedFacts(attachment, binding, context)?.mayBeRisk === true)
  );
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
  return permissionRows({ documents, boundary: null, context: judgedContext(binding) }, context.comparer);
}

export function judgedContext(subject: Pick<JudgedRole, "partition" | "accountId">): DocumentContext {
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

/** null if the document is unknown. */
export function attachedFacts(
  { arn, policy }: Attachment,
  place: Pick<JudgedRole, "partition" | "accountId">,
  context: GuardContext,
): ReturnType<SharedDocuments["factsOf"]> | null {
  const declared = policy === null ? undefined : context.desired.policies.get(policy)?.document;
  const document = declared ?? knownText(arn, context);
  if (document === null) return null;
  const { shared } = context.index;
  return shared.factsOf(document, () => {
    const text = typeof document === "string" ? document : context.roleChecks.texts.of(document);
    const parsed = context.comparer.parse(text, judgedContext(place));
    if (parsed.kind === "unreadable")
      return { untouched: new UntouchedActions([], "policy"), mayBeRisk: true };
    return {
      untouched: new UntouchedActions(
        statementScopesOf(parsed.document, "another policy of the role"),
        "policy",
      ),
      mayBeRisk: parsed.document.members.some(
        (member) => member.kind === "opaque" || shared.revision.risks.mayBeRisk(writtenStatement(member)),
      ),
    };
  });
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

export function originBySid(document: CompiledDocument, otherwise: Origin): (sid: string | null) => Origin {
  const bySid = new Map(document.statements.map(({ statement, origin }) => [statement.Sid, origin]));
  return (sid) => bySid.get(sid ?? undefined) ?? otherwise;
}
