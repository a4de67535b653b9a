import { cutText } from "../../text/cut.ts";
import { escapeOf, replaceUnprintable } from "../../text/characters.ts";
import { hideCredentials, hideSecrets } from "../../model/values/credential-text.ts";

/** The length of the longest path of a file that is read (`isSafePath`). */
export const MAX_PATH_LENGTH = 1_024;

/**
 * One readable line: unprintable characters become spaces, a run of white space becomes one space, and a long text is
 * cut.
 */
export function cleanSourceLine(text: string, maxLength: number): string {
  const line = replaceUnprintable(text, () => " ")
    .replace(/\s+/g, " ")
    .trim();
  return cutText(line, maxLength);
}

/**
 * The name with its unprintable characters escaped, so that people can read and search it: `a\x0ab.yaml`. A safe path
 * is not cut, because the last content of a file is looked up by its path.
 */
export function visibleName(name: string): string {
  const visible = replaceUnprintable(name, (found) => {
    const code = found.charCodeAt(0);
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : escapeOf(found);
  });
  return cutText(visible, MAX_PATH_LENGTH);
}

/**
 * The answer of a server or of Git as one readable line, without secrets in any encoding and without credentials in
 * URLs.
 */
export function cleanServerText(text: string, secrets: readonly string[]): string {
  return cleanSourceLine(hideCredentials(hideSecrets(text, secrets)), 500);
}
