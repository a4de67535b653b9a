import { canonicalText } from "../model/values/digest.ts";
import type { Json } from "../model/values/json.ts";
import { parsedJson } from "../text/json-values.ts";
import { err, ok, type Result } from "../model/values/result.ts";
import { asJson, entryHash, hasOwnHash, isCanonicalLine, isTooDeep, MAX_DEPTH } from "./canonical.ts";
import type { AuditEntry, AuditFact } from "./entry.ts";

/** The end of a chain: the hash that the next entry refers to. */
export interface ChainHead {
  readonly seq: number;
  readonly hash: string;
}

/** Before the first entry. */
export const CHAIN_START: ChainHead = { seq: 0, hash: "0".repeat(64) };

/** The fact as the next entry. `fact` comes from `plainFact`; `at` is ISO 8601 UTC with milliseconds. */
export function nextEntry(head: ChainHead, fact: AuditFact, at: string): AuditEntry {
  const open = { ...fact, seq: head.seq + 1, at, prev: head.hash };
  return { ...open, hash: entryHash(open) };
}

const WRONG_HASH = "its content does not have the hash that it names";
const TOO_DEEP = `it is nested deeper than ${MAX_DEPTH} levels`;

/** Why the entry is not the one that was hashed; null if it is. */
export function contentProblem(entry: AuditEntry): string | null {
  if (isTooDeep(asJson(entry))) return TOO_DEEP;
  return entryHash(entry) === entry.hash ? null : WRONG_HASH;
}

/** Parses a line of an export as an entry, if it has exactly the bytes that were hashed. */
export function readEntry(line: string): Result<AuditEntry, string> {
  const value = parsedJson(line);
  if (!hasPlace(value))
    return err("the line is not an entry: it is not a JSON object with seq, at, kind, prev, hash");
  if (isTooDeep(asJson(value))) return err(TOO_DEEP);
  // Readers may understand another spelling of the entry differently (a member named twice).
  if (!isCanonicalLine(line, asJson(value))) return err("the line is not in canonical form (RFC 8785)");
  if (!hasOwnHash(line, value)) return err(WRONG_HASH);
  return ok(value);
}

/** Why the entry can't follow `head`; null if it can. */
export function linkProblem(
  head: ChainHead,
  entry: { readonly seq: number; readonly prev: string },
): string | null {
  const due = head.seq + 1;
  if (entry.seq !== due) return `entry ${due} is missing: entry ${entry.seq} is in its place`;
  return entry.prev === head.hash ? null : "it does not name the hash of the entry before it";
}

/** Checks only the members that the chain needs. The others are as their writer hashed them. */
function hasPlace(value: unknown): value is AuditEntry {
  if (typeof value !== "object" || value === null) return false;
  const members = value as Readonly<Record<string, unknown>>;
  const texts = ["at", "kind", "prev", "hash"].every((name) => typeof members[name] === "string");
  return texts && Number.isSafeInteger(members["seq"]);
}

/** Canonical JSON escapes U+0001, so that it has this character nowhere else. */
const MARK = "\u0001";

/** The text in place of members of the entry that only its place in the chain decides. */
export const PLACEHOLDERS = { at: `${MARK}a`, prev: `${MARK}p`, seq: `${MARK}s` } as const;

const PLACED: Readonly<Record<string, string>> = {
  at: `"${PLACEHOLDERS.at}"`,
  prev: `"${PLACEHOLDERS.prev}"`,
  seq: PLACEHOLDERS.seq,
};

/**
 * The text that is hashed for the entry of this fact: RFC 8785 of the entry without its hash, with placeholders for what is
 * not known yet. A database replaces them while it holds the head of the chain.
 * @param fact a result of `plainFact`
 */
export function textToHash(fact: AuditFact): string {
  const members: Readonly<Record<string, Json | undefined>> = asJson(fact);
  const names = [...Object.keys(members), ...Object.keys(PLACED)].sort();
  const texts = names.map(
    (name) => `${JSON.stringify(name)}:${PLACED[name] ?? canonicalText(members[name] ?? null)}`,
  );
  return `{${texts.join(",")}}`;
}
