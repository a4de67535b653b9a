import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { Ajv } from "ajv";
import fc from "fast-check";
import { githubText } from "../../../../src/workbench/reports/github.ts";
import { junitText } from "../../../../src/workbench/reports/junit.ts";
import { inert, markdownText } from "../../../../src/workbench/reports/markdown.ts";
import type { ProblemReport, ReportedProblem } from "../../../../src/workbench/reports/problem-report.ts";
import { sarifLog } from "../../../../src/workbench/reports/sarif.ts";

const PROBLEM: ReportedProblem = {
  code: "ACT-001",
  level: "error",
  place: { kind: "file", file: "teams/payments/refunds.yaml", line: 20, column: 7 },
  message: 'Action "*" allows every service',
  hint: "list the actions that the code calls",
  count: 56,
  related: [],
};

const REPORT: ProblemReport = {
  command: "validate",
  problems: [PROBLEM],
  passed: ["teams/orders/orders-api.yaml"],
  waiting: [],
  notes: [],
  isComplete: true,
  summary: "18 documents: 1 error, 0 warnings",
};

const withProblem = (problem: Partial<ReportedProblem>): ProblemReport => ({
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

const anyReport = fc
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

const validateSarif = await sarifSchema();

describe("SARIF", () => {
  test("has the rule, the place below the root of the repository, and the number of findings", () => {
    const log = sarifLog(REPORT, "1.2.3");

    expect(log).toMatchObject({
      version: "2.1.0",
      runs: [
        {
          tool: { driver: { name: "grantkeeper", version: "1.2.3", rules: [{ id: "ACT-001" }] } },
          invocations: [{ executionSuccessful: true }],
          results: [
            {
              ruleId: "ACT-001",
              ruleIndex: 0,
              level: "error",
              occurrenceCount: 56,
              message: {
                text: 'Action "*" allows every service\nhint: list the actions that the code calls',
              },
              locations: [
                {
                  physicalLocation: {
                    artifactLocation: { uri: "teams/payments/refunds.yaml", uriBaseId: "%SRCROOT%" },
                    region: { startLine: 20, startColumn: 7 },
                  },
                },
              ],
            },
          ],
        },
      ],
    });
  });

  test("has the other places that have a part in a problem, with their names", () => {
    const related = [
      { label: "template worker@2", place: { ...PROBLEM.place, file: "platform/t.yaml" } },
      { label: "payments/x@prod", place: { kind: "target", target: "payments/x@prod" } as const },
    ];
    const log = sarifLog(withProblem({ related }), "1");

    expect(log).toMatchObject({
      runs: [
        {
          results: [
            {
              relatedLocations: [
                {
                  message: { text: "template worker@2" },
                  physicalLocation: {
                    artifactLocation: { uri: "platform/t.yaml" },
                    region: { startLine: 20 },
                  },
                },
                { logicalLocations: [{ fullyQualifiedName: "payments/x@prod" }] },
              ],
            },
          ],
        },
      ],
    });
    validateSarif(log);
    expect(validateSarif.errors ?? []).toEqual([]);
  });

  test("describes a member of the escalation family by the page of the family", () => {
    const [run] = sarifLog(withProblem({ code: "ESC-PassRole" }), "1")["runs"] as readonly [
      { readonly tool: { readonly driver: { readonly rules: readonly object[] } } },
    ];

    expect(run.tool.driver.rules).toMatchObject([
      { id: "ESC-PassRole", shortDescription: { text: "An escalation path" } },
    ]);
  });

  test("a report that is not complete does not claim a successful execution", () => {
    const log = sarifLog({ ...REPORT, isComplete: false, notes: ["prod was not read"] }, "1");

    expect(log).toMatchObject({
      runs: [
        {
          invocations: [
            {
              executionSuccessful: false,
              toolExecutionNotifications: [{ message: { text: "prod was not read" } }],
            },
          ],
        },
      ],
    });
  });

  test("the same problem on another line has the same fingerprint", () => {
    const fingerprint = (line: number): unknown =>
      JSON.stringify(
        sarifLog(withProblem({ place: { kind: "file", file: "a.yaml", line, column: 1 } }), "1"),
      ).match(/"partialFingerprints":\{[^}]*\}/)?.[0];

    expect(fingerprint(1)).toBe(fingerprint(9));
    expect(fingerprint(1)).toMatch(/sha256:[0-9a-f]{64}/);
  });

  test("matches the published schema, with any text", () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        validateSarif(sarifLog(report, "1.2.3"));

        expect(validateSarif.errors ?? []).toEqual([]);
      }),
    );
  });
});

interface PublishedSchema {
  readonly $schema: string;
  readonly id: string;
}

/** Of https://github.com/oasis-tcs/sarif-spec, commit e0583813964ec43cea53b6b531b402866095ed1f: sarif-2.1/schema/. */
async function sarifSchema() {
  const path = join(import.meta.dirname, "../../../fixtures/sarif/sarif-schema-2.1.0.json");
  const { $schema: _, id, ...schema } = JSON.parse(await readFile(path, "utf8")) as PublishedSchema;
  // Ajv knows drafts from 06 on. This schema is of draft 04, and of what changed since it uses the name of its id alone.
  return new Ajv({ allErrors: true, strict: false, validateFormats: false }).compile({ ...schema, $id: id });
}

describe("JUnit", () => {
  test("has a failed case for an error and a passed one for what has none", () => {
    const text = junitText(REPORT);

    expect(text).toContain(
      '<testsuites name="grantkeeper validate" tests="2" failures="1" errors="0" skipped="0">',
    );
    expect(text).toContain(
      '<testcase classname="teams/payments/refunds.yaml" name="ACT-001 teams/payments/refunds.yaml:20:7"><failure type="ACT-001" message="Action &quot;*&quot; allows every service">',
    );
    expect(text).toContain(
      '<testcase classname="grantkeeper validate" name="teams/orders/orders-api.yaml"/>',
    );
  });

  test("a warning is a passed case with its text, and what waits is skipped", () => {
    const text = junitText({
      ...withProblem({ level: "warning" }),
      waiting: [{ name: "orders/orders-api@prod", reason: "first enforcing run" }],
    });

    expect(text).toContain('failures="0" errors="0" skipped="1"');
    expect(text).toContain("<system-out>warning: teams/payments/refunds.yaml:20:7: Action");
    expect(text).toContain(
      'name="orders/orders-api@prod"><skipped message="first enforcing run"/></testcase>',
    );
  });

  test("is well-formed, with any text", () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        expect(elementsOf(junitText(report)).filter((name) => name === "testcase")).toHaveLength(4);
      }),
    );
  });
});

/** The names of all elements. @throws Error for text that is not well-formed XML 1.0 */
function elementsOf(xml: string): readonly string[] {
  const token =
    /<\?xml [^?]*\?>|<(\/?)([a-z-]+)((?: [a-z]+="(?:[^<>&"\n]|&(?:amp|lt|gt|quot|apos|#10);)*")*)(\/?)>|((?:[^<>&]|&(?:amp|lt|gt|quot|apos|#10);)+)/y;
  const [names, open]: [string[], string[]] = [[], []];
  while (token.lastIndex < xml.length) {
    const at = token.lastIndex;
    const found = token.exec(xml);
    if (found === null) throw new Error(`not well-formed at ${at}: ${xml.slice(at, at + 60)}`);
    const [, isEnd, name, , isEmpty] = found;
    if (name === undefined) continue;
    if (isEnd === "/" && open.pop() !== name) throw new Error(`</${name}> closes another element`);
    if (isEnd !== "/") names.push(name);
    if (isEnd !== "/" && isEmpty !== "/") open.push(name);
  }
  // XML 1.0 has no control characters.
  if (open.length > 0 || /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff]/.test(xml))
    throw new Error("not well-formed");
  return names;
}

describe("GitHub annotations", () => {
  test("name the file, the line, the column and the rule", () => {
    expect(githubText(REPORT)).toBe(
      '::error file=teams/payments/refunds.yaml,line=20,col=7,title=ACT-001::Action "*" allows every service%0Ahint: list the actions that the code calls\n18 documents: 1 error, 0 warnings\n',
    );
  });

  test.each([
    { file: "a,line=1.yaml", becomes: "a%2Cline=1.yaml", because: "a comma would begin another property" },
    { file: "a:b.yaml", becomes: "a%3Ab.yaml", because: "a colon could end the properties" },
    { file: "50%.yaml", becomes: "50%25.yaml", because: "a percent sign begins an escape" },
  ])("$because", ({ file, becomes }) => {
    const text = githubText(withProblem({ place: { kind: "file", file, line: 1, column: 2 } }));

    expect(text).toContain(`::error file=${becomes},line=1,col=2,title=`);
  });

  test("every line but the summary is one command of ours, with any text", () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        const lines = githubText(report).split("\n");

        expect(lines).toHaveLength(6);
        expect(lines.slice(0, 4).map((line) => line.match(/^::[a-z]+/)?.[0])).toEqual([
          "::error",
          "::warning",
          "::notice",
          "::notice",
        ]);
        for (const line of lines.slice(0, 2))
          expect(line).toMatch(/^::[a-z]+ (file=[^:,]*,line=1,col=1,)?title=[^:,]*::/);
      }),
    );
  });
});

describe("Markdown", () => {
  test("is a heading with the summary and a table", () => {
    expect(markdownText(REPORT)).toBe(`### Grantkeeper validate: 18 documents: 1 error, 0 warnings

| Level | Place | Rule | Problem | Hint |
| --- | --- | --- | --- | --- |
| error | <code>teams/payments/refunds.yaml&#58;20&#58;7</code> | <code>ACT-001</code> | <code>Action &#34;&#42;&#34; allows every service</code> | <code>list the actions that the code calls</code> |
`);
  });

  test.each([
    { text: "a | b", because: "a bar would end the cell" },
    { text: "a \\| b", because: "an escaped bar too, if the backslash is escaped" },
    { text: "@octocat", because: "a mention would notify a stranger" },
    { text: "#1 GH-1 !2", because: "a number would link an issue" },
    { text: "<!-- hidden", because: "a comment would hide the rest" },
    { text: "<details><summary>fine</summary>", because: "an element would fold the rest" },
    { text: "[fine](https://evil.example)", because: "a link would lead elsewhere" },
    { text: "www.evil.example", because: "an address becomes a link by itself" },
    { text: "``` \n# fine", because: "a fence or a heading needs a line of its own" },
    { text: "a\u202eb", because: "a character that reverses the text is removed" },
  ])("$because", ({ text }) => {
    const [, body = ""] = inert(text).match(/^<code>(.*)<\/code>$/s) ?? [];

    expect(body).toMatch(/^([A-Za-z0-9 ,;/.-]|&#\d+;)*$/);
    expect(body).not.toMatch(/www\./i);
  });

  test("each problem is one row of five cells, with any text", () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        const lines = markdownText(report)
          .split("\n")
          .filter((line) => line.startsWith("|"));

        expect(lines).toHaveLength(4);
        for (const line of lines) {
          expect(line.split("|")).toHaveLength(7);
          expect(line.replaceAll(/<\/?code>/g, "")).not.toMatch(/[<>@`[\]\\*_]/);
        }
      }),
    );
  });

  test("a text of blanks is an empty cell", () => {
    expect(inert(" \u200b ")).toBe("");
  });
});
