import type { AuditEntry } from "../../../audit/entry.ts";
import type { Key } from "../../../model/keys/key.ts";
import { StoreError } from "../../errors.ts";
import type { Documents } from "../documents.ts";

/** The columns of the table `entries`, which `recent_entries` has too. */
export const ENTRY_COLUMNS = "seq, at_ms, kind, key, prev, hash, fact, documents";
/** A row of the table `entries` as an EntryRow. */
export const FILED_ROW = `${ENTRY_COLUMNS}, NULL AS texts`;

/** A row of the chain. */
export interface EntryRow {
  readonly seq: number;
  readonly at_ms: number;
  readonly kind: string;
  readonly key: string | null;
  readonly prev: string;
  readonly hash: string;
  readonly fact: string;
  /** JSON: the hashes of its documents by their places. */
  readonly documents: string | null;
  /** JSON: its documents by their hashes; null: they are in the table `documents`. */
  readonly texts: string | null;
}

/** The documents that a row refers to. */
export type DocumentTexts = Pick<Documents, "get" | "quoted">;

export function textsOfRow(texts: string): Readonly<Record<string, string>> {
  return JSON.parse(texts) as Readonly<Record<string, string>>;
}

/** The documents of this row: its own ones, and those of the table. */
export function documentsOfRow({ texts }: EntryRow, documents: DocumentTexts): DocumentTexts {
  if (texts === null) return documents;
  const own = new Map(Object.entries(textsOfRow(texts)));
  const get = (hash: string): string | undefined => own.get(hash) ?? documents.get(hash);
  return {
    get,
    quoted: (hash) => {
      const text = own.get(hash);
      return text === undefined ? documents.quoted(hash) : JSON.stringify(text);
    },
  };
}

/** Shorter texts are kept in the fact, because a reference would be longer. */
const MIN_DOCUMENT_LENGTH = 128;

/** The members of a fact that may contain a document: `before`, `after` and the strings of `input`. */
type Members = Record<string, unknown>;

export interface NewRow {
  readonly row: EntryRow;
  /** Its documents as texts in JSON, by their hashes. */
  readonly quoted: ReadonlyMap<string, string>;
}

/** Converts an entry to a row with its long documents, each of them once. */
export function toRow(entry: AuditEntry, hashOf: Documents["hash"]): NewRow {
  const { seq, at, prev, hash, kind, ...members } = entry;
  const fact: Members = { ...members };
  const extracted: Extracted = { references: {}, quoted: new Map() };
  if (kind === "write-intended") extractDocuments(fact, extracted, hashOf);
  const { references, quoted } = extracted;
  const row = {
    seq,
    at_ms: Date.parse(at),
    kind,
    key: keyOf(entry),
    prev,
    hash,
    fact: JSON.stringify(fact),
    documents: quoted.size === 0 ? null : JSON.stringify(references),
    texts: quoted.size === 0 ? null : textsText(quoted),
  };
  return { row, quoted };
}

/**
 * Converts a row back to the same entry.
 * @throws StoreError if the row or one of its documents is damaged
 */
export function fromRow(row: EntryRow, documents: DocumentTexts): AuditEntry {
  try {
    const fact = JSON.parse(row.fact) as Members;
    const references = JSON.parse(row.documents ?? "{}") as Readonly<Record<string, string>>;
    const own = documentsOfRow(row, documents);
    for (const [place, hash] of Object.entries(references)) restore(fact, place, own.get(hash));
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

function keyOf(entry: AuditEntry): Key | null {
  return "key" in entry ? entry.key : null;
}

interface Extracted {
  readonly references: Record<string, string>;
  readonly quoted: Map<string, string>;
}

/** What `textsOfRow` reads. A hash needs no escapes. */
function textsText(quoted: ReadonlyMap<string, string>): string {
  const members = Array.from(quoted, ([hash, text]) => `"${hash}":${text}`);
  return `{${members.join(",")}}`;
}

function extractDocuments(fact: Members, { references, quoted }: Extracted, hashOf: Documents["hash"]): void {
  const input = { ...(fact["input"] as Members) };
  for (const [at, members] of [
    ["", fact],
    ["input.", input],
  ] as const) {
    for (const [name, value] of Object.entries(members)) {
      if (typeof value !== "string" || value.length < MIN_DOCUMENT_LENGTH || !holdsDocument(at, name))
        continue;
      // The document of a write is in its input and is its `after`.
      const hash = hashOf(value);
      if (!quoted.has(hash)) quoted.set(hash, JSON.stringify(value));
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
