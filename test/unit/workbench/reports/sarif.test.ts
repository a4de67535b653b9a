import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { sarifLog } from "../../../../src/workbench/reports/sarif.ts";
import { validateSarif } from "../../../support/reports/sarif-schema.ts";
import { PROBLEM, REPORT, withProblem, anyReport } from "./reports.ts";

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

  test.each([
    { after: "a\nb", deletedRegion: { startLine: 7, endLine: 8 }, insertedContent: { text: "a\nb" } },
    { after: null, deletedRegion: { startLine: 7, startColumn: 1, endLine: 9, endColumn: 1 } },
  ])("has the corrected lines as a fix: $after", ({ after, ...replacement }) => {
    const file = "teams/payments/refunds.yaml";
    const corrected = { file, line: 7, endLine: 8, before: "x\ny", after, corrects: [] };

    const log = sarifLog(withProblem({ corrected }), "1");

    const changes = [
      { artifactLocation: { uri: file, uriBaseId: "%SRCROOT%" }, replacements: [replacement] },
    ];
    expect(log).toMatchObject({ runs: [{ results: [{ fixes: [{ artifactChanges: changes }] }] }] });
    expect(validateSarif(log)).toBe(true);
  });

  test.each([
    { after: "a: b\u202E", because: "it reads from right to left" },
    { after: "a\nb: \u200Bc", because: "it has a character that is not shown" },
  ])("has no corrected lines as a fix that are shown otherwise: $because", ({ after }) => {
    const file = "teams/payments/refunds.yaml";
    const corrected = { file, line: 7, endLine: 8, before: "x\ny", after, corrects: [] };

    expect(JSON.stringify(sarifLog(withProblem({ corrected }), "1"))).not.toContain('"fixes"');
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
