import { describe, expect, test } from "@jest/globals";
import { cleanText, painter } from "../../../src/cli/screen/paint.ts";
import { printNote } from "../../../src/cli/screen/print.ts";
import { grid, table } from "../../../src/cli/screen/table.ts";
import { ago, clockTime, left } from "../../../src/wording/time.ts";
import { shortSubject } from "../../../src/wording/words.ts";
import type { Toolbox } from "../../../src/cli/toolbox/toolbox.ts";

const NOW_MS = Date.parse("2026-11-25T12:00:00.000Z");

describe("a table", () => {
  test("puts two spaces between columns and pads no end of a line", () => {
    const columns = [
      { title: "NAME", cell: (row: readonly string[]) => row[0] ?? "" },
      { title: "N", cell: (row: readonly string[]) => row[1] ?? "", align: "right" as const },
      { title: "WHY", cell: (row: readonly string[]) => row[2] ?? "" },
    ];

    const lines = table(columns, [
      ["a", "7", ""],
      ["longer", "1204", "because it is"],
    ]);

    expect(lines).toEqual([
      { text: "NAME       N  WHY", tone: "head" },
      "a          7",
      "longer  1204  because it is",
    ]);
  });

  test("joins a cell of several lines into one", () => {
    expect(grid([["a\nb", "c"]])).toEqual(["a b  c"]);
  });
});

test.each([
  {
    because: "a long note continues below its beginning, at 80 columns in a pipe",
    columns: null,
    text: `${"word ".repeat(20)}end`,
    printed: `note:  ${"word ".repeat(13)}word\n       ${"word ".repeat(6)}end\n`,
  },
  {
    because: "a wide terminal has it in one line",
    columns: 200,
    text: `${"word ".repeat(20)}end`,
    printed: `note:  ${"word ".repeat(20)}end\n`,
  },
])("$because", async ({ columns, text, printed }) => {
  let shown = "";
  const terminal = { columns, isTerminal: false, err: async (more: string) => void (shown += more) };

  await printNote(text, { terminal, env: {} } as unknown as Toolbox);

  expect(shown).toBe(printed);
});

describe("text from outside", () => {
  test.each([
    {
      text: "a\u001b[31mb",
      clean: "a[31mb",
      because: "an escape sequence would change colours or move the cursor",
    },
    { text: "a\u009b2Jb", clean: "a2Jb", because: "its one-byte form would too" },
    { text: "a\rb", clean: "ab", because: "a carriage return would overwrite the line" },
    {
      text: "a\u061cb\u200bc",
      clean: "abc",
      because: "an Arabic mark changes direction; a zero-width space is invisible",
    },
    { text: "a\u{e0041}b\u2060c", clean: "abc", because: "tags and joiners are invisible" },
    { text: "a\u202eb\u2066c", clean: "abc", because: "direction marks reverse the text" },
    { text: "a\tb\nc", clean: "a b\nc", because: "line breaks stay and a tab becomes a space" },
  ])("loses characters that would control a terminal: $because", ({ text, clean }) => {
    expect(cleanText(text)).toBe(clean);
  });
});

describe("colour", () => {
  const toolbox = (isTerminal: boolean, env: Toolbox["env"]) => ({
    env,
    terminal: { isTerminal } as Toolbox["terminal"],
  });

  test.each([
    { isTerminal: true, env: {}, coloured: true, because: "a terminal gets colour" },
    { isTerminal: false, env: {}, coloured: false, because: "a pipe gets none" },
    { isTerminal: true, env: { NO_COLOR: "1" }, coloured: false, because: "NO_COLOR turns it off" },
    { isTerminal: true, env: { NO_COLOR: "" }, coloured: true, because: "an empty NO_COLOR does not count" },
    {
      isTerminal: true,
      env: { TERM: "dumb" },
      coloured: false,
      because: "a dumb terminal would print the codes",
    },
    { isTerminal: false, env: { FORCE_COLOR: "1" }, coloured: true, because: "FORCE_COLOR turns it on" },
  ])("$because", ({ isTerminal, env, coloured }) => {
    const paint = painter(toolbox(isTerminal, env));

    expect(paint({ text: "may now  x", tone: "added" }) === "may now  x").toBe(!coloured);
  });

  test("is that of the tone of a line, and a text without a tone has none", () => {
    const paint = painter(toolbox(true, {}));
    const tones = ["added", "removed", "danger", "warning", "aside", "head"] as const;

    expect(tones.map((tone) => paint({ text: "x", tone }).slice(0, 5))).toEqual([
      "\u001b[32m",
      "\u001b[31m",
      "\u001b[31m",
      "\u001b[33m",
      "\u001b[2mx",
      "\u001b[1mx",
    ]);
    expect(["+ x", "error: x", "NAME"].map(paint)).toEqual(["+ x", "error: x", "NAME"]);
  });
});

describe("times for people", () => {
  test("show how long ago, and a time in the future counts as now", () => {
    expect(ago("2026-11-25T11:59:22.000Z", NOW_MS)).toBe("38s ago");
    expect(ago("2026-11-25T12:00:09.000Z", NOW_MS)).toBe("0s ago");
    expect(ago(null, NOW_MS)).toBe("-");
  });

  test.each([
    { until: "2026-11-25T13:12:30.000Z", expected: "1h 12m" },
    { until: "2026-11-25T12:45:00.000Z", expected: "45m" },
    { until: "2026-11-28T16:00:00.000Z", expected: "3d 4h" },
    { until: "2026-11-25T11:00:00.000Z", expected: "0s" },
  ])("show the time that is left: $expected", ({ until, expected }) => {
    expect(left(until, NOW_MS)).toBe(expected);
  });

  test("name the day only when it is not today", () => {
    expect(clockTime("2026-11-25T12:44:00.000Z", NOW_MS)).toBe("12:44Z");
    expect(clockTime("2026-11-25T12:40:10.000Z", NOW_MS)).toBe("12:40:10Z");
    expect(clockTime("2026-11-26T12:44:00.000Z", NOW_MS)).toBe("2026-11-26 12:44Z");
  });
});

test("the digest for approve is shown as short as it can be typed", () => {
  expect(shortSubject(`sha256:${"7f3a91c2".padEnd(64, "0")}`)).toBe("7f3a91c2");
  expect(shortSubject(`main@sha1:${"9c1d04e".padEnd(40, "0")}`)).toBe("main@9c1d04e");
});
