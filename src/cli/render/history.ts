import type { HistoryRow } from "./history-rows.ts";
import type { Layout } from "./layout.ts";
import { table, type Column } from "./table.ts";
import { age } from "./time.ts";
import { wrapped } from "./wrap.ts";

/** A message that has less room begins to read like a column of words. */
const NARROWEST_MESSAGE = 30;
const BETWEEN = 2;

/** The history as a table; a long message continues below its own column. */
export function historyLines(rows: readonly HistoryRow[], nowMs: number, layout: Layout): readonly string[] {
  if (rows.length === 0) return ["No entries found"];
  const columns: readonly Column<HistoryRow>[] = [
    { title: "ENTRY", cell: ({ entry }) => String(entry) },
    { title: "AGE", cell: ({ at }) => age(at, nowMs) },
    { title: "KIND", cell: ({ kind }) => kind },
    { title: "BY", cell: ({ by }) => by, isCut: true },
  ];
  const heads = table(columns, rows, {
    ...layout,
    rowWidth: layout.rowWidth - BETWEEN - NARROWEST_MESSAGE,
  });
  const width = Math.max(...heads.map((line) => line.length)) + BETWEEN;
  const wrap = (text: string): readonly string[] =>
    wrapped(text, Math.max(NARROWEST_MESSAGE, layout.width - width));
  const messages = [
    ["MESSAGE"],
    ...rows.map(({ message, below }) => [message, ...(below === "" ? [] : [below])].flatMap(wrap)),
  ];
  return heads.flatMap((head, at) =>
    (messages[at] ?? []).map((line, part) => `${(part === 0 ? head : "").padEnd(width)}${line}`.trimEnd()),
  );
}
