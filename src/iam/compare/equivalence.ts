import { sha256Hex } from "../../model/values/digest.ts";
import type { Tier } from "../../model/rules/tier.ts";
import type { DocumentContext, Member, NormalDocument } from "../document.ts";
import { meaningText } from "./meaning.ts";
import { effectPermissions } from "./canonical-permissions.ts";
import { readDocument } from "../read/parse.ts";
import { readStatement } from "../read/statement.ts";
import { sortedSet } from "../../text/order.ts";

/** What documents are compared by. Texts alone are kept, not the documents: a comparison is soon over. */
export interface DocumentForms {
  /** Of the members without their Sids, each once: equal in two documents that differ in metadata only. */
  readonly structures: string;
  readonly version: string;
  /** Id, and the Sids in the order of the structures: what metadata is. */
  readonly names: string;
  /** Without wildcards, conditions and what is not understood: then nothing else means the same. */
  readonly isPlain: boolean;
}

export type ReadForms = DocumentForms | { readonly unreadable: string };

export function readForms(text: string, context: DocumentContext): ReadForms {
  const parsed = readDocument(text, context);
  return parsed.kind === "unreadable"
    ? { unreadable: parsed.reason }
    : documentForms(parsed.document, context);
}

/** The text of what the document means; "" for one that is unreadable. */
export function readMeaning(text: string, context: DocumentContext): string {
  const parsed = readDocument(text, context);
  return parsed.kind === "unreadable" ? "" : documentMeaning(parsed.document, context);
}

/**
 * The text of what requests can notice of a document of a role: each action on each resource that an Allow names, and each
 * other statement. null for a document that is unreadable, or that belongs to a resource.
 */
export function readEffect(text: string, context: DocumentContext): string | null {
  const { dialect } = context;
  if (dialect !== "identity" && dialect !== "boundary") return null;
  const parsed = readDocument(text, context);
  if (parsed.kind === "unreadable") return null;
  const { version, members } = parsed.document;
  const kept = dialect === "boundary" ? "all" : "usable";
  return [version, ...sortedSet(members.flatMap((member) => effectPermissions(member, kept)))].join("\n");
}

export type TextComparison =
  | { readonly kind: "compared"; readonly tier: Tier }
  | { readonly kind: "unreadable"; readonly which: "a" | "b"; readonly reason: string };

/** The same for two statements, as plain data. Whose Sid it is the caller knows: it is metadata in every dialect. */
export function compareStatements(a: unknown, b: unknown, context: DocumentContext): FormTier {
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

/** `security`: no form is equal; two documents of a role may have the same effect all the same (`readEffect`). */
type FormTier = Exclude<Tier, "no-effect">;

export function compareForms(a: DocumentForms, b: DocumentForms, sameMeaning: () => boolean): FormTier {
  if (a.structures === b.structures && a.version === b.version)
    return a.names === b.names ? "equal" : "metadata";
  return !a.isPlain && !b.isPlain && sameMeaning() ? "meaning" : "security";
}

/**
 * In a resource policy the Sid is what a statement is known by, and AWS itself writes the Id. JSON has no newline of
 * its own, so that joined parts can't run into each other.
 */
function documentForms(
  { version, id, members }: NormalDocument,
  { dialect }: DocumentContext,
): DocumentForms {
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

function statementForms(member: Member): DocumentForms {
  const { structure } = member;
  return { version: "", structures: structure, names: namesOf(null, member), isPlain: isPlainMember(member) };
}

function identified({ sid, structure }: Member): string {
  return (sid === null ? "null" : JSON.stringify(sid)) + structure;
}
