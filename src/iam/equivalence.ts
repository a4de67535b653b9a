import { sha256Hex } from "../model/digest.ts";
import type { Tier } from "../model/tier.ts";
import type { DocumentContext, Member, NormalDocument } from "./document.ts";
import { meaningText } from "./meaning.ts";
import { createMemo } from "./memo.ts";
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

const forms = createMemo(formsOf);

/** How far two documents are apart. An unreadable one equals its own text only. */
export function compareDocuments(a: string, b: string, context: DocumentContext): Tier {
  if (a === b) return "equal";
  return compareForms(forms(a, context), forms(b, context));
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

function formsOf(text: string, context: DocumentContext): Forms {
  const parsed = parseDocument(text, context);
  if (parsed.kind === "unreadable") return sameText(`unreadable ${text}`);
  return documentForms(parsed.document, context);
}

/** In a resource policy the Sid is what a statement is known by, and AWS itself writes the Id. */
function documentForms(document: NormalDocument, { dialect }: DocumentContext): Forms {
  const { version, id, members } = document;
  const ofResource = dialect === "resource";
  const structures = members.map(ofResource ? identified : (member) => member.structure);
  const meanings = (): readonly string[] =>
    members.map((member) =>
      ofResource ? JSON.stringify([member.sid, meaningText(member)]) : meaningText(member),
    );
  return {
    equal: JSON.stringify([version, ofResource ? null : id, members.map(identified)]),
    metadata: JSON.stringify([version, sortedSet(structures)]),
    meaning: lazy(() => JSON.stringify([version, sortedSet(meanings())])),
  };
}

function statementForms(statement: unknown, context: DocumentContext): Forms {
  const member = readStatement(statement, context);
  return { equal: identified(member), metadata: member.structure, meaning: () => meaningText(member) };
}

function identified(member: Member): string {
  return JSON.stringify([member.sid, member.structure]);
}

function sameText(text: string): Forms {
  return { equal: text, metadata: text, meaning: () => text };
}

function lazy(make: () => string): () => string {
  let made: string | undefined;
  return () => (made ??= make());
}
