import { unverifiedNote } from "../../wording/history/unverified.ts";
import { printLines, printNote } from "../screen/print.ts";
import type { History } from "./read-history.ts";
import { historyLines } from "./history.ts";
import { NO_RESULT } from "../../wording/history/history-texts.ts";
import { noteRollbacks } from "../screen/rollbacks.ts";
import { layoutOf } from "../screen/layout.ts";
import type { Toolbox } from "../toolbox/toolbox.ts";

const EVERY_MS = 2_000;

/**
 * Prints the history, oldest first, then each new line until interrupted. A write is printed when its result is known.
 * @param read the lines from an entry on; null: the newest ones
 */
export async function appendNewRows(
  read: (from: number | null) => Promise<History>,
  toolbox: Toolbox,
): Promise<void> {
  const { signal } = toolbox;
  let last = 0;
  let from: number | null = null;
  let noted: number | null = null;
  while (!signal.aborted) {
    const { rows, declaredBy, unverifiedFrom } = await read(from);
    if (from === null && declaredBy !== null)
      await noteRollbacks(declaredBy.overview, declaredBy.namespaces, toolbox);
    if (unverifiedFrom !== noted && unverifiedFrom !== null)
      await printNote(unverifiedNote(unverifiedFrom), toolbox);
    noted = unverifiedFrom;
    const fresh = rows.filter((row) => row.last > last && row.kind !== NO_RESULT);
    if (from === null || fresh.length > 0)
      await printRows({ rows: fresh, unverifiedFrom }, from === null, toolbox);
    last = Math.max(last, ...fresh.map((row) => row.last));
    const open = rows.filter(({ kind }) => kind === NO_RESULT).map(({ entry }) => entry);
    from = Math.max(1, Math.min(last, ...open));
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

async function printRows(
  { rows, unverifiedFrom }: Pick<History, "rows" | "unverifiedFrom">,
  withHead: boolean,
  toolbox: Toolbox,
): Promise<void> {
  const shown = { nowMs: toolbox.clock.nowMs(), unverifiedFrom };
  const lines = historyLines(rows.toReversed(), shown, layoutOf(toolbox.terminal, "table"));
  await printLines(withHead ? lines : lines.slice(1), toolbox);
}
