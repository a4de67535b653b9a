import { describe, expect, test } from "@jest/globals";
import { parseAddress, addressPath } from "../../../src/page/view/address.ts";
import { updatedText } from "../../../src/page/view/list-state.ts";
import { reasonProblem } from "../../../src/page/view/reason.ts";
import { historyRows } from "../../../src/wording/history/history-rows.ts";
import { csvOf, historyCells } from "../../../src/page/view/history/csv.ts";

describe("an address of the page", () => {
  test.each([
    ["/ui", { screen: "functions" }],
    ["/ui/", { screen: "functions" }],
    ["/ui/history", { screen: "history" }],
    [
      "/ui/functions/orders/api.111122223333.eu-west-1",
      { screen: "function", namespace: "orders", name: "api.111122223333.eu-west-1" },
    ],
    ["/ui/approvals/ab12", { screen: "approval", name: "ab12" }],
  ])("%s is a screen", (path, address) => {
    expect(parseAddress(path)).toEqual(address);
  });

  test.each([
    "/ui/nothing",
    "/ui/functions/orders",
    "/ui/approvals/a/b",
    "/ui/functions/a/b/c",
    "/uix",
    "/ui/%",
  ])("%s is no screen", (path) => {
    expect(parseAddress(path)).toEqual({ screen: "none", path });
  });

  test("keeps names with markup and slashes", () => {
    const path = addressPath("functions", "a/b", "<img src=x onerror=alert(1)>");

    expect(parseAddress(path)).toEqual({
      screen: "function",
      namespace: "a/b",
      name: "<img src=x onerror=alert(1)>",
    });
  });
});

describe("the state of a list", () => {
  test.each([
    [{ kind: "loading", received: 0, remaining: null }, "loading", false],
    [{ kind: "loading", received: 1_000, remaining: 9_000 }, "loading, 1000 of 10000", false],
    [{ kind: "live" }, "live", false],
    [{ kind: "polled", readMs: 60_000 }, "read 40s ago", false],
    [
      { kind: "stopped", sinceMs: 60_000, reason: "no answer" },
      "Live updates stopped 40s ago: no answer",
      true,
    ],
    [{ kind: "stopped", sinceMs: null, reason: "no answer" }, "Not read: no answer", true],
  ] as const)("%j is shown as %s", (state, text, isProblem) => {
    expect(updatedText(state, 100_000)).toEqual({ text, isProblem });
  });
});

describe("a reason", () => {
  test.each([
    { text: "CHG-88", problem: null },
    { text: "  ", problem: "A reason is required." },
    { text: "a\nb", problem: "The reason must be one line, without control characters." },
    { text: "x".repeat(65_536), problem: "The reason has 65536 characters; at most 500 are allowed." },
    { text: ` ${"x".repeat(500)} `, problem: null },
  ])("has the problem $problem", ({ text, problem }) => {
    expect(reasonProblem(text)).toBe(problem);
  });
});

test("an exported cell is quoted, and is no formula", () => {
  expect(
    csvOf([
      ["1", 'a "b", c', "=cmd()"],
      ["2", "x\ny", "-1"],
    ]),
  ).toBe('1,"a ""b"", c",\'=cmd()\r\n2,"x\ny",\'-1\r\n');
});

test("an export of the history marks each entry that may not be what was written", () => {
  const events = [5, 4].map((seq) => ({
    seq,
    at: "2026-11-30T05:00:00.000Z",
    kind: "stopped",
    reason: "asked",
  }));
  const facts = { accounts: new Map<string, string>(), nowMs: 0 };
  const cells = historyCells(historyRows(events, facts), { ...facts, unverifiedFrom: 5 });

  expect(cells.map((row) => [row[0], row.at(-1)])).toEqual([
    ["entry", "verified"],
    ["5", "no"],
    ["4", ""],
  ]);
});
