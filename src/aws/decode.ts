/**
 * An IAM document as text. IAM's answers carry it RFC 3986-encoded: it is decoded exactly once, and `+` is a plus sign.
 * Text that begins with `{` is decoded already (some emulators answer so) and is left alone, as is what cannot be
 * decoded: whoever parses it says that it is unreadable.
 */
export function decodeDocument(text: string): string {
  if (text.trimStart().startsWith("{")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
