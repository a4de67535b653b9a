import { sha256Hex } from "../model/values/digest.ts";
import { ok, type Result } from "../model/values/result.ts";
import { canonicalObject, memberNamed, valueText, type CanonicalObject } from "./canonical-object.ts";
import { parsedLink, type Link } from "./link.ts";

/**
 * A line of an export as a link, or why it is not an entry. Lines are independent and can be read in parallel. An
 * ordinary entry is proved in its text; only the others are parsed.
 */
export function readLink(line: string): Result<Link, string> {
  const proved = provedLink(line);
  return proved === null ? parsedLink(line) : ok(proved);
}

/** The link of a line that is certainly an entry with its own hash; null proves nothing. */
function provedLink(line: string): Link | null {
  const object = canonicalObject(line);
  const hash = object === null ? null : plainText(object, "hash");
  if (object === null || hash === null || sha256Hex(withoutHash(object)) !== hash) return null;
  const prev = plainText(object, "prev");
  const kind = plainText(object, "kind");
  const seq = integer(object, "seq");
  if (prev === null || kind === null || seq === null || plainText(object, "at") === null) return null;
  const part = provedPart(kind, object);
  return part === null ? null : { seq, prev, hash, part };
}

/** What a walk needs of an entry of this kind; null: it must be parsed. */
export function provedPart(kind: string, members: CanonicalObject): Link["part"] | null {
  if (kind === "checkpoint" || kind === "entries-removed") return null;
  if (kind === "write-intended") return { kind: "intent" };
  if (kind !== "write-finished") return { kind: "other" };
  const intent = integer(members, "intent");
  return intent === null ? null : { kind: "outcome", intent };
}

/** `kind` follows `hash` in every entry, so that there is a comma to remove. */
function withoutHash(object: CanonicalObject): string {
  const place = memberNamed(object, "hash");
  if (place === undefined) return object.text;
  return object.text.slice(0, place.nameStart - 1) + object.text.slice(place.end + 1);
}

/** A text without escapes; null if the member is not one. */
function plainText(object: CanonicalObject, name: string): string | null {
  const value = valueText(object, name);
  return value?.startsWith('"') === true && !value.includes("\\") ? value.slice(1, -1) : null;
}

function integer(object: CanonicalObject, name: string): number | null {
  const value = valueText(object, name);
  return value !== undefined && /^-?\d+$/.test(value) ? Number(value) : null;
}
