import { sha256Hex } from "../model/digest.ts";
import type { Tier } from "../model/tier.ts";
import type { DocumentContext, Member, NormalDocument } from "./document.ts";
import { meaningText } from "./meaning.ts";
import { parseDocument } from "./parse.ts";
import { readStatement } from "./statement.ts";
import { sortedSet } from "./text.ts";

/** One text a tier: documents are equal in a tier when their texts are. Each follows from the one before. */
interface Forms {
  readonly equal: string;
  readonly metadata: string;
  /** Made when it is asked for: most documents are equal before. */
  readonly meaning: () => string;
}

/** Kept as long as the memo of parsed documents keeps the document. */
const known = new WeakMap<NormalDocument, Forms>();

/** How far two documents are apart. An unreadable one equals its own text only. */
export function compareDocuments(a: string, b: string, context: DocumentContext): Tier {
  if (a === b) return "equal";
  const [left, right] = [parseDocument(a, context), parseDocument(b, context)];
  if (left.kind === "unreadable" || right.kind === "unreadable") return "security";
  return compareForms(documentForms(left.document, context), documentForms(right.document, context));
}

/** The same for two statements, as plain data. Whose Sid it is the caller knows: it is metadata in every dialect. */
export function compareStatements(a: unknown, b: unknown, context: DocumentContext): Tier {
  return compareForms(statementForms(a, context), statementForms(b, context));
}

/** SHA-256 (hex) of the statement's normal form without its Sid. */
export function statementFingerprint(statement: unknown, context: DocumentContext): string {
  return sha256Hex(readStatement(statement, context).structure);
}

function compareForms(a: Forms, b: Forms): Tier {
  if (a.equal === b.equal) return "equal";
  if (a.metadata === b.metadata) return "metadata";
  return a.meaning() === b.meaning() ? "meaning" : "security";
}

function documentForms(document: NormalDocument, context: DocumentContext): Forms {
  const found = known.get(document) ?? makeForms(document, context);
  known.set(document, found);
  return found;
}

/** In a resource policy the Sid is what a statement is known by, and AWS itself writes the Id. */
function makeForms({ version, id, members }: NormalDocument, { dialect }: DocumentContext): Forms {
  const ofResource = dialect === "resource";
  const equal = joined(version, ofResource ? null : id, members.map(identified));
  if (ofResource) {
    const meanings = (): readonly string[] =>
      members.map((member) => JSON.stringify(member.sid) + meaningText(member));
    return { equal, metadata: equal, meaning: lazy(() => joined(version, null, sortedSet(meanings()))) };
  }
  return {
    equal,
    metadata: joined(version, null, sortedSet(members.map((member) => member.structure))),
    meaning: lazy(() => joined(version, null, sortedSet(members.map(meaningText)))),
  };
}

/** JSON has no newline of its own, so that the parts can't run into each other. */
function joined(version: string, id: string | null, members: readonly string[]): string {
  return [version, JSON.stringify(id), ...members].join("\n");
}

function statementForms(statement: unknown, context: DocumentContext): Forms {
  const member = readStatement(statement, context);
  return { equal: identified(member), metadata: member.structure, meaning: () => meaningText(member) };
}

function identified(member: Member): string {
  return JSON.stringify(member.sid) + member.structure;
}

function lazy(make: () => string): () => string {
  let made: string | undefined;
  return () => (made ??= make());
}
