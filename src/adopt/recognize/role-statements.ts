import type { DocumentContext, NormalStatement } from "../../iam/document.ts";
import { readDocument } from "../../iam/read/parse.ts";
import { writtenStatement } from "../../iam/read/statement.ts";
import type { Statement } from "../../model/aws/policy-document.ts";
import { byText } from "../../text/order.ts";
import type { UnusablePermission } from "../../iam/match/unusable/unusable-permissions.ts";
import {
  canonicalPermissions,
  unusableIn,
  usablePermissions,
  type CanonicalPermission,
} from "../../iam/compare/canonical-permissions.ts";

/** A policy of a role, as AWS returned its document. */
export interface PolicyText {
  /** As the reason of a statement names it: `inline policy orders`. */
  readonly name: string;
  readonly text: string;
}

export interface RoleStatement {
  /** The name of its policy. */
  readonly from: string;
  readonly normal: NormalStatement;
  /** As a manifest of Grantkeeper contains it: without a Sid. */
  readonly statement: Statement;
  readonly permissions: readonly CanonicalPermission[];
  /** Those that a request can use: a grant has to equal these. */
  readonly usable: readonly CanonicalPermission[];
  /** The others, which no request can use. */
  readonly unusable: readonly UnusablePermission[];
}

/** A part of a policy that no manifest can declare with the same meaning. */
export interface Inexpressible {
  readonly from: string;
  readonly sid: string | null;
  readonly reason: string;
}

export interface RoleStatements {
  /** Sorted by content; equal statements once, with the first policy by name. */
  readonly statements: readonly RoleStatement[];
  readonly inexpressible: readonly Inexpressible[];
}

export function readRoleStatements(
  policies: readonly PolicyText[],
  context: DocumentContext,
): RoleStatements {
  const found = policies
    .toSorted((a, b) => byText(a.name, b.name))
    .map((policy) => readPolicy(policy, context));
  const byStructure = new Map<string, RoleStatement>();
  for (const statement of found.flatMap(({ statements }) => statements))
    if (!byStructure.has(statement.normal.structure)) byStructure.set(statement.normal.structure, statement);
  return {
    statements: [...byStructure.values()].sort((a, b) => byText(a.normal.structure, b.normal.structure)),
    inexpressible: found.flatMap(({ inexpressible }) => inexpressible),
  };
}

function readPolicy({ name, text }: PolicyText, context: DocumentContext): RoleStatements {
  const parsed = readDocument(text, context);
  if (parsed.kind === "unreadable")
    return { statements: [], inexpressible: [{ from: name, sid: null, reason: parsed.reason }] };
  const { version, members } = parsed.document;
  const statements: RoleStatement[] = [];
  const inexpressible: Inexpressible[] = [];
  for (const member of members) {
    const { sid } = member;
    if (member.kind === "opaque") inexpressible.push({ from: name, sid, reason: member.reason });
    else if (version === "2008-10-17" && member.structure.includes("${"))
      inexpressible.push({ from: name, sid, reason: LITERAL_VARIABLE });
    else if (MANIFEST_VARIABLE.test(member.structure))
      inexpressible.push({ from: name, sid, reason: NO_VARIABLE_OF_IAM });
    else statements.push(liveStatement(name, member));
  }
  return { statements, inexpressible };
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html */
const LITERAL_VARIABLE =
  "its policy has Version 2008-10-17, where ${ is text; in Version 2012-10-17 it would be a variable";

/** The variables of IAM have a colon, except `${*}`, `${?}` and `${$}`. A manifest replaces the others: `${account.id}`. */
const MANIFEST_VARIABLE = /\$\{(?![*?$]\})[^}:]*\}/;
const NO_VARIABLE_OF_IAM =
  "it contains ${ with a name that is no variable of IAM; a manifest would replace it";

function liveStatement(from: string, normal: NormalStatement): RoleStatement {
  const { Sid: _sid, ...statement } = writtenStatement(normal);
  const [permissions, unusable] = [canonicalPermissions(normal), unusableIn(normal)];
  return {
    from,
    normal,
    statement,
    permissions,
    usable: unusable.length === 0 ? permissions : usablePermissions(normal),
    unusable,
  };
}
