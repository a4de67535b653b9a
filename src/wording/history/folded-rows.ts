import type { EntryFilter } from "../../model/entries/entry-filter.ts";
import type { HistoryRow } from "./history-rows.ts";

/**
 * The lines of a screen: a plan or revision that was held again and again, such as after each start, is one line at its newest
 * entry. An answer ends it: what is held after that is another line. A filter by kind or name may leave out answers, so that
 * nothing is combined.
 * @param rows newest first
 */
export function foldedRows(
  rows: readonly HistoryRow[],
  { kinds, by }: Pick<EntryFilter, "kinds" | "by">,
): readonly HistoryRow[] {
  if (kinds !== null || by !== null) return rows;
  const groups = new Map<string, HistoryRow[]>();
  let answers = 0;
  for (const row of rows) {
    if (ANSWERS.has(row.kind)) answers += 1;
    const name = row.kind === HELD ? JSON.stringify([answers, row.by, row.message]) : `entry ${row.entry}`;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [row]);
    else group.push(row);
  }
  return [...groups.values()].flatMap(foldedRow);
}

const HELD = "held";
const ANSWERS: ReadonlySet<string> = new Set(["approved", "rejected"]);

function foldedRow(group: readonly HistoryRow[]): readonly HistoryRow[] {
  const [newest] = group;
  const oldest = group.at(-1);
  if (newest === undefined || oldest === undefined || group.length === 1) return group;
  // Older entries may not be among the rows.
  const times = `${group.length} times, here since entry ${oldest.entry}`;
  return [
    {
      ...newest,
      below: newest.below === "" ? times : `${newest.below}; ${times}`,
      events: group.flatMap(({ events }) => events),
    },
  ];
}
