/** What a program printed, and when: milliseconds after its start. */
export interface PrintedChunk {
  readonly atMs: number;
  readonly text: string;
}

interface Look {
  readonly bold: boolean;
  readonly dim: boolean;
  readonly colour: "red" | "green" | "yellow" | "blue" | "cyan" | null;
}

/** Neighbouring characters that look the same. */
export interface Span extends Look {
  /** 0: the first column. */
  readonly column: number;
  readonly text: string;
}

/** A line of a terminal; `atMs`: when it was complete. */
export interface TerminalLine {
  readonly atMs: number;
  readonly spans: readonly Span[];
}

const PLAIN: Look = { bold: false, dim: false, colour: null };

/** The codes of SGR that a line of text may have. */
const CODES: Readonly<Record<string, Partial<Look>>> = {
  "": PLAIN,
  "0": PLAIN,
  "1": { bold: true },
  "2": { dim: true },
  "22": { bold: false, dim: false },
  "31": { colour: "red" },
  "32": { colour: "green" },
  "33": { colour: "yellow" },
  "34": { colour: "blue" },
  "36": { colour: "cyan" },
  "39": { colour: null },
};

/**
 * The lines that a terminal shows after a program printed them one below the other.
 * @throws Error for a control sequence that does more than that: the picture would not be what the terminal shows
 */
export function terminalLines(chunks: readonly PrintedChunk[]): readonly TerminalLine[] {
  const lines: TerminalLine[] = [];
  let [rest, look] = ["", PLAIN];
  for (const { atMs, text } of chunks) {
    const parts = (rest + text).split("\n");
    rest = parts.pop() ?? "";
    for (const part of parts) {
      const line = spansOf(part.replace(/\r+$/, ""), look);
      look = line.look;
      lines.push({ atMs, spans: line.spans });
    }
  }
  if (rest !== "") lines.push({ atMs: chunks.at(-1)?.atMs ?? 0, spans: spansOf(rest, look).spans });
  return lines;
}

const SGR = /\u001b\[(\d*)m/g;
/** Everything else moves the cursor, or has no width. */
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

function spansOf(line: string, before: Look): { readonly spans: readonly Span[]; readonly look: Look } {
  const spans: Span[] = [];
  let [look, column, end] = [before, 0, 0];
  const add = (text: string): void => {
    if (CONTROL.test(text))
      throw new Error(`a control character that no line of text has: ${JSON.stringify(line)}`);
    if (text !== "") spans.push({ ...look, column, text });
    column += text.length;
  };
  for (const match of line.matchAll(SGR)) {
    add(line.slice(end, match.index));
    end = match.index + match[0].length;
    const change = CODES[match[1] ?? ""];
    if (change === undefined)
      throw new Error(`a look that the picture does not have: ${JSON.stringify(match[0])}`);
    look = { ...look, ...change };
  }
  add(line.slice(end));
  return { spans, look };
}
