import {
  canonicalObject,
  innerObject,
  memberNamed,
  valueText,
  withMembers,
  type CanonicalObject,
  type NewMember,
} from "../../../audit/canonical-object.ts";
import type { Link } from "../../../audit/link.ts";
import { provedPart } from "../../../audit/proved-link.ts";
import { sha256Hex } from "../../../model/values/digest.ts";
import type { Documents } from "../../rows/documents.ts";
import type { EntryRow } from "../../rows/audit-rows.ts";

/** The places at which `toRow` keeps documents. */
const PLACE = /^(?:(before|after)|input\.([A-Za-z]+))$/;
const MAX_TIME_MS = 8.64e15;

/**
 * The link of a row that is certainly an entry with its own hash, from the stored texts: nothing is parsed or printed
 * again. null proves nothing: `fromRow` and `checkedLink` decide then.
 */
export function provedRowLink(row: EntryRow, documents: Documents): Link | null {
  const stored = storedFact(row, documents);
  const part = stored === null ? null : provedPart(row.kind, stored.fact);
  const text = stored === null || part === null ? null : hashedText(row, stored);
  if (part === null || text === null || sha256Hex(text) !== row.hash) return null;
  return { seq: row.seq, prev: row.prev, hash: row.hash, part };
}

/** The text that was hashed: RFC 8785 of the entry that `fromRow` reads, without its hash. null: not known here. */
export function rowText(row: EntryRow, documents: Documents): string | null {
  const stored = storedFact(row, documents);
  return stored === null ? null : hashedText(row, stored);
}

function storedFact(row: EntryRow, documents: Documents): StoredFact | null {
  const fact = canonicalObject(row.fact);
  if (fact === null || Math.abs(row.at_ms) > MAX_TIME_MS) return null;
  const key = row.key === null ? undefined : JSON.stringify(row.key);
  // `toRow` writes no fact with a hash, which `fromRow` would replace.
  if (valueText(fact, "key") !== key || memberNamed(fact, "hash") !== undefined) return null;
  return { fact, documents };
}

interface StoredFact {
  readonly fact: CanonicalObject;
  readonly documents: Documents;
}

function hashedText(row: EntryRow, stored: StoredFact): string | null {
  const documents = row.documents === null ? [] : documentMembers(row.documents, stored);
  if (documents === null) return null;
  const columns = [
    { name: "at", value: `"${new Date(row.at_ms).toISOString()}"` },
    { name: "kind", value: JSON.stringify(row.kind) },
    { name: "prev", value: JSON.stringify(row.prev) },
    { name: "seq", value: String(row.seq) },
  ];
  return withMembers(stored.fact, [...documents, ...columns].sort(byName));
}

/** The documents at their places, and the input with those that are in it. */
function documentMembers(references: string, { fact, documents }: StoredFact): readonly NewMember[] | null {
  const outer: NewMember[] = [];
  const inner: NewMember[] = [];
  for (const [place, hash] of referencesOf(references)) {
    const [, outerName, innerName] = PLACE.exec(place) ?? [];
    const name = outerName ?? innerName;
    const value = typeof hash === "string" ? documents.quoted(hash) : undefined;
    if (name === undefined || value === undefined) return null;
    (innerName === undefined ? outer : inner).push({ name, value });
  }
  if (inner.length === 0) return outer;
  const place = memberNamed(fact, "input");
  const input = place === undefined ? null : innerObject(fact, place);
  if (input === null) return null;
  return [...outer, { name: "input", value: withMembers(input, inner.sort(byName)) }];
}

function referencesOf(references: string): readonly (readonly [string, unknown])[] {
  try {
    return Object.entries(JSON.parse(references) as object);
  } catch {
    return [["", null]]; // A place that `toRow` does not write: `fromRow` reports it.
  }
}

function byName(one: NewMember, other: NewMember): number {
  return one.name < other.name ? -1 : 1;
}
