import { INLINE_NAME } from "../../diff/documents/document-context.ts";
import { managedText } from "../../diff/documents/permissions.ts";
import { trustText } from "../../iam/trust.ts";
import { arnParts, nameInArn, type Arn } from "../../model/aws/arn.ts";
import type { Tag } from "../../model/aws/tag.ts";
import type { Attachment, DesiredBinding, DesiredPolicy, DesiredRole } from "../../model/desired.ts";
import type { Drift } from "../../model/drift.ts";
import { liveFunction, liveRole, type LiveAccount, type LiveRole } from "../../model/live.ts";
import { identityStatements, knownStatements, type StatementsInAws } from "./statements.ts";

/** A role as AWS has it. */
export interface FoundRole {
  readonly role: DesiredRole;
  readonly trust: string;
  readonly unread: readonly string[];
}

interface ComparedRole {
  readonly base: DesiredBinding;
  /** As last applied: a statement of it is the catalogue's, although Git declares it no more. */
  readonly former: DesiredBinding | null;
  readonly drifts: readonly Drift[];
  /** By ARN: those that Git declares. */
  readonly policies: ReadonlyMap<string, readonly DesiredPolicy[]>;
}

/** The declared role with its differences. */
export function declaredRoleInAws(compared: ComparedRole, live: LiveAccount): FoundRole {
  const { base, drifts } = compared;
  const found = liveRole(live, base.role.name);
  const asDeclared: FoundRole = { role: base.role, trust: trustText(base.role), unread: [] };
  if (found.kind !== "present") return asDeclared;
  const inline = inlineInAws(compared);
  const attached = attachmentsInAws(compared, found.value);
  const hasOther = driftsOf(drifts, "boundary").length > 0;
  return {
    role: {
      ...base.role,
      ...(inline === null ? {} : { inline: { statements: inline.statements } }),
      attachments: attached,
      boundary: hasOther ? boundaryOf(found.value, base) : base.role.boundary,
      tags: tagsInAws(compared, found.value),
    },
    trust: driftsOf(drifts, "trust")[0]?.live ?? trustText(base.role),
    unread: [...(inline?.unread ?? []), ...unreadPolicies(attached, live)],
  };
}

type OtherRole =
  ({ readonly kind: "found" } & FoundRole) | { readonly kind: "unread"; readonly reason: string };

/** The role that the function runs on instead of the declared one; null: it runs on the declared role. */
export function otherRoleOf(compared: ComparedRole, live: LiveAccount): OtherRole | null {
  const { base, former, drifts } = compared;
  const found = liveFunction(live, base.region, base.functionName);
  if (driftsOf(drifts, "function-role").length === 0 || found.kind !== "present") return null;
  const arn = found.value.roleArn;
  const running = liveRole(live, nameInArn(arn));
  if (arnParts(arn).accountId !== base.accountId || running.kind !== "present")
    return { kind: "unread", reason: `${arn}, the role that the function runs on, was not read` };
  const { inline, trust } = running.value;
  const documents = inline.map(({ name, text }) => inlineStatements({ base, former }, name, text));
  const attachments = running.value.attachments.map((each) => attachmentOf(each, compared));
  return {
    kind: "found",
    role: {
      ...running.value,
      boundary: boundaryOf(running.value, base),
      inline: { statements: documents.flatMap(({ statements }) => statements) },
      attachments,
      // The tags of another owner's role are its owner's matter.
      tags: [],
      origin: base.role.origin,
      tagOrigins: {},
    },
    trust,
    unread: [...documents.flatMap(({ unread }) => unread), ...unreadPolicies(attachments, live)],
  };
}

/** null: it is as declared. */
function inlineInAws({ base, former, drifts }: ComparedRole): StatementsInAws | null {
  const own = driftsOf(drifts, "inline");
  const extra = driftsOf(drifts, "inline-extra");
  if (own.length === 0 && extra.length === 0) return null;
  const documents = [
    ...own.map(({ live }) => ({ name: INLINE_NAME, live })),
    ...extra.map(({ change, live }) => ({ name: change.policyName, live })),
  ].flatMap(({ name, live }) => (live === null ? [] : [inlineStatements({ base, former }, name, live)]));
  const declared = own.length === 0 ? base.role.inline.statements : [];
  return {
    statements: [...declared, ...documents.flatMap(({ statements }) => statements)],
    unread: documents.flatMap(({ unread }) => unread),
  };
}

function inlineStatements(
  { base, former }: Pick<ComparedRole, "base" | "former">,
  name: string,
  text: string,
): StatementsInAws {
  const { origin, inline } = base.role;
  const known = knownStatements(former === null ? [inline] : [former.role.inline, inline], base);
  return identityStatements({ name: `inline policy ${name}`, text }, { known, at: { ...base, origin } });
}

function attachmentsInAws(compared: ComparedRole, { attachments }: LiveRole): readonly Attachment[] {
  const { base, drifts } = compared;
  const missing = new Set<string>(driftsOf(drifts, "attachment-missing").map(({ change }) => change.arn));
  const extra = new Set<string>(driftsOf(drifts, "attachment-extra").map(({ change }) => change.arn));
  return [
    ...base.role.attachments.filter(({ arn }) => !missing.has(arn)),
    ...attachments.filter((arn) => extra.has(arn)).map((arn) => attachmentOf(arn, compared)),
  ];
}

/** A policy of Git is judged as declared, and for what AWS has of it at its own key. */
function attachmentOf(arn: Arn, { base, policies }: ComparedRole): Attachment {
  const [declared] = policies.get(arn) ?? [];
  return { arn, policy: declared?.key ?? null, origin: base.role.origin };
}

function unreadPolicies(attachments: readonly Attachment[], live: LiveAccount): readonly string[] {
  return attachments
    .filter(({ policy, arn }) => policy === null && managedText(arn, live) === undefined)
    .map(({ arn }) => `the document of ${arn} was not read`);
}

function boundaryOf({ boundary }: LiveRole, { role: { origin } }: DesiredBinding): DesiredRole["boundary"] {
  return boundary === null ? null : { arn: boundary, origin };
}

function tagsInAws({ base, drifts }: ComparedRole, { tags }: LiveRole): readonly Tag[] {
  const changed = new Set(
    [...driftsOf(drifts, "tag-extra"), ...driftsOf(drifts, "tag-different")].map(({ change }) => change.tag),
  );
  if (changed.size === 0) return base.role.tags;
  return [
    ...base.role.tags.filter(({ key }) => !changed.has(key)),
    ...tags.filter(({ key }) => changed.has(key)),
  ];
}

type OfKind<Kind> = Drift & { readonly change: Extract<Drift["change"], { readonly kind: Kind }> };

function driftsOf<Kind extends Drift["change"]["kind"]>(
  drifts: readonly Drift[],
  kind: Kind,
): readonly OfKind<Kind>[] {
  return drifts.filter((drift): drift is OfKind<Kind> => drift.change.kind === kind);
}
