import { canonicalText } from "../model/values/digest.ts";
import type { Json } from "../model/values/json.ts";
import { asJson } from "./canonical.ts";
import type { AuditFact } from "./entry.ts";

/** Canonical JSON escapes U+0001, so that it has this character nowhere else. */
const MARK = "\u0001";

/** What stands in the text for members of the entry that only its place in the chain decides. */
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
