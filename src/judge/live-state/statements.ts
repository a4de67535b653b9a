import { undeclaredStatement } from "../../guard/context/attached-statements.ts";
import { documentContext } from "../../diff/documents/document-context.ts";
import type { Member } from "../../iam/document.ts";
import { readDocument } from "../../iam/read/parse.ts";
import { readStatement, writtenStatement } from "../../iam/read/statement.ts";
import type { Statement } from "../../model/aws/policy-document.ts";
import type { AccountId, Partition } from "../../model/aws/ids.ts";
import type { CompiledDocument, CompiledStatement } from "../../model/desired.ts";
import type { Origin } from "../../model/values/origin.ts";

interface AccountPlace {
  readonly partition: Partition;
  readonly accountId: AccountId;
  readonly origin: Origin;
}

/** The declared statements, to find each in a document of AWS. */
interface KnownStatements {
  /** By structure: a statement of a grant keeps what the catalogue knows of it. */
  readonly byStructure: ReadonlyMap<string, CompiledStatement>;
  readonly sids: ReadonlySet<string>;
}

export interface StatementsInAws {
  readonly statements: readonly CompiledStatement[];
  readonly unread: readonly string[];
}

/** @param documents the later ones count for a statement that several have */
export function knownStatements(
  documents: readonly CompiledDocument[],
  at: Omit<AccountPlace, "origin">,
): KnownStatements {
  const all = documents.flatMap(({ statements }) => statements);
  const context = documentContext(at, "identity");
  return {
    byStructure: new Map(all.map((each) => [readStatement(each.statement, context).structure, each])),
    sids: new Set(all.flatMap(({ statement }) => statement.Sid ?? [])),
  };
}

/** The statements of a document in AWS; a declared one as it is declared. */
export function identityStatements(
  { name, text }: { readonly name: string; readonly text: string },
  { known, at }: { readonly known: KnownStatements; readonly at: AccountPlace },
): StatementsInAws {
  const parsed = readDocument(text, documentContext(at, "identity"));
  if (parsed.kind === "unreadable")
    return { statements: [], unread: [`${name} is not understood: ${parsed.reason}`] };
  const { members } = parsed.document;
  return {
    statements: members.flatMap((member) => {
      if (member.kind === "opaque") return [];
      const declared = known.byStructure.get(member.structure);
      return [declared ?? undeclaredStatement(withoutKnownSid(writtenStatement(member), known), at.origin)];
    }),
    unread: members.flatMap((member) => notUnderstood(name, member)),
  };
}

/** A statement that is not understood may allow anything, unless it denies. */
export function notUnderstood(name: string, member: Member): readonly string[] {
  if (member.kind !== "opaque" || member.effect === "Deny") return [];
  return [`a statement of ${name} is not understood: ${member.reason}`];
}

/** The Sid of a declared statement would give a foreign one the reasons that the catalogue has for the declared one. */
function withoutKnownSid(statement: Statement, { sids }: KnownStatements): Statement {
  if (statement.Sid === undefined || !sids.has(statement.Sid)) return statement;
  const { Sid: _, ...rest } = statement;
  return rest;
}
