import { withoutUnprintable } from "../../../text/characters.ts";
import { fenceFor } from "../../reports/markdown.ts";

/** A text of a manifest as code in one line, in which nothing is markup. */
export function code(text: string): string {
  const line = withoutUnprintable(text.replaceAll(/\r?\n|\t/g, " "));
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const ticks = "`".repeat(longest + 1);
  return longest === 0 ? `${ticks}${line}${ticks}` : `${ticks} ${line} ${ticks}`;
}

export function codeBlock(text: string, language: string): string {
  const fence = fenceFor(text);
  return `${fence}${language}\n${text.trimEnd()}\n${fence}`;
}

/** At most this number of lines, and one that counts the others. */
export function cappedText(text: string, most: number): string {
  const lines = text.trimEnd().split("\n");
  if (lines.length <= most) return lines.join("\n");
  return [...lines.slice(0, most), `# ${lines.length - most} more lines`].join("\n");
}

/** Codes, separated by commas; at most this number, and how many there are more. */
export function codes(texts: readonly string[], most: number): string {
  const shown = texts.slice(0, most).map(code).join(", ");
  return texts.length > most ? `${shown} and ${texts.length - most} more` : shown;
}
