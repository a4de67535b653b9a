import { describe, expect, test } from "@jest/globals";
import { continued, cut, cutStart } from "../../../src/text/layout/wrap.ts";
import { lineText, reflowed, toned } from "../../../src/text/screen-line.ts";

describe("a line of a screen", () => {
  test.each([
    { line: "  reads table/a", width: 20, lines: ["  reads table/a"], because: "it fits" },
    { line: "  reads table/a", width: 10, lines: ["  reads", "    table/a"], because: "it is too long" },
  ])("continues below, two blanks further in, only if $because", ({ line, width, lines }) => {
    expect(continued(line, width)).toEqual(lines);
  });

  test.each([
    { text: "teams.yaml:17", width: 13, start: "teams.yaml:17", end: "teams.yaml:17" },
    { text: "teams.yaml:17", width: 6, start: "teams…", end: "…ml:17" },
  ])("keeps its start or its end in $width columns", ({ text, width, start, end }) => {
    expect([cut(text, width), cutStart(text, width)]).toEqual([start, end]);
  });

  test("keeps its tone in each of the lines that it becomes", () => {
    const flow = (text: string): readonly string[] => text.split(" ");
    const lines = reflowed([...toned("danger", ["a b"]), ...toned(null, ["c d"])], flow);

    expect(lines).toEqual([{ text: "a", tone: "danger" }, { text: "b", tone: "danger" }, "c", "d"]);
    expect(lines.map(lineText)).toEqual(["a", "b", "c", "d"]);
  });
});
