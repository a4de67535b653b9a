import { expect, test } from "@jest/globals";
import { Ajv } from "ajv";
import fc from "fast-check";
import { cleanText } from "../../../../src/cli/screen/paint.ts";
import { codeQuality } from "../../../../src/workbench/reports/gitlab.ts";
import { githubText } from "../../../../src/workbench/reports/github.ts";
import { anyReport } from "./reports.ts";

/**
 * One issue. GitLab leaves out what its parser's schema refuses, and a severity that it does not know has no symbol.
 * @see https://gitlab.com/gitlab-org/gitlab/-/blob/master/app/validators/json_schemas/codeclimate.json
 * @see https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
 */
const ISSUES = new Ajv().compile({
  type: "array",
  items: {
    type: "object",
    required: ["description", "check_name", "fingerprint", "severity", "location"],
    properties: {
      description: { type: "string" },
      check_name: { type: "string" },
      fingerprint: { type: "string" },
      severity: { enum: ["info", "minor", "major", "critical", "blocker"] },
      location: {
        type: "object",
        required: ["path", "lines"],
        properties: {
          path: { type: "string" },
          lines: {
            type: "object",
            required: ["begin"],
            properties: { begin: { type: "integer", minimum: 1 } },
          },
        },
      },
    },
  },
});

interface RunnerCommand {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

/**
 * As GitHub's runner reads a line of a log; null: it is no command.
 * @see https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs (`TryParseV2`)
 */
function runnerCommand(line: string): RunnerCommand | null {
  const found = /^\s*::([^ ]*?)(?: (.*?))?::(.*)$/su.exec(line);
  if (found === null) return null;
  const [, name = "", list = "", data = ""] = found;
  const pairs = list
    .trim()
    .split(",")
    .map((pair) => /^([^=]+)=(.+)$/su.exec(pair))
    .flatMap((pair) => (pair === null ? [] : [[pair[1] ?? "", unescaped(pair[2] ?? "")] as const]));
  return { name, properties: Object.fromEntries(pairs), data: unescaped(data) };
}

/** The percent sign is the last one. */
function unescaped(text: string): string {
  const codes = { "%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%" };
  return Object.entries(codes).reduce((done, [code, character]) => done.replaceAll(code, character), text);
}

const shown = (text: string): string => cleanText(text.replaceAll("\r", ""));

test("law: GitLab accepts every issue of a Code Quality report, and no two have the same fingerprint", () => {
  fc.assert(
    fc.property(anyReport, (report) => {
      const issues = codeQuality({ ...report, problems: [...report.problems, ...report.problems] });

      ISSUES(issues);
      expect(ISSUES.errors ?? []).toEqual([]);
      expect(new Set(issues.map((issue) => issue["fingerprint"])).size).toBe(issues.length);
    }),
  );
});

test("law: GitHub's runner reads from an annotation the texts that went into it, and no other command", () => {
  fc.assert(
    fc.property(anyReport, (report) => {
      const [error, warning] = report.problems;

      const read = githubText(report).split("\n").map(runnerCommand);

      expect(read.flatMap((one) => one?.name ?? [])).toEqual(["error", "warning", "notice", "notice"]);
      expect(read[0]?.data).toBe(shown(`${error?.message}\nhint: ${error?.hint}`));
      const file = error?.place.kind === "file" ? error.place.file : "";
      // The runner cuts blanks at the end, and has no empty property.
      const texts = { file: shown(file), title: shown(error?.code ?? "").replace(/[^\S\n]+$/u, "") };
      const named = Object.entries(texts).filter(([, text]) => text !== "");
      expect(read[0]?.properties).toEqual({ ...Object.fromEntries(named), line: "1", col: "1" });
      expect(read[1]?.data).toBe(shown(warning?.message ?? ""));
    }),
  );
});
