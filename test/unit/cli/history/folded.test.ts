import { expect, test } from "@jest/globals";
import { EVERY_ENTRY } from "../../../../src/model/entries/entry-filter.ts";
import { foldedRows } from "../../../../src/wording/history/folded-rows.ts";
import type { HistoryRow } from "../../../../src/wording/history/history-rows.ts";

function row(entry: number, kind: string, message: string): HistoryRow {
  const at = "2026-11-25T12:00:00.000Z";
  const events = [{ seq: entry, at, kind }] as unknown as HistoryRow["events"];
  return { entry, last: entry, at, kind, by: "Grantkeeper", message, below: "", events };
}

test("a plan that is held again and again is one line with its count, and the same after an answer is another", () => {
  const rows = [
    row(9, "held", "7f3a91c2: many deletes"),
    row(8, "approved", "7f3a91c2"),
    row(7, "held", "7f3a91c2: many deletes"),
    row(6, "held", "2b41cb18: removes a public statement"),
    row(5, "started", "version 1"),
    row(4, "held", "7f3a91c2: many deletes"),
    row(3, "held", "7f3a91c2: many deletes"),
    row(2, "applied", "a change"),
    row(1, "applied", "a change"),
  ];

  const folded = foldedRows(rows, EVERY_ENTRY);

  expect(folded.map(({ entry, below }) => [entry, below])).toEqual([
    [9, ""],
    [8, ""],
    [7, "3 times, here since entry 3"],
    [6, ""],
    [5, ""],
    [2, ""],
    [1, ""],
  ]);
  expect(folded[2]?.events.map(({ seq }) => seq)).toEqual([7, 4, 3]);
});

test.each([
  { kinds: ["plan-held"], by: null, because: "a filter by kind leaves out approvals" },
  { kinds: null, by: "Grantkeeper", because: "a filter by name leaves out approvals of others" },
] as const)("$because: nothing is combined", (filter) => {
  const rows = [row(3, "held", "7f3a91c2: many deletes"), row(1, "held", "7f3a91c2: many deletes")];

  expect(foldedRows(rows, filter)).toEqual(rows);
});
