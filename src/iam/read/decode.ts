import { findLosses } from "../../text/json/lossless.ts";
import { MAX_DEPTH } from "../../text/json/read.ts";

export type DecodedDocument =
  | { readonly kind: "json"; readonly value: unknown }
  | { readonly kind: "unreadable"; readonly reason: string };

/**
 * The JSON of a document as an API returned it: RFC 3986-encoded, or plain where an adapter or Lambda gives it so.
 * Decodes once and never twice: what looks encoded inside a document is part of it.
 */
export function decodeDocument(text: string): DecodedDocument {
  const plain = decodeOnce(text);
  if (plain === undefined) return unreadableDocument("it is neither JSON nor percent-encoded text");
  const parsed = parseJson(plain);
  if (parsed === undefined) return unreadableDocument("it is not JSON");
  const names = namesIn(parsed.value, MAX_DEPTH);
  if (names === undefined) return unreadableDocument(`it is nested deeper than ${MAX_DEPTH} levels`);
  const losses = findLosses(plain);
  if (losses.names !== names) return unreadableDocument("an object has the same name twice");
  if (losses.outOfRange !== null)
    return unreadableDocument(`the number ${losses.outOfRange} is out of range`);
  return { kind: "json", value: losses.kept === plain ? parsed.value : JSON.parse(losses.kept) };
}

/** The value of a text with faults that JavaScript overlooks too; undefined for what is no JSON. It only serves to find out what the text is about. */
export function looseValue(text: string): unknown {
  return parseJson(decodeOnce(text.replace(/^\uFEFF/, "")) ?? "")?.value;
}

/** JavaScript's parser takes any depth; what reads its result by recursion must not. */
function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

export function unreadableDocument(
  reason: string,
): Extract<DecodedDocument, { readonly kind: "unreadable" }> {
  return { kind: "unreadable", reason };
}

function decodeOnce(text: string): string | undefined {
  if (text.trimStart().startsWith("{")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** How many members the objects have together, undefined when they are nested deeper than `levels`. */
function namesIn(value: unknown, levels: number): number | undefined {
  if (typeof value !== "object" || value === null) return 0;
  if (levels === 0) return undefined;
  const isList = Array.isArray(value);
  const members: readonly unknown[] = isList ? value : Object.values(value);
  let names = isList ? 0 : members.length;
  for (const member of members) {
    const inside = namesIn(member, levels - 1);
    if (inside === undefined) return undefined;
    names += inside;
  }
  return names;
}
