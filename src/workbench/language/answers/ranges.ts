import type { Range } from "vscode-languageserver";
import type { Position } from "../../../text/located/positions.ts";

/** The protocol counts lines and characters from 0, in UTF-16 code units. */
export function protocolPosition({ line, column }: Position): Range["start"] {
  return { line: Math.max(0, line - 1), character: Math.max(0, column - 1) };
}

export function positionOf({ line, character }: Range["start"]): Position {
  return { line: line + 1, column: character + 1 };
}

/** From a place to the end of the word, the quoted text or the variable that begins there. */
export function wordRange(place: Position, lines: readonly string[] | null): Range {
  const start = protocolPosition(place);
  const text = lines?.[start.line] ?? "";
  return {
    start,
    end: { line: start.line, character: Math.max(start.character, wordEnd(text, start.character)) },
  };
}

const QUOTED = /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')/;
/** Without what ends a plain text in YAML: a comment, the colon after a name, and the marks of lists and objects. */
const PLAIN = /^(?:(?!\s#|:(?=\s|$)|[,[\]{}]).)+/;

/** At least one character, so that a place is visible. */
export function wordEnd(line: string, from: number): number {
  const rest = line.slice(from);
  const word = (QUOTED.exec(rest) ?? PLAIN.exec(rest))?.[0].trimEnd() ?? "";
  return Math.min(Math.max(line.length, from), from + Math.max(1, word.length));
}
