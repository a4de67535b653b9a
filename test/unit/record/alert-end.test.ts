import { describe, expect, test } from "@jest/globals";
import { alertText } from "../../../src/record/alert-text.ts";
import { closed, opened } from "./settlements.ts";
import { line } from "./alert-lines.ts";

describe("the end", () => {
  test.each([
    {
      how: "reverted",
      seqs: [18443, 18444, 18446],
      expected: "reverted by Grantkeeper, read back, entries 18443 to 18446",
      because: "several entries",
    },
    {
      how: "applied",
      seqs: [7],
      expected: "as declared in Git now, read back, entry 7",
      because: "one entry",
    },
    { how: "gone", seqs: [], expected: "no longer differs from Git", because: "no entry" },
  ] as const)("$because", ({ how, seqs, expected }) => {
    expect(alertText(closed({ how }), seqs)).toBe(
      `✅ orders/orders-api@prod/eu-west-1 10:32:41Z ${expected}\n   open for at most 5m 21s (last clean read 10:27:20Z, closed 10:32:41Z)`,
    );
  });

  test("of a release does not claim that the change is no longer there", () => {
    expect(alertText(closed({ how: "released" }), [])).toBe(
      "✅ orders/orders-api@prod/eu-west-1 10:32:41Z no longer compared: its manifest releases the function\n   it may still exist in AWS",
    );
  });

  test("a clock that went back gives no negative duration", () => {
    expect(alertText(closed({ at: "2026-11-25T10:00:00.000Z" }), [])).toContain("open for at most 0s ");
  });

  test("a difference without a clean read before it notes that", () => {
    expect(alertText(closed({ lastCleanAt: null }), [])).toMatch(
      /first seen .*; no clean read before it is known$/,
    );
  });
});

describe("names from outside", () => {
  test.each([
    {
      name: "a\nNext all is well",
      shown: "a Next all is well",
      because: "a line feed starts no new line",
    },
    {
      name: "\u001b[31mred\u202e",
      shown: " [31mred ",
      because: "control and direction characters are removed",
    },
    {
      name: "<!channel> <https://evil|here>",
      shown: "‹!channel› ‹https://evil|here›",
      because: "mentions and links are disabled",
    },
  ])("$because", ({ name, shown }) => {
    expect(line(opened({ summary: [name] }), 2)).toBe(shown);
  });

  test("a long line is cut, many lines are counted", () => {
    const event = opened({ summary: Array.from({ length: 25 }, () => "x".repeat(600)) });

    expect(line(event, 2)).toHaveLength(501);
    expect(line(event, 22)).toBe("and 5 more");
  });
});
