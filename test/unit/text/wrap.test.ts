import { describe, expect, test } from "@jest/globals";
import { layoutOf } from "../../../src/cli/screen/layout.ts";
import { problemLines } from "../../../src/cli/screen/problem.ts";
import { table, type Column } from "../../../src/cli/screen/table.ts";
import { cut, wrapped } from "../../../src/text/layout/wrap.ts";
import type { Terminal } from "../../../src/cli/toolbox/toolbox.ts";
import { lineText } from "../../../src/text/screen-line.ts";

describe("a long text", () => {
  test("keeps the distance between two columns, and has none at the end of a line", () => {
    expect(wrapped("reads  table/a,  table/b", 15)).toEqual(["reads  table/a,", "table/b"]);
    expect(wrapped("reads  table/a", 80)).toEqual(["reads  table/a"]);
  });

  test("continues below its first line", () => {
    const text = 'ACT-001: Action "*" allows every service (and 55 more findings at this line)';
    const place = "teams/payments/refunds.yaml:20:7";

    expect(problemLines({ level: "error", place, message: text, hint: "list the actions" }, 80)).toEqual([
      {
        text: 'error: teams/payments/refunds.yaml:20:7: ACT-001: Action "*" allows every',
        tone: "danger",
      },
      { text: "       service (and 55 more findings at this line)", tone: "danger" },
      { text: "hint:  list the actions", tone: "aside" },
    ]);
  });

  test.each([
    {
      text: `approve ${"7f3a91c2".repeat(8)} now`,
      lines: ["approve", "7f3a91c2".repeat(8), "now"],
      because: "a digest is not broken",
    },
    {
      text: 'start it with "grantkeeper run --config a.yaml", or set --server',
      lines: ["start it with", '"grantkeeper run --config a.yaml", or', "set --server"],
      because: "a quoted command is not broken",
    },
    {
      text: "grantkeeper suspend orders/orders-api@prod --for 1h --reason TEXT",
      lines: ["grantkeeper suspend orders/orders-api@prod --for 1h --reason TEXT"],
      because: "a text that is a command is not broken",
    },
    {
      text: "日本語の長い 名前です",
      lines: ["日本語の長い 名前です"],
      because: "wide characters count twice: 21",
    },
    { text: "", lines: [""], because: "an empty text is one empty line" },
  ])("of 40 columns: $because", ({ text, lines }) => {
    expect(wrapped(text, 40)).toEqual(lines);
  });

  test("wraps wide characters by the columns that they take", () => {
    expect(wrapped("日本語日本語日本語日 日本語日本語日本語日", 40)).toEqual([
      "日本語日本語日本語日",
      "日本語日本語日本語日",
    ]);
  });
});

describe("a cell that is cut", () => {
  test.each([
    { text: "exactly ten", width: 11, shown: "exactly ten", because: "a text that fits is complete" },
    { text: "one too many", width: 11, shown: "one too ma…", because: "the ellipsis takes a column" },
    { text: "日本語", width: 5, shown: "日本…", because: "a wide character is not split" },
    { text: "a👩‍👩‍👧b c", width: 4, shown: "a👩‍👩‍👧…", because: "a character of several code points is one" },
  ])("$because", ({ text, width, shown }) => {
    expect(cut(text, width)).toBe(shown);
  });
});

interface Row {
  readonly target: string;
  readonly why: string;
}
const COLUMNS: readonly Column<Row>[] = [
  { title: "TARGET", cell: ({ target }) => target },
  { title: "APPLIED", cell: () => "9c1d04e", isWide: true },
  { title: "WHY", cell: ({ why }) => why, isCut: true },
];
const ROWS = [{ target: "orders/orders-api@staging/eu-west-1", why: "GuardrailRefused: ".padEnd(60, "x") }];

describe("a list", () => {
  const terminal = (columns: number | null): Terminal =>
    ({ isTerminal: columns !== null, columns }) as Partial<Terminal> as Terminal;

  test("on a terminal is cut to its width, and not in its target", () => {
    const lines = table(COLUMNS, ROWS, layoutOf(terminal(60), "table")).map(lineText);

    expect(lines).toEqual([
      "TARGET                               WHY",
      "orders/orders-api@staging/eu-west-1  GuardrailRefused: xxxx…",
    ]);
  });

  test("keeps the target complete even if the window is too narrow for it", () => {
    const lines = table(COLUMNS, ROWS, layoutOf(terminal(40), "table")).map(lineText);

    expect(lines.slice(0, 4)).toEqual([
      "TARGET",
      "  WHY",
      "orders/orders-api@staging/eu-west-1",
      "  GuardrailRefused: xxxxxxxxxxxxxxxxxxx…",
    ]);
  });

  test("in a pipe is not cut", () => {
    expect(table(COLUMNS, ROWS, layoutOf(terminal(null), "table"))[1]).toMatch(/x{42}$/);
  });

  test("with -o wide has every column, uncut", () => {
    const lines = table(COLUMNS, ROWS, layoutOf(terminal(60), "wide")).map(lineText);

    expect(lines[0]).toMatch(/^TARGET +APPLIED +WHY$/);
    expect(lines[1]).toMatch(/9c1d04e {2}GuardrailRefused: x{42}$/);
  });
});
