import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { cleanText } from "../../../../src/cli/screen/paint.ts";
import { codeQuality } from "../../../../src/workbench/reports/gitlab.ts";
import { githubText } from "../../../../src/workbench/reports/github.ts";
import { ISSUES, runnerCommand } from "../../../support/reports/read-by-forges.ts";
import { anyReport } from "./reports.ts";

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
