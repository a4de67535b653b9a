import { describe, expect, test } from "@jest/globals";
import { lineText } from "../../../src/text/screen-line.ts";
import { messageTable } from "../../../src/cli/screen/message-table.ts";
import { grid, table, type Column } from "../../../src/cli/screen/table.ts";

interface Row {
  readonly name: string;
  readonly count: number;
  readonly note: string;
}

const COLUMNS: readonly Column<Row>[] = [
  { title: "NAME", cell: ({ name }) => name },
  { title: "COUNT", cell: ({ count }) => String(count), align: "right" },
  { title: "NOTE", cell: ({ note }) => note, isCut: true },
];

describe("a table", () => {
  test("has two spaces between its columns, numbers on the right, and no space after the last cell", () => {
    const rows = [
      { name: "orders-api", count: 7, note: "ready" },
      { name: "b", count: 1234, note: "" },
    ];

    expect(table(COLUMNS, rows).map(lineText)).toEqual([
      "NAME        COUNT  NOTE",
      "orders-api      7  ready",
      "b            1234",
    ]);
  });

  test("counts terminal columns, not characters", () => {
    expect(
      grid([
        ["日本", "x"],
        ["e\u0301", "y"],
        ["🇩🇪", "z"],
      ]),
    ).toEqual(["日本  x", "e\u0301     y", "🇩🇪    z"]);
  });

  test("leaves the last cells of a shorter row empty, and prints each text in one line", () => {
    expect(grid([["a"], ["b\nc", "d"], ["", "e"]])).toEqual(["a", "b c  d", "     e"]);
    expect(grid([])).toEqual([]);
  });

  test("cuts free text where the row is too long", () => {
    const rows = [{ name: "orders-api", count: 7, note: "a long note that does not fit" }];

    expect(table(COLUMNS, rows, { width: 40, rowWidth: 35, isWide: false })[1]).toBe(
      "orders-api      7  a long note tha…",
    );
  });

  test("of 100,000 rows takes linear time", () => {
    const rows = Array.from({ length: 100_000 }, (_, at) => ({
      name: `function-${at}`,
      count: at,
      note: "ready",
    }));

    const lines = table(COLUMNS, rows);

    expect(lines).toHaveLength(100_001);
    expect(lines.at(-1)).toBe("function-99999  99999  ready");
  }, 60_000);
});

test.each([
  { rowWidth: Infinity, screen: "a pipe" },
  { rowWidth: 120, screen: "a wide terminal" },
  { rowWidth: 24, screen: "a narrow terminal" },
])("a row without a message is in the table too: $screen", ({ rowWidth }) => {
  const rows = [
    { name: "orders-api", count: 7, note: "ready" },
    { name: "orders-notify", count: 8, note: "failing: no answer" },
  ];
  const message = {
    title: "LAST ERROR",
    texts: ({ note }: Row) => (note === "ready" ? [] : [note]),
  };

  const lines = messageTable(COLUMNS.slice(0, 2), message, {
    rows,
    layout: { width: 80, rowWidth, isWide: false },
  }).map(lineText);

  expect(lines.filter((line) => line.startsWith("orders-")).map((line) => line.split(" ")[0])).toEqual([
    "orders-api",
    "orders-notify",
  ]);
  expect(lines.join(" ")).toContain("failing: no answer");
});
