import { describe, expect, test } from "@jest/globals";
import { githubText } from "../../../../src/workbench/reports/github.ts";
import { markdownText } from "../../../../src/workbench/reports/markdown.ts";
import type { ProblemReport, ReportedProblem } from "../../../../src/workbench/reports/problem-report.ts";
import { sarifLog } from "../../../../src/workbench/reports/sarif.ts";

function problemIn(file: string, line: number, level: ReportedProblem["level"] = "error"): ReportedProblem {
  const place = { kind: "file", file, line, column: 1 } as const;
  return { code: "ACT-001", level, place, message: "m", hint: "h", count: 1, related: [] };
}

/** The mistakes of one team, and then the only one of another. */
function flood(count: number): ProblemReport {
  const many = Array.from({ length: count }, (_, at) => problemIn("teams/a/x.yaml", at + 1));
  return {
    command: "validate",
    problems: [...many, problemIn("teams/b/y.yaml", 7)],
    passed: [],
    waiting: [],
    changes: [],
    notes: [],
    isComplete: true,
    summary: "2 documents",
  };
}

describe("GitHub shows 10 annotations of a level in one step", () => {
  test("so each folder has a share of them, and the other problems are lines of the log", () => {
    const lines = githubText(flood(30)).split("\n");
    const annotations = lines.filter((line) => line.startsWith("::error"));

    expect(annotations).toHaveLength(10);
    expect(annotations.at(-1)).toContain("file=teams/b/y.yaml,line=7,");
    expect(lines.filter((line) => line.startsWith("error: teams/a/x.yaml:"))).toHaveLength(21);
    expect(lines.slice(-3)).toEqual(["21 problems without an annotation: listed above", "2 documents", ""]);
  });

  test("warnings and notices have their own ten", () => {
    const report = {
      ...flood(11),
      notes: Array.from({ length: 12 }, (_, at) => `note ${at}`),
    };
    const warning = problemIn("teams/a/x.yaml", 1, "warning");
    const lines = githubText({ ...report, problems: [...report.problems, warning] }).split("\n");
    const count = (level: string): number => lines.filter((line) => line.startsWith(`::${level}`)).length;

    expect([count("error"), count("warning"), count("notice")]).toEqual([10, 1, 10]);
    expect(lines).toEqual(expect.arrayContaining(["note 10", "note 11"]));
  });

  test("a line of the log is no command to the runner", () => {
    const report = flood(10);
    const message = "m\n::stop-commands::x ##[add-mask]y";
    const notes = ["::error::note", ...Array.from({ length: 10 }, () => "::error::note")];
    const lines = githubText({
      ...report,
      problems: report.problems.map((problem) => ({ ...problem, message })),
      notes,
    }).split("\n");

    const plain = lines.filter((line) => !/^::(error|notice) /.test(line) && !line.startsWith("::notice::"));
    for (const line of plain) expect(line).not.toMatch(/^\s*::|##\[/);
  });
});

describe("a comment has at most 65,536 characters", () => {
  test("rows that it cannot hold are counted, and each folder has a share of those that it can", () => {
    const text = markdownText(flood(1_000));

    expect(text.length).toBeLessThan(65_536);
    expect(text).toContain("teams/b/y.yaml");
    expect(text).toMatch(/\n\d+ more rows: run the command without `-o markdown`\.\n$/);
  });

  test("notes have a share of their own", () => {
    const notes = Array.from({ length: 1_000 }, (_, at) => `teams/a/x${at}.yaml is ignored by Git`);
    const text = markdownText({ ...flood(1_000), notes });

    expect(text.length).toBeLessThan(65_536);
    expect(text).toMatch(/\d+ more rows: .*\d+ more lines: /s);
  });

  test("a note that is longer than the share is counted", () => {
    const text = markdownText({ ...flood(0), notes: ["x".repeat(9_000)] });

    expect(text).toContain("\n1 more line: run the command without `-o markdown`.\n");
  });
});

describe("GitHub refuses a SARIF run with more than 25,000 results", () => {
  test("so the others are counted, and the run does not claim to be complete", () => {
    const log = sarifLog(flood(25_009), "1") as {
      readonly runs: readonly [{ readonly results: readonly object[]; readonly invocations: unknown }];
    };
    const [{ results, invocations }] = log.runs;

    expect(results).toHaveLength(25_000);
    expect(JSON.stringify(results.at(-1))).toContain("teams/b/y.yaml");
    expect(invocations).toMatchObject([
      {
        executionSuccessful: false,
        toolExecutionNotifications: [
          { message: { text: "10 more problems: run the command without -o sarif" } },
        ],
      },
    ]);
  });
});
