import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { castSvg } from "../../../tools/cast/cast-svg.ts";
import { castDifferences, castTexts, inOneSpace } from "../../../tools/cast/cast-texts.ts";
import { terminalLines } from "../../../tools/cast/terminal-lines.ts";

const ESC = "\u001B";
const PLAIN = { bold: false, dim: false, colour: null };

const lineOf = (text: string, atMs = 0) => ({ atMs, spans: [{ ...PLAIN, column: 0, text }] });

describe("the lines of a terminal", () => {
  test("have the time of their end, and what was printed in pieces is one line", () => {
    const lines = terminalLines([
      { atMs: 5, text: "one\r\ntw" },
      { atMs: 90, text: "o\r\n\r\nrest" },
    ]);

    expect(lines).toEqual([
      { atMs: 5, spans: [{ ...PLAIN, column: 0, text: "one" }] },
      { atMs: 90, spans: [{ ...PLAIN, column: 0, text: "two" }] },
      { atMs: 90, spans: [] },
      { atMs: 90, spans: [{ ...PLAIN, column: 0, text: "rest" }] },
    ]);
  });

  test("keep their looks and columns", () => {
    const [line] = terminalLines([{ atMs: 0, text: `${ESC}[1m1  A${ESC}[22m ${ESC}[32m+ x${ESC}[39m\n` }]);

    expect(line?.spans).toEqual([
      { ...PLAIN, bold: true, column: 0, text: "1  A" },
      { ...PLAIN, column: 4, text: " " },
      { ...PLAIN, colour: "green", column: 5, text: "+ x" },
    ]);
  });

  test.each([`${ESC}[2K`, `${ESC}[38;5;9mx`, `${ESC}[95mx`, "a\rb", "\u0007"])(
    "are refused with %j, which a picture of lines does not show",
    (text) => {
      expect(() => terminalLines([{ atMs: 0, text }])).toThrow(/control character|a look/);
    },
  );
});

describe("the moving picture", () => {
  test("shows markup as text, and has no script", () => {
    const svg = castSvg({ command: "x", lines: [lineOf("<script>&</script>")], title: "<b>" });

    expect(svg).toContain("&lt;script&gt;&amp;&lt;/script&gt;");
    expect(svg).toContain("<title>&lt;b&gt;</title>");
    expect(svg).not.toContain("<script");
  });

  test("shortens long pauses, and is the same for pauses that differ by milliseconds", () => {
    const cast = (atMs: number) =>
      castSvg({ command: "x", lines: [lineOf("a", 10), lineOf("b", atMs)], title: "t" });

    expect(cast(1_010)).toBe(cast(1_019));
    expect(cast(600_000)).toBe(cast(6_000));
    // 150 ms, 4 s and the 8 s of the end.
    expect(cast(600_000)).toContain("12.15s step-end");
  });

  test("refuses a line that is longer than the terminal is wide", () => {
    expect(() => castSvg({ command: "x", lines: [lineOf("x".repeat(81))], title: "t" })).toThrow(
      "80 columns",
    );
  });
});

const ROOT = join(import.meta.dirname, "../../..");
const PICTURE = readFileSync(join(ROOT, "docs/pictures/demo.svg"), "utf8");

test("the picture of the README is small, has no script, and shows every step of the demo", () => {
  expect(PICTURE.length).toBeLessThan(300_000);
  expect(PICTURE).not.toMatch(/<script|\son\w+=|href=/);
  expect(PICTURE.match(/class="b">\d {2}/g)).toHaveLength(8);
});

test("the steps in the README are the lines of the picture, with its figures", () => {
  const readme = readFileSync(join(ROOT, "README.md"), "utf8");
  const [, steps = ""] = /```\n(1 {2}Observe\n[^`]*)```/.exec(readme) ?? [];
  const lines = castTexts(PICTURE);
  const start = lines.indexOf("1 Observe");

  const shown = steps.trimEnd().split("\n").map(inOneSpace);

  expect(shown.length).toBeGreaterThan(9);
  expect(shown).toEqual(lines.slice(start, start + shown.length));
});

/** .ci/run compares it with the demo. */
describe("the picture and what the demo prints", () => {
  const svg = castSvg({
    command: "x",
    lines: ["1  Observe", "", "   66 reads <x>", "   open for 1.0 s", "   20 bindings"].map((text) =>
      lineOf(text),
    ),
    title: "t",
  });

  test("are the same in another run, with other spaces and figures of that run", () => {
    expect(castDifferences(svg, "1 Observe\n82 reads <x>\nopen for 12.4 s\n20 bindings\n")).toEqual([]);
  });

  test.each([
    { printed: "1 Observe\n82 reads <x>\nopen for 12.4 s\n21 bindings", because: "a figure of every run" },
    { printed: "1 Observe\n82 reads <x>\nopen for 12.4 s", because: "a line less" },
    { printed: "1 Look\n82 reads <x>\nopen for 12.4 s\n20 bindings", because: "a word" },
  ])("differ by $because", ({ printed }) => {
    expect(castDifferences(svg, printed)).toHaveLength(1);
  });
});
