import { sha256Hex } from "../../model/digest.ts";
import type { Tier } from "../../model/tier.ts";
import type { DocumentContext, Member, NormalDocument } from "../document.ts";
import { meaningText } from "./meaning.ts";
import { createMemo } from "../read/memo.ts";
import { readDocument } from "../read/parse.ts";
import { readStatement } from "../read/statement.ts";
import { sortedSet } from "../../text/order.ts";

/** What documents are compared by. Texts alone are kept, not the documents: a comparison is soon over. */
interface Forms {
  /** Of the members without their Sids, each once: equal in two documents that differ in metadata only. */
  readonly structures: string;
  readonly version: string;
  /** Id, and the Sids in the order of the structures: what metadata is. */
  readonly names: string;
  /** Without wildcards, conditions and what is not understood: then nothing else means the same. */
  readonly isPlain: boolean;
}

type ReadForms = Forms | { readonly unreadable: string };

const formsOf = createMemo<ReadForms>((text, context) => {
  const parsed = readDocument(text, context);
  return parsed.kind === "unreadable"
    ? { unreadable: parsed.reason }
    : documentForms(parsed.document, context);
});

/** Made when it is asked for: most documents are equal before. */
const meaningOf = createMemo((text, context) => {
  const parsed = readDocument(text, context);
  return parsed.kind === "unreadable" ? "" : documentMeaning(parsed.document, context);
});

export type Comparison =
  | { readonly kind: "compared"; readonly tier: Tier }
  | { readonly kind: "unreadable"; readonly which: "a" | "b"; readonly reason: string };

/** How far two documents are apart, or why one of them is none. */
export function compareTexts(a: string, b: string, context: DocumentContext): Comparison {
  const [left, right] = [formsOf(a, context), formsOf(b, context)];
  if ("unreadable" in left) return { kind: "unreadable", which: "a", reason: left.unreadable };
  if ("unreadable" in right) return { kind: "unreadable", which: "b", reason: right.unreadable };
  const meanings = (): boolean => meaningOf(a, context) === meaningOf(b, context);
  return { kind: "compared", tier: compareForms(left, right, meanings) };
}

/** How far two documents are apart. An unreadable one equals its own text only. */
export function compareDocuments(a: string, b: string, context: DocumentContext): Tier {
  if (a === b) return "equal";
  const comparison = compareTexts(a, b, context);
  return comparison.kind === "compared" ? comparison.tier : "security";
}

/** The same for two statements, as plain data. Whose Sid it is the caller knows: it is metadata in every dialect. */
export function compareStatements(a: unknown, b: unknown, context: DocumentContext): Tier {
  const [left, right] = [readStatement(a, context), readStatement(b, context)];
  return compareForms(
    statementForms(left),
    statementForms(right),
    () => meaningText(left) === meaningText(right),
  );
}

/** SHA-256 (hex) of the statement's normal form without its Sid. */
export function statementFingerprint(statement: unknown, context: DocumentContext): string {
  return sha256Hex(readStatement(statement, context).structure);
}

function compareForms(a: Forms, b: Forms, sameMeaning: () => boolean): Tier {
  if (a.structures === b.structures && a.version === b.version)
    return a.names === b.names ? "equal" : "metadata";
  return !a.isPlain && !b.isPlain && sameMeaning() ? "meaning" : "security";
}

/**
 * In a resource policy the Sid is what a statement is known by, and AWS itself writes the Id. JSON has no newline of
 * its own, so that joined parts can't run into each other.
 */
function documentForms({ version, id, members }: NormalDocument, { dialect }: DocumentContext): Forms {
  const isPlain = members.every(isPlainMember);
  if (dialect === "resource")
    return { version, structures: members.map(identified).join("\n"), names: "", isPlain };
  const [only] = members;
  if (only !== undefined && members.length === 1)
    return { version, structures: only.structure, names: namesOf(id, only), isPlain };
  const structures = members.map((member) => member.structure);
  const isRepeated = (at: number): boolean => structures[at] === structures[at - 1];
  const names = members.map(({ sid }, at) => `${isRepeated(at) ? "=" : ""}${JSON.stringify(sid)}`);
  return {
    version,
    structures: structures.filter((_, at) => !isRepeated(at)).join("\n"),
    names: [JSON.stringify(id), ...names].join("\n"),
    isPlain,
  };
}

function isPlainMember(member: Member): boolean {
  return member.kind === "statement" && member.conditions.length === 0 && !/[*?]/.test(member.structure);
}

function namesOf(id: string | null, { sid }: Member): string {
  return id === null && sid === null ? NAMELESS : JSON.stringify([id, sid]);
}

const NAMELESS = "[null,null]";

function documentMeaning({ version, members }: NormalDocument, { dialect }: DocumentContext): string {
  const texts = members.map((member) => {
    const meaning = meaningText(member);
    return dialect === "resource" ? JSON.stringify(member.sid) + meaning : meaning;
  });
  return [version, ...sortedSet(texts)].join("\n");
}

function statementForms(member: Member): Forms {
  const { structure } = member;
  return { version: "", structures: structure, names: namesOf(null, member), isPlain: isPlainMember(member) };
}

function identified({ sid, structure }: Member): string {
  return (sid === null ? "null" : JSON.stringify(sid)) + structure;
}
