/**
 * An IAM document as text. IAM sends it RFC 3986-encoded: it is decoded exactly once, and `+` is a plus sign. Text that
 * starts with `{` is already decoded (some emulators send it so) and stays unchanged. So does text that cannot be
 * decoded: the parser reports it as unreadable.
 */
export function documentText(text: string): string {
  if (text.trimStart().startsWith("{")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
