import type { History } from "./exported-history.ts";
import { printLines } from "./print.ts";
import { historyLines } from "./render/history.ts";
import { historyRows, NO_RESULT, type HistoryRow } from "./render/history-rows.ts";
import { layoutOf } from "./render/layout.ts";
import type { Toolbox } from "./toolbox.ts";

const EVERY_MS = 2_000;

/** Prints the history, oldest first, then each new line until interrupted. A write is printed when its result is known. */
export async function appendNewRows(read: () => Promise<History>, toolbox: Toolbox): Promise<void> {
  const { clock, signal } = toolbox;
  let last = 0;
  let isFirst = true;
  while (!signal.aborted) {
    const { events, accounts } = await read();
    const nowMs = clock.nowMs();
    const rows = historyRows(events, { accounts, nowMs }).filter(
      (row) => row.last > last && row.kind !== NO_RESULT,
    );
    if (isFirst || rows.length > 0) await printRows(rows, isFirst, toolbox);
    last = Math.max(last, ...rows.map((row) => row.last));
    isFirst = false;
    await pause(toolbox);
  }
}

async function pause({ clock, signal }: Toolbox): Promise<void> {
  try {
    await clock.sleep(EVERY_MS, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function printRows(rows: readonly HistoryRow[], withHead: boolean, toolbox: Toolbox): Promise<void> {
  const oldestFirst = rows.toReversed();
  const lines = historyLines(oldestFirst, toolbox.clock.nowMs(), layoutOf(toolbox.terminal, "table"));
  await printLines(withHead ? lines : lines.slice(1), toolbox);
}
