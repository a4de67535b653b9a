/** Deeper than any policy; what is deeper is refused before a recursive reader sees it. */
const MAX_DEPTH = 64;

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
  if (isTooDeep(plain)) return unreadable(`it is nested deeper than ${MAX_DEPTH} levels`);
  try {
    return { kind: "json", value: JSON.parse(plain) };
  } catch {
    return unreadable("it is not JSON");
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

function isTooDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at];
    if (inString && letter === "\\") at += 1;
    else if (letter === '"') inString = !inString;
    else if (!inString && (letter === "{" || letter === "[")) depth += 1;
    else if (!inString && (letter === "}" || letter === "]")) depth -= 1;
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}
