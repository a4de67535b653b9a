import type { AuditEntry, AuditFact } from "../../audit/entry.ts";
import type { Key } from "../../model/keys/key.ts";
import { StoreError } from "../errors.ts";
import type { Documents } from "./documents.ts";

/** A row of the table `entries`. */
export interface EntryRow {
  readonly seq: number;
  readonly at_ms: number;
  readonly kind: string;
  readonly key: string | null;
  readonly prev: string;
  readonly hash: string;
  readonly fact: string;
  readonly documents: string | null;
}

/** Shorter texts are kept in the fact, because a reference would be longer. */
const MIN_DOCUMENT_LENGTH = 128;

/** The members of a fact that may contain a document: `before`, `after` and the strings of `input`. */
type Members = Record<string, unknown>;

/** Converts an entry to a row; its long documents are stored separately. */
export function toRow(entry: AuditEntry, documents: Pick<Documents, "put">): EntryRow {
  const { seq, at, prev, hash, ...fact } = entry;
  return { seq, at_ms: Date.parse(at), prev, hash, ...factColumns(fact, documents) };
}

/** The columns of a row that do not depend on its place in the chain. */
export function factColumns(
  { kind, ...members }: AuditFact,
  documents: Pick<Documents, "put">,
): Omit<EntryRow, "seq" | "at_ms" | "prev" | "hash"> {
  const fact: Members = { ...members };
  const key = keyOf({ kind, ...members } as AuditFact);
  const references: Record<string, string> = {};
  if (kind === "write-intended") extractDocuments(fact, references, documents);
  return {
    kind,
    key,
    fact: JSON.stringify(fact),
    documents: Object.keys(references).length === 0 ? null : JSON.stringify(references),
  };
}

/**
 * Converts a row back to the same entry.
 * @throws StoreError if the row or one of its documents is damaged
 */
export function fromRow(row: EntryRow, documents: Pick<Documents, "get">): AuditEntry {
  try {
    const fact = JSON.parse(row.fact) as Members;
    const references = JSON.parse(row.documents ?? "{}") as Readonly<Record<string, string>>;
    for (const [place, hash] of Object.entries(references)) restore(fact, place, documents.get(hash));
    const at = new Date(row.at_ms).toISOString();
    // The members have the types of the entry that `toRow` converted; the verification checks their hash.
    const entry = { ...fact, kind: row.kind, seq: row.seq, at, prev: row.prev, hash: row.hash } as AuditEntry;
    // The hash does not cover this column, and without it the history of a function would lack the entry.
    if (row.key !== keyOf(entry)) throw new Error("it is filed under another key than its own");
    return entry;
  } catch (cause) {
    throw new StoreError("damaged", `audit entry ${row.seq} can't be read: it was damaged`, cause);
  }
}

function keyOf(entry: AuditFact): Key | null {
  return "key" in entry ? entry.key : null;
}

function extractDocuments(
  fact: Members,
  references: Record<string, string>,
  documents: Pick<Documents, "put">,
): void {
  const input = { ...(fact["input"] as Members) };
  const hashes = new Map<string, string>();
  for (const [at, members] of [
    ["", fact],
    ["input.", input],
  ] as const) {
    for (const [name, value] of Object.entries(members)) {
      if (typeof value !== "string" || value.length < MIN_DOCUMENT_LENGTH || !holdsDocument(at, name))
        continue;
      // The document of a write is in its input and is its `after`.
      const hash = hashes.get(value) ?? documents.put(value);
      hashes.set(value, hash);
      references[`${at}${name}`] = hash;
      delete members[name];
    }
  }
  fact["input"] = input;
}

function holdsDocument(at: string, name: string): boolean {
  return at === "input." || name === "before" || name === "after";
}

function restore(fact: Members, place: string, text: string | undefined): void {
  if (text === undefined) throw new Error(`the document of ${place} is missing`);
  const inInput = place.startsWith("input.");
  const members = inInput ? (fact["input"] as Members) : fact;
  members[inInput ? place.slice("input.".length) : place] = text;
}
