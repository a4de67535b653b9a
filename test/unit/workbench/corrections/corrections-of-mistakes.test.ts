import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { reportedProblems, problemFingerprint } from "../../../../src/workbench/reports/problem-report.ts";
import { correctedLines } from "../../../../src/workbench/corrections/corrected-lines.ts";
import { compileTexts, NARROW_PLATFORM_FILES } from "../../../support/manifests.ts";

interface Mistake {
  readonly mistake: string;
  readonly text: string;
}

const FILE = "teams/orders/a.yaml";
const fixture = new URL("../../../fixtures/newcomers.json", import.meta.url);
const MISTAKES = JSON.parse(readFileSync(fixture, "utf8")) as readonly Mistake[];

const problemsIn = (text: string) =>
  reportedProblems(compileTexts({ ...NARROW_PLATFORM_FILES, [FILE]: text }).diagnostics, "");

/** The manifest with all suggested lines, and the problems that they are for. */
function corrected(text: string) {
  const problems = problemsIn(text);
  const lines = text.split("\n");
  const corrections = correctedLines(problems, (file) => (file === FILE ? lines : null));
  for (const { line, after } of corrections) lines[line - 1] = after;
  const at = new Set(corrections.map(({ line }) => line));
  const of = problems.filter(
    ({ place, correction }) => correction !== undefined && place.kind === "file" && at.has(place.line),
  );
  return { text: lines.join("\n"), corrections, of };
}

const WITH_CORRECTION = MISTAKES.filter(({ text }) => corrected(text).corrections.length > 0);

describe("the suggested lines for a newcomer's mistake", () => {
  test("exist for many of the mistakes", () => {
    expect(WITH_CORRECTION.length).toBeGreaterThanOrEqual(15);
  });

  test.each(WITH_CORRECTION)("$mistake: end the problems that they are for", ({ text }) => {
    const { text: better, of } = corrected(text);
    const left = new Set(problemsIn(better).map(problemFingerprint));

    expect(of.filter((problem) => left.has(problemFingerprint(problem)))).toEqual([]);
  });
});
