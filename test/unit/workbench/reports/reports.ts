import fc from "fast-check";
import type { ProblemReport, ReportedProblem } from "../../../../src/workbench/reports/problem-report.ts";

export const PROBLEM: ReportedProblem = {
  code: "ACT-001",
  level: "error",
  place: { kind: "file", file: "teams/payments/refunds.yaml", line: 20, column: 7 },
  message: 'Action "*" allows every service',
  hint: "list the actions that the code calls",
  count: 56,
  related: [],
};

export const REPORT: ProblemReport = {
  command: "validate",
  problems: [PROBLEM],
  passed: ["teams/orders/orders-api.yaml"],
  waiting: [],
  changes: [],
  notes: [],
  isComplete: true,
  summary: "18 documents: 1 error, 0 warnings",
};

export const withProblem = (problem: Partial<ReportedProblem>): ProblemReport => ({
  ...REPORT,
  problems: [{ ...PROBLEM, ...problem }],
});

/** Characters that mean something in one of the formats, and others. */
const hostile = fc.string({
  unit: fc.constantFrom(
    ...Array.from("|`\\<>&\"'@#*_~[](){}!:,%=+-./ \n\r\t$^ab1é\u0000\u001b\u202e\u200b\ud800\u2028"),
    "www.",
    "http://",
    "-->",
    "]]>",
    "::error::",
    "@octocat",
  ),
  maxLength: 20,
});

export const anyReport = fc
  .record({ message: hostile, file: hostile, hint: hostile, code: hostile, name: hostile })
  .map(({ message, file, hint, code, name }): ProblemReport => ({
    ...REPORT,
    problems: [
      { ...PROBLEM, message, hint, code, place: { kind: "file", file, line: 1, column: 1 } },
      { ...PROBLEM, level: "warning", message, hint: null, place: { kind: "target", target: name } },
    ],
    passed: [name],
    waiting: [{ name, reason: message }],
    notes: [message],
  }));
