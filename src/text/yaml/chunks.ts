import { Lexer } from "yaml";

/** The text of one document, with the line of the file on which it begins. */
export interface Chunk {
  readonly firstLine: number;
  readonly text: string;
  /** A `%` line is in it or directly before it. */
  readonly directive: number | null;
}

/**
 * The documents of a file, each to be parsed separately: a mistake in one (even an open quote) does not affect the next.
 * `---` at the start of a line is always a boundary (YAML 1.2.2, rule c-forbidden).
 */
export function chunksOf(text: string): readonly Chunk[] {
  const lines = text.split("\n");
  const chunks: Chunk[] = [];
  let first = 0;
  let directive: number | null = null;
  const close = (end: number): void => {
    const part = lines.slice(first, end);
    const own = part.findIndex((line) => line.startsWith("%"));
    if (own >= 0) directive = first + own + 1;
    if (part.some(hasContent)) {
      chunks.push({ firstLine: first + 1, text: part.join("\n"), directive });
      directive = null;
    }
    first = end;
  };
  for (const [index, line] of lines.entries()) {
    if (index > 0 && /^---([ \t]|$)/.test(line)) close(index);
  }
  close(lines.length);
  return chunks;
}

/** Anything but white space, comments, directives and the markers themselves. */
export function hasContent(line: string): boolean {
  return !/^[ \t]*(#.*)?$|^%|^(---|\.\.\.)[ \t]*(#.*)?$/.test(line);
}

/** A larger document is refused before it is parsed: a manifest has hundreds of parts, a megabyte of brackets a million. */
export const MAX_TOKENS = 20_000;

/** The YAML parts of a text, of which the parser makes its nodes; at most one more than `MAX_TOKENS`. */
export function tokensOf(text: string): readonly string[] {
  const tokens: string[] = [];
  for (const token of new Lexer().lex(text)) {
    tokens.push(token);
    if (tokens.length > MAX_TOKENS) break;
  }
  return tokens;
}

/** The comments of a text, without blanks at their ends, sorted: a text that is written again has the same. */
export function commentsOf(text: string): readonly string[] {
  const tokens = [...new Lexer().lex(text)];
  return tokens
    .filter((token, at) => token.startsWith("#") && tokens[at - 1] !== SCALAR_FOLLOWS)
    .map((comment) => comment.trimEnd())
    .sort();
}

/** The lexer's mark before a scalar without quotes, which a block may begin with `#`. */
const SCALAR_FOLLOWS = "\u001f";
