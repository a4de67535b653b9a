import type { DocumentContext } from "../document.ts";

/**
 * How much text a memo keeps alive, with a share for what was made of it: a few hundred documents of the usual size, some
 * two megabytes. The stages of a pass read the documents of one role shortly after each other. Fifteen times as much takes
 * 8 MB more in a controller of 1,000 bindings, and saves nothing at 10,000 (npm run bench).
 */
const MAX_CHARACTERS = 400_000;

/**
 * Remembers a pure function of (text, context). Bounded by the characters of the texts; when full it forgets all,
 * which costs less than keeping an order.
 */
export function createMemo<T>(
  read: (text: string, context: DocumentContext) => T,
): (text: string, context: DocumentContext) => T {
  const byContext = new Map<string, Map<string, T>>();
  let characters = 0;
  let last: { readonly context: DocumentContext; readonly texts: Map<string, T> } | null = null;
  const textsOf = (context: DocumentContext): Map<string, T> => {
    if (last?.context === context) return last.texts;
    const place = `${context.dialect} ${context.partition} ${context.accountId}`;
    const texts = byContext.get(place) ?? new Map<string, T>();
    byContext.set(place, texts);
    last = { context, texts };
    return texts;
  };
  return (text, context) => {
    const known = textsOf(context).get(text);
    if (known !== undefined) return known;
    if (characters > MAX_CHARACTERS) {
      byContext.clear();
      last = null;
      characters = 0;
    }
    const made = read(text, context);
    textsOf(context).set(text, made);
    characters += text.length + 200;
    return made;
  };
}
