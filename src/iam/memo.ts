import type { DocumentContext } from "./document.ts";

/** How much text a memo keeps alive, with a share for what was made of it: thousands of documents of the usual size. */
const MAX_CHARACTERS = 6_000_000;

/**
 * Remembers a pure function of (text, context). Bounded by the characters of the texts; when full it forgets all,
 * which costs less than keeping an order.
 */
export function createMemo<T>(
  read: (text: string, context: DocumentContext) => T,
): (text: string, context: DocumentContext) => T {
  const byContext = new Map<string, Map<string, T>>();
  let characters = 0;
  return (text, context) => {
    const place = `${context.dialect} ${context.partition} ${context.accountId}`;
    const known = byContext.get(place)?.get(text);
    if (known !== undefined) return known;
    if (characters > MAX_CHARACTERS) {
      byContext.clear();
      characters = 0;
    }
    const made = read(text, context);
    const byTexts = byContext.get(place) ?? new Map<string, T>();
    byContext.set(place, byTexts.set(text, made));
    characters += text.length + 200;
    return made;
  };
}
