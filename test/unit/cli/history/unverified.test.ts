import { expect, test } from "@jest/globals";
import { lineText } from "../../../../src/text/screen-line.ts";
import { historyLines } from "../../../../src/cli/history/history.ts";
import { historyRows } from "../../../../src/wording/history/history-rows.ts";
import { isUnverified } from "../../../../src/wording/history/unverified.ts";
import { CONTEXT, event, KEY, SHOWN, write } from "./events.ts";

const WIDE = { width: 200, rowWidth: 200, isWide: true };

test("the history marks each line with an entry that may not be what was written, and no other", () => {
  const events = [
    event(9, "write-finished", { key: KEY, intent: 7, outcome: "applied", error: null }),
    event(8, "resumed", { actor: "dana", reason: "INC-1" }),
    write,
    event(6, "stopped", { reason: "asked" }),
  ];
  const rows = historyRows(events, CONTEXT);
  const marked = (unverifiedFrom: number | null): readonly number[] =>
    rows.filter((row) => isUnverified(row, unverifiedFrom)).map(({ entry }) => entry);

  expect([null, 10, 9, 8, 6].map(marked)).toEqual([[], [], [7], [8, 7], [8, 7, 6]]);
  const lines = historyLines(rows, { ...SHOWN, unverifiedFrom: 8 }, WIDE).map(lineText);
  expect(lines.map((line) => line.includes("(not verified)"))).toEqual([false, true, true, false]);
});
