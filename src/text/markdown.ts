import { withoutUnprintable } from "./characters.ts";

/**
 * A text that others wrote, as code in which nothing is markup, a mention or a link. References to characters have no
 * meaning in the structure of Markdown, and forges link nothing inside code.
 * @see https://spec.commonmark.org/0.31.2/#entity-and-numeric-character-references
 */
export function inert(text: string): string {
  const line = withoutUnprintable(text.replaceAll(/\r?\n|\t/g, " "));
  const code = line.replaceAll(ACTIVE, (character) => `&#${character.charCodeAt(0)};`);
  return code.trim() === "" ? "" : `<code>${code}</code>`;
}

/** All ASCII punctuation but `-`, `,`, `/`, `;`, and the dot, which is active in `www.` alone. */
const ACTIVE = /[!"#$%&'()*+:<=>?@[\\\]^_`{|}~]|(?<=www)\./gi;
