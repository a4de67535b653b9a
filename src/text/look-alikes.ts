import { characterName, escapeOf, NOT_VISIBLE } from "./characters.ts";

/**
 * Characters that no one sees, or that look like a Latin letter: copied from a web page or a chat, they make a name that
 * differs from the one that it looks like.
 */
const DECEPTIVE = new RegExp(
  `${NOT_VISIBLE}|[\\p{Script=Cyrillic}\\p{Script=Greek}\\p{Script=Armenian}\\u2018-\\u201f\\u2010-\\u2015\\u2212\\uff01-\\uff5e]`,
  "v",
);
const ALL_DECEPTIVE = new RegExp(DECEPTIVE.source, "gv");
const INVISIBLE = new RegExp(NOT_VISIBLE, "v");

/** Latin letters and signs, each with the characters that look like it. */
const LATIN: readonly (readonly [latin: string, others: string])[] = [
  ["a", "аα"],
  ["b", "Ь"],
  ["c", "сϲ"],
  ["d", "ԁ"],
  ["e", "е"],
  ["h", "һ"],
  ["i", "іι"],
  ["j", "ј"],
  ["k", "к"],
  ["l", "ӏ"],
  ["m", "м"],
  ["n", "ո"],
  ["o", "оοօ"],
  ["p", "рρ"],
  ["q", "ԛ"],
  ["s", "ѕ"],
  ["t", "т"],
  ["u", "սυ"],
  ["v", "ν"],
  ["w", "ԝ"],
  ["x", "хχ"],
  ["y", "уγ"],
  ["A", "АΑ"],
  ["B", "ВΒ"],
  ["C", "С"],
  ["E", "ЕΕ"],
  ["H", "НΗ"],
  ["I", "ІΙ"],
  ["K", "КΚ"],
  ["M", "МΜ"],
  ["N", "Ν"],
  ["O", "ОΟ"],
  ["P", "РΡ"],
  ["S", "Ѕ"],
  ["T", "ТΤ"],
  ["X", "ХΧ"],
  ["Y", "Υ"],
  ["-", "‐‑‒–—―−"],
  ["'", "‘’‚‛"],
  ['"', "“”„‟"],
];
const LOOKS_LIKE: ReadonlyMap<string, string> = new Map(
  LATIN.flatMap(([latin, others]) => Array.from(others, (other) => [other, latin] as const)),
);

/** How to correct a text with such a character; null for a text without one. */
export function deceptiveHint(text: string): string | null {
  const found = DECEPTIVE.exec(text)?.[0];
  if (found === undefined) return null;
  const name = characterName(found, 0);
  const latin = LOOKS_LIKE.get(found) ?? fullWidth(found);
  if (latin !== undefined) return `replace ${name}, which looks like ${latin}, with the ASCII character`;
  return INVISIBLE.test(found) ? `remove ${name}, which is not visible` : `replace ${name} by hand`;
}

/** True for a text with a character that no one sees, or with a blank that is not the ASCII one. */
export function hasInvisible(text: string): boolean {
  return INVISIBLE.test(text);
}

/** The text with escapes in the place of such characters, as JSON writes them. */
export function withEscapes(text: string): string {
  return text.replace(ALL_DECEPTIVE, escapeOf);
}

function fullWidth(character: string): string | undefined {
  const code = Number(character.codePointAt(0));
  return code >= 0xff01 && code <= 0xff5e ? String.fromCharCode(code - 0xfee0) : undefined;
}
