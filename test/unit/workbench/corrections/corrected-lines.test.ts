import { describe, expect, test } from "@jest/globals";
import type { ReportedProblem } from "../../../../src/workbench/reports/problem-report.ts";
import { correctedLines } from "../../../../src/workbench/corrections/corrected-lines.ts";

function problem(column: number, wrong: string, right: string, line = 1): ReportedProblem {
  return {
    code: "unknown-value",
    level: "error",
    place: { kind: "file", file: "a.yaml", line, column },
    message: "m",
    hint: null,
    count: 1,
    related: [],
    correction: { wrong, right },
  };
}

function corrected(line: string, ...problems: readonly ReportedProblem[]): readonly string[] {
  return correctedLines(problems, (file) => (file === "a.yaml" ? [line] : null)).flatMap(
    ({ after }) => after ?? [],
  );
}

describe("a corrected line", () => {
  test.each([
    { line: "allow: [snd]", problems: [problem(9, "snd", "send")], after: "allow: [send]" },
    { line: 'allow: ["snd"]', problems: [problem(9, "snd", "send")], after: 'allow: ["send"]' },
    { line: "traicing: true", problems: [problem(1, "traicing", "tracing")], after: "tracing: true" },
    { line: "id: 1234", problems: [problem(5, "1234", '"1234"')], after: 'id: "1234"' },
    { line: "allow: read", problems: [problem(8, "read", "[read]")], after: "allow: [read]" },
    {
      line: "table: x-${acount.id}-y",
      problems: [problem(8, "${acount.id}", "${account.id}")],
      after: "table: x-${account.id}-y",
    },
    {
      line: "{sq: {queue: a, allow: [snd]}}",
      problems: [problem(2, "sq", "sqs"), problem(25, "snd", "send")],
      after: "{sqs: {queue: a, allow: [send]}}",
    },
    {
      line: "allow: [snd, snd]",
      problems: [problem(9, "snd", "send"), problem(14, "snd", "send"), problem(9, "snd", "send")],
      after: "allow: [send, send]",
    },
  ])("is $after", ({ line, problems, after }) => {
    expect(corrected(line, ...problems)).toEqual([after]);
  });

  test.each([
    { because: "the text is elsewhere", line: "allow: [snd]", one: problem(1, "snd", "send") },
    { because: "the word is longer", line: "allow: [sndr]", one: problem(9, "snd", "send") },
    { because: "a list between quotes is a text", line: 'a: "read"', one: problem(4, "read", "[read]") },
    { because: "the line is not there", line: "allow: [snd]", one: problem(9, "snd", "send", 2) },
  ])("is not offered if $because", ({ line, one }) => {
    expect(corrected(line, one)).toEqual([]);
  });

  test("is not offered if a variable is there twice, or the place is no file", () => {
    const twice = problem(4, "${x}", "${y}");
    const target = { ...twice, place: { kind: "target", target: "orders/api@prod" } } as const;

    expect(corrected("a: ${x}-${x}", twice)).toEqual([]);
    expect(corrected("a: -${x}-z", twice)).toEqual(["a: -${y}-z"]);
    expect(corrected("a: ${x}", target)).toEqual([]);
    expect(correctedLines([twice], () => null)).toEqual([]);
  });

  test("comes in the order of files and lines", () => {
    const at = (file: string, line: number): ReportedProblem => ({
      ...problem(1, "snd", "send", line),
      place: { kind: "file", file, line, column: 1 },
    });

    const lines = correctedLines([at("b", 1), at("a", 2), at("a", 1)], () => ["snd", "snd"]);

    expect(lines.map(({ file, line }) => `${file}:${line}`)).toEqual(["a:1", "a:2", "b:1"]);
  });
});
