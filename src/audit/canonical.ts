import { canonicalText, sha256Hex } from "../model/values/digest.ts";
import type { Json, JsonObject } from "../model/values/json.ts";
import type { AuditEntry, AuditFact } from "./entry.ts";

/**
 * A copy of the fact as plain data with canonical bytes: absent members removed, names sorted, lone surrogates
 * replaced (RFC 8785 has no bytes for them, and text that people sent must not keep an entry out of the record).
 * @throws Error if it is not plain data, such as a number that is not finite, or is nested too deep
 */
export function plainFact(fact: AuditFact): AuditFact {
  if (isTooDeep(asJson(fact))) throw new Error(`an audit entry has at most ${MAX_DEPTH} levels`);
  return plain(asJson(fact)) as unknown as AuditFact;
}

/** Entries have a few levels. Hashing and printing use some of the stack for each. */
export const MAX_DEPTH = 64;

/** Checked first, before any other function reads an entry that may have been changed. */
export function isTooDeep(value: Json, left: number = MAX_DEPTH): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (left === 0) return true;
  for (const member of Object.values(value))
    if (typeof member === "object" && isTooDeep(member, left - 1)) return true;
  return false;
}

/** SHA-256 (hex) over RFC 8785 of the entry without its hash. */
export function entryHash(entry: AuditFact & { readonly hash?: string }): string {
  const { hash: _, ...rest } = entry;
  return sha256Hex(lineText(asJson(rest)));
}

/**
 * Whether the line, which is canonical, has the hash that it names. Removes the member from the text itself, since
 * printing the entry again takes most of the time of a verification. A member of the same name in a value is not used.
 */
export function hasOwnHash(line: string, entry: AuditEntry): boolean {
  const member = `"hash":"${entry.hash}",`;
  const at = line.indexOf(member);
  const rest = line.slice(0, at) + line.slice(at + member.length);
  return (at !== -1 && sha256Hex(rest) === entry.hash) || entryHash(entry) === entry.hash;
}

/** Whether the line is RFC 8785 of the value that it was parsed into. */
export function isCanonicalLine(line: string, value: JsonObject): boolean {
  // JSON.stringify prints texts and numbers as RFC 8785 does, names in their own order, and lone surrogates as escapes.
  if (!line.includes("\\ud") && hasSortedNames(value)) return JSON.stringify(value) === line;
  try {
    return canonicalText(value) === line;
  } catch {
    return false; // A lone surrogate has no canonical form.
  }
}

function hasSortedNames(value: Json): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (isList(value)) return value.every(hasSortedNames);
  let last: string | null = null;
  for (const name of Object.keys(value)) {
    if (last !== null && name < last) return false;
    if (!hasSortedNames(value[name] ?? null)) return false;
    last = name;
  }
  return true;
}

/** One line of the export: RFC 8785 of the entire entry, without a line end. */
export function entryLine(entry: AuditEntry): string {
  return lineText(asJson(entry));
}

/**
 * RFC 8785, in half the time of the library: JSON.stringify prints texts and numbers in the same way, so that only the
 * order of names is left to do. The library is used if an object cannot keep that order ("10" before "9"), and for
 * lone surrogates.
 */
function lineText(value: JsonObject): string {
  const sorted = withSortedNames(value);
  const text = JSON.stringify(sorted);
  return hasSortedNames(sorted) && !text.includes("\\ud") ? text : canonicalText(value);
}

function withSortedNames(value: Json): Json {
  // Most are: `plainFact` sorted them.
  if (typeof value !== "object" || value === null || hasSortedNames(value)) return value;
  if (isList(value)) return value.map(withSortedNames);
  const sorted: Record<string, Json> = {};
  for (const name of Object.keys(value).sort()) {
    const member = value[name];
    if (member !== undefined) set(sorted, name, withSortedNames(member));
  }
  return sorted;
}

/** Facts are plain data by their types. Interfaces among them have no index signature, so the compiler needs the cast. */
export function asJson(fact: AuditFact): JsonObject {
  return fact as unknown as JsonObject;
}

function plain(value: Json): Json {
  if (typeof value === "string") return value.toWellFormed();
  if (typeof value === "boolean" || value === null) return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (typeof value !== "object") throw new Error(`${String(value)} is not allowed in an audit entry`);
  if (isList(value)) return value.map(plain);
  const copy: Record<string, Json> = {};
  for (const name of Object.keys(value).sort()) {
    const member = value[name];
    if (member !== undefined) set(copy, name.toWellFormed(), plain(member));
  }
  return copy;
}

/** Also for a member named `__proto__`, which an assignment would not create. */
function set(object: Record<string, Json>, name: string, value: Json): void {
  if (name !== "__proto__") object[name] = value;
  else Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true });
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
