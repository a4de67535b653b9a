import stringWidth from "string-width";

/** Texts that are copied to a shell: a line break inside would change what runs. */
const COMMAND = /^(grantkeeper|aws|git|npm|kubectl|export|chmod) /;
/** A quoted text stays in one line up to this width; a longer one wraps like the rest. */
const LONGEST_UNBROKEN = 60;

/** A sign at the end of a line would be without what it is about: `- policy "x"` stays in one line. */
const SIGN = /(^| )[-+~=!]( policy| statement| tag)?$/;

interface Indent {
  /** What the first line begins with: `error: `. */
  readonly first: string;
  /** What the lines after it begin with. */
  readonly next: string;
}

const NO_INDENT: Indent = { first: "", next: "" };

/**
 * A text in lines of at most `width` columns. A word is never broken, so a target or digest may pass the margin; nor is
 * a quoted text, nor a text that is one command.
 */
export function wrapped(text: string, width: number, { first, next }: Indent = NO_INDENT): readonly string[] {
  if (isCommand(text)) return [`${first}${text}`];
  const lines: string[] = [];
  let line = "";
  for (const word of wordsOf(text)) {
    const indent = lines.length === 0 ? first : next;
    if (line !== "" && stringWidth(`${indent}${line} ${word}`.trimEnd()) > width) {
      lines.push(`${indent}${line.trimEnd()}`);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, `${lines.length === 0 ? first : next}${line}`];
}

export function isCommand(text: string): boolean {
  return COMMAND.test(text);
}

/** Further blanks between two words stay with the first one: they separate the columns of a line. */
function wordsOf(text: string): readonly string[] {
  return text
    .trim()
    .split(/ (?! )/)
    .reduce<string[]>((words, word) => {
      const before = words.at(-1);
      const isUnbroken = before !== undefined && (quotes(before) % 2 === 1 || SIGN.test(before));
      if (isUnbroken && stringWidth(`${before} ${word}`) <= LONGEST_UNBROKEN)
        words.splice(-1, 1, `${before} ${word}`);
      else words.push(word);
      return words;
    }, []);
}

function quotes(text: string): number {
  return text.split('"').length - 1;
}

/** A line of a screen in at most `width` columns: what does not fit continues below, two blanks further in. */
export function continued(line: string, width: number): readonly string[] {
  const indent = line.slice(0, line.length - line.trimStart().length);
  if (stringWidth(line) <= width) return [line];
  return wrapped(line.slice(indent.length), width, { first: indent, next: `${indent}  ` });
}

const SEGMENTER = new Intl.Segmenter("en", { granularity: "grapheme" });

/** The text in at most `width` columns; what is cut off leaves a `…`. */
export function cut(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let kept = "";
  for (const { segment } of SEGMENTER.segment(text)) {
    if (stringWidth(`${kept}${segment}…`) > width) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
}

/** The same for a text whose end is what distinguishes it: `…/teams.yaml:17`. */
export function cutStart(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let kept = "";
  for (const { segment } of [...SEGMENTER.segment(text)].reverse()) {
    if (stringWidth(`…${segment}${kept}`) > width) break;
    kept = `${segment}${kept}`;
  }
  return `…${kept.trimStart()}`;
}
