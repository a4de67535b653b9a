/** Deeper than any policy; what is deeper is refused before a recursive reader sees it. */
export const MAX_DEPTH = 64;

export type DecodedDocument =
  | { readonly kind: "json"; readonly value: unknown }
  | { readonly kind: "unreadable"; readonly reason: string };

/**
 * The JSON of a document as an API returned it: RFC 3986-encoded, or plain where an adapter or Lambda gives it so.
 * Decodes once and never twice: what looks encoded inside a document is part of it.
 */
export function decodeDocument(text: string): DecodedDocument {
  const plain = text.trimStart().startsWith("{") ? text : decodeOnce(text);
  if (plain === undefined) return unreadable("it is neither JSON nor percent-encoded text");
  const parsed = parseJson(plain);
  if (parsed === undefined) return unreadable("it is not JSON");
  if (isDeeper(parsed.value, MAX_DEPTH)) return unreadable(`it is nested deeper than ${MAX_DEPTH} levels`);
  return { kind: "json", value: parsed.value };
}

/** JavaScript's parser takes any depth; what reads its result by recursion must not. */
function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function unreadable(reason: string): DecodedDocument {
  return { kind: "unreadable", reason };
}

function decodeOnce(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (levels === 0) return true;
  const members: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
  for (const member of members) if (isDeeper(member, levels - 1)) return true;
  return false;
}
