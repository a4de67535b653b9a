import stringWidth from "string-width";
import type { HistoryRow } from "./history-rows.ts";
import type { Layout } from "../screen/layout.ts";
import { table, type Column } from "../screen/table.ts";
import { age } from "../screen/time.ts";
import { wrapped } from "../screen/wrap.ts";

/** A message that has less room begins to read like a column of words. */
const NARROWEST_MESSAGE = 30;
const BETWEEN = 2;
/** What a message begins with that is below its row. */
const INDENT = "  ";

/**
 * The history as a table; a long message continues below its own column. Where a name that is never cut leaves no room for
 * that column, every message is below its row.
 */
export function historyLines(rows: readonly HistoryRow[], nowMs: number, layout: Layout): readonly string[] {
  if (rows.length === 0) return ["No entries found"];
  const columns: readonly Column<HistoryRow>[] = [
    { title: "ENTRY", cell: ({ entry }) => String(entry) },
    { title: "AGE", cell: ({ at }) => age(at, nowMs) },
    { title: "KIND", cell: ({ kind }) => kind },
    { title: "BY", cell: ({ by }) => by, isCut: true },
  ];
  const lines = withMessages(rows, columns, layout);
  if (lines.every((line) => stringWidth(line) <= layout.width)) return lines;
  const [title = "", ...heads] = table(columns, rows, layout);
  return [title, ...heads.flatMap((head, at) => [head, ...messageLines(rows[at], layout.width, INDENT)])];
}

function withMessages(
  rows: readonly HistoryRow[],
  columns: readonly Column<HistoryRow>[],
  layout: Layout,
): readonly string[] {
  const rowWidth = layout.rowWidth - BETWEEN - NARROWEST_MESSAGE;
  const heads = table(columns, rows, { ...layout, rowWidth });
  const width = Math.max(...heads.map((line) => stringWidth(line))) + BETWEEN;
  const room = Math.max(NARROWEST_MESSAGE, layout.width - width);
  const messages = [["MESSAGE"], ...rows.map((row) => messageLines(row, room, ""))];
  return heads.flatMap((head, at) =>
    (messages[at] ?? []).map(
      (line, part) => `${part === 0 ? padded(head, width) : " ".repeat(width)}${line}`,
    ),
  );
}

function messageLines(row: HistoryRow | undefined, width: number, indent: string): readonly string[] {
  if (row === undefined) return [];
  const texts = row.below === "" ? [row.message] : [row.message, row.below];
  return texts.flatMap((text) => wrapped(text, width, { first: indent, next: indent }));
}

function padded(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - stringWidth(text)));
}
