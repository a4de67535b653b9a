import { hideCredentials, hideSecrets } from "../model/credential-text.ts";

/** Of the path of a file that is read (`isSafePath`). */
export const MAX_PATH_LENGTH = 1_024;

/** Characters that a terminal obeys, that end a line, or that reorder or hide what stands beside them. */
const UNPRINTABLE = /[\p{Cc}\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u;
const ALL_UNPRINTABLE = new RegExp(UNPRINTABLE, "gu");

export function isPrintable(text: string): boolean {
  return !UNPRINTABLE.test(text);
}

/** One line for people: unprintable characters become spaces, runs of white space one, and the rest is cut. */
export function cleanLine(text: string, maxLength: number): string {
  const line = text.replace(ALL_UNPRINTABLE, " ").replace(/\s+/g, " ").trim();
  return line.length <= maxLength ? line : `${line.slice(0, maxLength - 1)}…`;
}

/**
 * A name as people can read and search it: `a\x0ab.yaml`. A safe path stays whole: what a file held when it was read last
 * is looked up by its path.
 */
export function visibleName(name: string): string {
  const visible = name.replace(ALL_UNPRINTABLE, (found) => {
    const code = found.codePointAt(0) ?? 0;
    return code < 0x100
      ? `\\x${code.toString(16).padStart(2, "0")}`
      : `\\u${code.toString(16).padStart(4, "0")}`;
  });
  return visible.length <= MAX_PATH_LENGTH ? visible : `${visible.slice(0, MAX_PATH_LENGTH - 1)}…`;
}

/** The answer of a server or of Git, for people: no secrets in any encoding, no credentials in URLs, one line. */
export function cleanServerText(text: string, secrets: readonly string[]): string {
  return cleanLine(hideCredentials(hideSecrets(text, secrets)), 500);
}
