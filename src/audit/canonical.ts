import { canonicalText, sha256Hex } from "../model/digest.ts";
import type { Json, JsonObject } from "../model/json.ts";
import type { AuditEntry, AuditFact } from "./entry.ts";

/**
 * The fact as plain data that has canonical bytes: absent members dropped, lone surrogates replaced
 * (RFC 8785 has no bytes for them, and a text that people sent must not keep an entry out of the record).
 * @throws Error when it is not plain data, such as a number that is not finite
 */
export function plainFact(fact: AuditFact): AuditFact {
  return JSON.parse(canonicalText(wellFormed(asJson(fact)))) as AuditFact;
}

/** SHA-256 (hex) over RFC 8785 of the entry without its hash. */
export function entryHash(entry: AuditFact & { readonly hash?: string }): string {
  const { hash: _, ...rest } = entry;
  return sha256Hex(canonicalText(asJson(rest)));
}

/** One line of the export: RFC 8785 of the whole entry, without a line end. */
export function entryLine(entry: AuditEntry): string {
  return canonicalText(asJson(entry));
}

/** Facts are plain data by their types; interfaces among them have no index signature that would say so. */
export function asJson(fact: AuditFact): JsonObject {
  return fact as unknown as JsonObject;
}

function wellFormed(value: Json): Json {
  if (typeof value === "string") return value.toWellFormed();
  if (typeof value !== "object" || value === null) return value;
  if (isList(value)) return value.map(wellFormed);
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name.toWellFormed(), wellFormed(member)]),
  );
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
