import { spawnSync } from "node:child_process";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { withoutUnprintable } from "../../../../src/text/characters.ts";
import { junitText } from "../../../../src/workbench/reports/junit.ts";
import { HOSTILE_TEXTS, LONG_TEXT } from "../../../support/forge/active-markdown.ts";
import { HAS_PARSER, junitProblems } from "../../../support/reports/junit-parser.ts";
import { anyReport, PROBLEM, REPORT } from "./reports.ts";

function valueIn(xml: string, path: string): string {
  const { stdout } = spawnSync("xmllint", ["--nonet", "--xpath", `string(${path})`, "-"], {
    input: xml,
    encoding: "utf8",
  });
  return stdout.replace(/\n$/, "");
}

const reportWith = (text: string) => ({
  ...REPORT,
  problems: [
    { ...PROBLEM, code: text, message: text, hint: text, place: { kind: "target", target: text } as const },
    { ...PROBLEM, level: "warning" as const, message: text },
  ],
  passed: [text],
  waiting: [{ name: text, reason: text }],
  notes: [text],
});

(HAS_PARSER ? describe : describe.skip)("a report as JUnit, read by libxml2", () => {
  test.each([
    ...HOSTILE_TEXTS,
    ["64 kB", LONG_TEXT] as const,
    ["an end of CDATA", "]]>&#0;&x;<![CDATA["] as const,
  ])("%s is valid, and each attribute has the text as it was printed", (_because, text) => {
    const xml = junitText(reportWith(text));
    const printed = withoutUnprintable(text.toWellFormed());

    expect(junitProblems(xml)).toBe("");
    expect(valueIn(xml, "//failure/@message")).toBe(printed);
    expect(valueIn(xml, "//skipped/@message")).toBe(printed);
    expect(valueIn(xml, "//testsuite/system-out")).toBe(printed);
  });

  test("any report is valid", () => {
    fc.assert(
      fc.property(fc.array(anyReport, { minLength: 10, maxLength: 10 }), (reports) => {
        const problems = reports.flatMap(({ problems: some }) => some);
        expect(
          junitProblems(junitText({ ...REPORT, problems, notes: reports.flatMap(({ notes }) => notes) })),
        ).toBe("");
      }),
      { numRuns: 20 },
    );
  });

  test("a report that has no problem, and one with an unknown attribute, differ for the parser", () => {
    const xml = junitText({ ...REPORT, problems: [] });

    expect(junitProblems(xml)).toBe("");
    expect(junitProblems(xml.replace("<testsuites ", '<testsuites skipped="0" '))).toMatch(/skipped/);
  });
});
