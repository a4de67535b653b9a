/**
 * The one table of characters that a reader cannot see, or that change what a reader sees: control characters, which a
 * terminal obeys, format characters, which hide, join or reorder their neighbours, and separators of lines.
 */
const CONTROL = "\\p{Cc}";
const SEPARATOR = "\\p{Zl}\\p{Zp}";
const INVISIBLE = `\\p{Cf}${SEPARATOR}`;
/** Format characters without a use in a text of any language: the others join letters and emoji. */
const HARMFUL_FORMAT = "\\u00ad\\ufeff\\p{Bidi_Control}";
const NO_CHARACTER = "\\p{Noncharacter_Code_Point}\\p{Surrogate}";

const UNPRINTABLE = new RegExp(`[${CONTROL}${INVISIBLE}]`, "u");
const ALL_UNPRINTABLE = new RegExp(UNPRINTABLE, "gu");
const ALL_UNPRINTABLE_IN_LINES = new RegExp(`[[${CONTROL}${INVISIBLE}]--[\\n]]`, "gv");
/** A class of the flag `v`: what takes no ink, or looks like the blank that it is not. */
export const NOT_VISIBLE = `[[${INVISIBLE}\\p{Zs}]--[ ]]`;

const REFUSED = `${CONTROL}${SEPARATOR}${HARMFUL_FORMAT}${NO_CHARACTER}`;
const REFUSED_IN_VALUE = new RegExp(`[${REFUSED}]`, "u");
/** In a file, tabs and line feeds are layout. */
const REFUSED_IN_TEXT = new RegExp(`[[${REFUSED}]--[\\t\\n]]`, "v");

/** Offset of the first character that a file may not contain, -1 if there is none. */
export function refusedInText(text: string): number {
  return text.search(REFUSED_IN_TEXT);
}

/**
 * Offset of the first character that a value may not contain, -1 if there is none. A lone surrogate is one of them: it
 * has no UTF-8 form, so that another character would be sent to AWS.
 */
export function refusedInValue(text: string): number {
  return text.search(REFUSED_IN_VALUE);
}

/** True for a text of one line that shows all of its characters. */
export function isPrintable(text: string): boolean {
  return !UNPRINTABLE.test(text);
}

/** The text with a replacement for each unprintable character, line feeds included. */
export function replaceUnprintable(text: string, replacement: (character: string) => string): string {
  return text.replace(ALL_UNPRINTABLE, replacement);
}

/** The text of several lines without unprintable characters. */
export function withoutUnprintable(text: string): string {
  return text.replace(ALL_UNPRINTABLE_IN_LINES, "");
}

/** Laid out JSON with escapes for its unprintable characters: the same value. */
export function escapedJson(json: string): string {
  return json.replace(ALL_UNPRINTABLE_IN_LINES, escapeOf);
}

/** A character as JSON escapes it: one escape for each code unit. */
export function escapeOf(character: string): string {
  return Array.from(
    { length: character.length },
    (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`,
  ).join("");
}

/** `U+000D`, for a message that must not repeat the character itself. */
export function characterName(text: string, offset: number): string {
  return `U+${Number(text.codePointAt(offset)).toString(16).toUpperCase().padStart(4, "0")}`;
}
