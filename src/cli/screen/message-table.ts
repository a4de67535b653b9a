import stringWidth from "string-width";
import { type ScreenLine, type Tone, toned } from "../../text/screen-line.ts";
import { cleanLine } from "./paint.ts";
import type { Layout } from "./layout.ts";
import { tableRows, type Column } from "./table.ts";
import { wrapped } from "../../text/layout/wrap.ts";

/** The last column of a table: sentences that are never cut, since two rows often differ only at their end. */
export interface MessageColumn<Row> {
  readonly title: string;
  /** Of the lines that have nothing but the message; absent: none, however the continuation of a text begins. */
  readonly tone?: (row: Row) => Tone | null;
  /** Each begins in a line of its own. */
  readonly texts: (row: Row) => readonly string[];
}

/** A message that has less space begins to read like a column of words. */
const NARROWEST_MESSAGE = 30;
const BETWEEN = 2;
/** What a message begins with that is below its row. */
const INDENT = "  ";

/**
 * A table whose messages end their rows, or continue below their own column. Where names that are never cut leave no space
 * for that column, every message is below its row. In a pipe no message is broken.
 */
export function messageTable<Row>(
  columns: readonly Column<Row>[],
  message: MessageColumn<Row>,
  shown: ShownRows<Row>,
): readonly ScreenLine[] {
  return messageTableRows(columns, message, shown).flat();
}

/** The lines of the head, then those of each row. */
export function messageTableRows<Row>(
  columns: readonly Column<Row>[],
  message: MessageColumn<Row>,
  shown: ShownRows<Row>,
): readonly (readonly ScreenLine[])[] {
  const { tone = () => null } = message;
  const lines = shown.rows.map((): ScreenLine[] => []);
  const head: ScreenLine[] = [];
  for (const { text, at, isMessage } of messageRows(columns, message, shown)) {
    const row = shown.rows[at - 1];
    if (row === undefined) head.push(...toned("head", [text]));
    else lines[at - 1]?.push(...(isMessage ? toned(tone(row), [text]) : [text]));
  }
  return [head, ...lines];
}

export interface ShownRows<Row> {
  readonly rows: readonly Row[];
  readonly layout: Layout;
}

interface RowLine {
  readonly text: string;
  /** 0: the head; otherwise the number of the row, from 1. */
  readonly at: number;
  /** The line has nothing but the message of its row. */
  readonly isMessage: boolean;
}

function messageRows<Row>(
  columns: readonly Column<Row>[],
  { title, texts }: MessageColumn<Row>,
  { rows, layout }: ShownRows<Row>,
): readonly RowLine[] {
  const messages = rows.map((row) => texts(row).map(cleanLine));
  const fits = (lines: readonly string[]): boolean =>
    lines.every((line) => stringWidth(line) <= layout.rowWidth);
  const uncutRows = tableRows(columns, rows, layout);
  const narrow = tableRows(columns, rows, {
    ...layout,
    rowWidth: layout.rowWidth - BETWEEN - NARROWEST_MESSAGE,
  });
  for (const [heads, rowWidth] of [
    [uncutRows, Infinity],
    [narrow, layout.rowWidth],
  ] as const) {
    if (heads.some(({ length }) => length > 1)) continue;
    const lines = withMessages(heads.flat(), [[title], ...messages], rowWidth);
    if (fits(lines.map(({ text }) => text))) return lines;
  }
  return uncutRows.flatMap((row, at) => [
    ...row.map((text) => ({ text, at, isMessage: false })),
    ...messageLines(messages[at - 1] ?? [], layout.width, INDENT).map((text) => ({
      text,
      at,
      isMessage: true,
    })),
  ]);
}

function withMessages(
  heads: readonly string[],
  messages: readonly (readonly string[])[],
  rowWidth: number,
): readonly RowLine[] {
  const width = Math.max(...heads.map((head) => stringWidth(head))) + BETWEEN;
  return heads.flatMap((head, at) => {
    const lines = messageLines(messages[at] ?? [], rowWidth - width, "");
    if (lines.length === 0) return [{ text: head, at, isMessage: false }];
    return lines.map((line, part) => ({
      text: `${padded(part === 0 ? head : "", width)}${line}`,
      at,
      isMessage: part > 0,
    }));
  });
}

function messageLines(texts: readonly string[], width: number, indent: string): readonly string[] {
  return texts.flatMap((text) => wrapped(text, width, { first: indent, next: indent }));
}

function padded(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - stringWidth(text)));
}
