/** More words than this are more than one idea. */
const MOST_WORDS = 30;
/** Behind a full stop, a question mark or their closing marks, before what begins a sentence. */
const BETWEEN_SENTENCES = /(?<=[.!?][*_)"]*)\s+(?=[A-Z`*_["(<])/;
/** A list item begins a block of its own. */
const ITEM = /^([-*]|\d+\.) /;

export interface LongSentence {
  readonly line: number;
  readonly words: number;
  readonly text: string;
}

interface Block {
  readonly line: number;
  readonly text: string;
}

/** The sentences of a page of Markdown with more than 30 words; those of tables too, and code blocks left out. */
export function longSentences(page: string): readonly LongSentence[] {
  return blocksOf(page).flatMap(({ line, text }) =>
    text
      .split(BETWEEN_SENTENCES)
      .map((sentence) => ({ line, words: sentence.split(/\s+/).length, text: sentence }))
      .filter(({ words }) => words > MOST_WORDS),
  );
}

/** Paragraphs, list items and cells of tables, each as one line. */
function blocksOf(page: string): readonly Block[] {
  const blocks: Block[] = [];
  let isCode = false;
  let isOpen = false;
  for (const [at, raw] of page.split("\n").entries()) {
    const text = raw.trim();
    const isFence = text.startsWith("```");
    const isText = !isFence && !isCode && text !== "" && !text.startsWith("#");
    if (isFence) isCode = !isCode;
    const last = blocks.at(-1);
    if (!isText) isOpen = false;
    else if (text.startsWith("|")) {
      isOpen = false;
      blocks.push(...cellsOf(text).map((cell) => ({ line: at + 1, text: cell })));
    } else if (isOpen && last !== undefined && !ITEM.test(text))
      blocks[blocks.length - 1] = { line: last.line, text: `${last.text} ${text}` };
    else {
      isOpen = true;
      blocks.push({ line: at + 1, text });
    }
  }
  return blocks;
}

function cellsOf(row: string): readonly string[] {
  return row.split(/(?<!\\)\|/).map((cell) => cell.trim());
}
