import type { HistoryRow } from "../../wording/history/history-rows.ts";
import { actorName } from "../../model/people/actor.ts";
import type { ScreenLine } from "../../text/screen-line.ts";
import type { Layout } from "../screen/layout.ts";
import { messageTable } from "../screen/message-table.ts";
import { age } from "../../wording/time.ts";

export function historyLines(
  rows: readonly HistoryRow[],
  nowMs: number,
  layout: Layout,
): readonly ScreenLine[] {
  if (rows.length === 0) return ["No entries found"];
  return messageTable(
    [
      { title: "ENTRY", cell: ({ entry }) => String(entry) },
      { title: "AGE", cell: ({ at }) => age(at, nowMs) },
      { title: "KIND", cell: ({ kind }) => kind },
      { title: "BY", cell: ({ by }) => (layout.isWide ? by : actorName(by)), isCut: true },
    ],
    { title: "MESSAGE", texts: ({ message, below }) => (below === "" ? [message] : [message, below]) },
    { rows, layout },
  );
}
