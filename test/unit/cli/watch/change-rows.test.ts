import { expect, test } from "@jest/globals";
import type { ListingWords } from "../../../../src/cli/resources/listing-words.ts";
import { ChangeRows } from "../../../../src/cli/resources/watch/change-rows.ts";
import type { ItemChange } from "../../../../src/cli/resources/watch/known-items.ts";
import type { Layout } from "../../../../src/cli/screen/layout.ts";
import { lineText } from "../../../../src/text/screen-line.ts";

interface Item {
  readonly name: string;
  readonly sync: string;
  readonly read: string;
  readonly hash: string;
  readonly why: string;
}

const WORDS: ListingWords<Item> = {
  names: ["items"],
  what: "items",
  columns: () => [
    { title: "NAME", cell: ({ name }) => name },
    { title: "SYNC", cell: ({ sync }) => sync },
    { title: "READ", cell: ({ read }) => read, watched: () => "", align: "right" },
    { title: "HASH", cell: ({ hash }) => hash, isWide: true },
    { title: "FILE", cell: ({ why }) => why, isCut: true },
  ],
};
const WITH_MESSAGE: ListingWords<Item> = {
  ...WORDS,
  columns: () => WORDS.columns({ nowMs: 0, accounts: new Map() }).slice(0, 4),
  message: { title: "WHY", texts: ({ why }) => (why === "" ? [] : [why]) },
};

const CONTEXT = { nowMs: 0, accounts: new Map<string, string>() };
const PIPE: Layout = { width: 80, rowWidth: Infinity, isWide: false };

function item(change: Partial<Item> = {}): Item {
  return { name: "refunds", sync: "Synced", read: "3s", hash: "1a", why: "", ...change };
}

function changed(before: Item, after: Item): ItemChange<Item> {
  return { kind: "changed", item: after, before };
}

function printed(rows: ChangeRows<Item>, change: ItemChange<Item>, layout = PIPE): readonly string[] {
  return rows.linesOf(change, CONTEXT)(layout).map(lineText);
}

test("a row has the columns of the rows before it, which may be wider", () => {
  const rows = new ChangeRows(WORDS, false);
  rows.begin([item({ name: "a-very-long-name" }), item()], CONTEXT);

  const lines = printed(rows, changed(item(), item({ sync: "OutOfSync", read: "0s", why: "drift" })));

  expect(lines).toEqual(["refunds           OutOfSync    0s  drift"]);
});

test("a longer name widens its column for good, a longer text only its row", () => {
  const rows = new ChangeRows(WORDS, false);
  rows.begin([item()], CONTEXT);

  const lines = [
    { name: "a-very-long-name", sync: "Synced" },
    { name: "refunds", sync: "NotCompared" },
    { name: "exports", sync: "Synced" },
  ].flatMap((one) => printed(rows, { kind: "added", item: item(one), before: null }));

  expect(lines).toEqual([
    "a-very-long-name  Synced    3s",
    "refunds           NotCompared    3s",
    "exports           Synced    3s",
  ]);
});

test("a change that no column shows is no row", () => {
  const rows = new ChangeRows(WORDS, false);
  rows.begin([item()], CONTEXT);

  expect(printed(rows, changed(item(), item({ read: "0s", hash: "2b" })))).toEqual([]);
});

test("wide rows also show the changes of wide columns", () => {
  const rows = new ChangeRows(WORDS, true);
  rows.begin([item()], CONTEXT);

  const lines = printed(rows, changed(item(), item({ hash: "2b" })), { ...PIPE, isWide: true });

  expect(lines).toEqual(["refunds  Synced    3s  2b"]);
});

test("after an empty list, the head comes with the first row", () => {
  const rows = new ChangeRows(WITH_MESSAGE, false);
  rows.begin([], CONTEXT);
  const first = printed(rows, { kind: "added", item: item({ why: "drift" }), before: null });

  const second = printed(rows, { kind: "added", item: item({ name: "exports" }), before: null });

  expect(first).toEqual(["NAME     SYNC    READ  WHY", "refunds  Synced    3s  drift"]);
  expect(second).toEqual(["exports  Synced    3s"]);
});

test.each([
  { isNamedByMessage: false, row: "refunds  removed" },
  { isNamedByMessage: true, row: "refunds  removed        drift" },
])("a removed item is named, with its message: $isNamedByMessage", ({ isNamedByMessage, row }) => {
  const words = { ...WITH_MESSAGE, ...(isNamedByMessage && { isNamedByMessage: true as const }) };
  const rows = new ChangeRows(words, false);
  const gone = item({ why: "drift" });
  rows.begin([gone], CONTEXT);

  expect(printed(rows, { kind: "removed", item: gone, before: gone })).toEqual([row]);
});
