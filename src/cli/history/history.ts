import type { HistoryRow } from "../../wording/history/history-rows.ts";
import { actorName } from "../../model/people/actor.ts";
import type { ScreenLine } from "../../text/screen-line.ts";
import type { Layout } from "../screen/layout.ts";
import { messageTable } from "../screen/message-table.ts";
import { isUnverified, NOT_VERIFIED } from "../../wording/history/unverified.ts";
import { age } from "../../wording/time.ts";

interface ShownHistory {
  readonly nowMs: number;
  /** The first entry of the record that may not be what was written; null: there is none. */
  readonly unverifiedFrom: number | null;
}

export function historyLines(
  rows: readonly HistoryRow[],
  { nowMs, unverifiedFrom }: ShownHistory,
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
    {
      title: "MESSAGE",
      texts: (row) => {
        const message = isUnverified(row, unverifiedFrom) ? `${NOT_VERIFIED} ${row.message}` : row.message;
        return row.below === "" ? [message] : [message, row.below];
      },
    },
    { rows, layout },
  );
}
