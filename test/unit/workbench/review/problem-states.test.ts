import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { ReportedProblem } from "../../../../src/workbench/reports/problem-report.ts";
import { compareProblems } from "../../../../src/workbench/review/compare-problems.ts";

function problem(message: string, line: number, level: ReportedProblem["level"] = "error"): ReportedProblem {
  const place = { kind: "file", file: "a.yaml", line, column: 1 } as const;
  return { code: "x", level, place, message, hint: null, count: 1, related: [] };
}

const states = (before: readonly ReportedProblem[], after: readonly ReportedProblem[]) => {
  const { current, gone } = compareProblems(before, after);
  return { current: current.map(({ state }) => state), gone: gone.length };
};

describe("a problem of the head", () => {
  test("is unchanged at another line", () => {
    expect(states([problem("a", 1)], [problem("a", 9)])).toEqual({ current: ["unchanged"], gone: 0 });
  });

  test("is new with another text, and the earlier one is gone", () => {
    expect(states([problem("a", 1)], [problem("b", 1)])).toEqual({ current: ["new"], gone: 1 });
  });

  test("is new if it was a warning", () => {
    const before = [problem("a", 1, "warning")];

    expect(states(before, [problem("a", 1)]).current).toEqual(["new"]);
  });

  test("is new if there is one more of it", () => {
    expect(states([problem("a", 1)], [problem("a", 1), problem("a", 2)])).toEqual({
      current: ["unchanged", "new"],
      gone: 0,
    });
  });

  test("is gone if there is one less of it", () => {
    expect(states([problem("a", 1), problem("a", 2)], [problem("a", 1)])).toEqual({
      current: ["unchanged"],
      gone: 1,
    });
  });

  test("law: as many are unchanged as the two sides have in common, and nothing is lost", () => {
    const side = fc.array(fc.constantFrom("a", "b", "c").map((text) => problem(text, 1)));
    fc.assert(
      fc.property(side, side, (before, after) => {
        const { current, gone } = states(before, after);
        const count = (list: readonly ReportedProblem[], text: string): number =>
          list.filter(({ message }) => message === text).length;
        const common = ["a", "b", "c"].reduce(
          (sum, text) => sum + Math.min(count(before, text), count(after, text)),
          0,
        );
        expect(current.filter((state) => state === "unchanged")).toHaveLength(common);
        expect(gone).toBe(before.length - common);
      }),
    );
  });
});
