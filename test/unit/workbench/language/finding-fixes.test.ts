import { expect, test } from "@jest/globals";
import { TextDocument } from "vscode-languageserver-textdocument";
import { correctionsIn, type QuickFix } from "../../../../src/workbench/language/answers/finding-fixes.ts";
import { quickFixes } from "../../../../src/workbench/language/answers/fixes.ts";
import { placedProblems } from "../../../../src/workbench/language/answers/problems.ts";
import { findingDiagnostics } from "../../../../src/workbench/project/diagnostics.ts";
import { analysisOf } from "../../../support/language/analysis.ts";
import { functionText } from "../../../support/manifests.ts";
import { CASES, FILE, inSpec, type Texts } from "../corrections/corrected-cases.ts";
import { judged } from "../corrections/judged.ts";

/** The fixes at each problem with a code. */
function fixesFor(code: string, texts: Texts): readonly QuickFix[] {
  const found = judged(texts);
  const diagnostics = findingDiagnostics(
    [...found.findings.values()].flat(),
    found.project.compilation.desired.accounts,
  );
  const analysis = { ...analysisOf(texts), diagnostics, correctedAt: correctionsIn(found) };
  const problems = placedProblems(analysis, (file) => file);
  return problems
    .filter(({ problem }) => problem.code === code)
    .flatMap(({ file, shown }) => {
      const inFile = problems.filter((one) => one.file === file);
      return quickFixes(inFile, shown.range, analysis);
    });
}

function applied({ edits }: QuickFix, text: string): string {
  return TextDocument.applyEdits(TextDocument.create(FILE, "yaml", 1, text), [...edits]);
}

test.each(CASES)(
  "a finding of $rule has its corrected lines as the fix, if $because",
  ({ rule, texts, before, after }) => {
    const file = Object.entries(texts).find(([, text]) => text.includes(before));
    const [name = "", text = ""] = file ?? [];
    const fix = fixesFor(rule, texts).find(({ title }) => title.includes(rule));

    expect(fix).toMatchObject({ kind: "quickfix", isPreferred: true });
    expect(fix?.fixed.map((one) => [one.file, one.problem.code])).toContainEqual([name, rule]);
    expect(fix && applied(fix, text)).toBe(
      after === null ? text.replace(`${before}\n`, "") : text.replace(before, after),
    );
  },
);

test.each([
  {
    spec: "  grants:\n    - dynamodb: { table: orders, allow: [scan, delete] }\n",
    title: "BND-002: change line 7 to - dynamodb: { table: orders, allow: [delete] }",
  },
  {
    spec: "  grants:\n    - dynamodb: { table: orders, allow: [write] }\n    # Events.\n    - sqs: { queue: events, allow: [send] }\n",
    title: "BND-002: remove lines 8 to 9",
  },
])("its title shows what is changed: $title", ({ spec, title }) => {
  const { texts } = inSpec("BND-002", "", spec);

  expect(fixesFor("BND-002", texts).map((fix) => fix.title)).toEqual([title]);
});

test("the last lines of a file without a line break at its end are removed", () => {
  const spec =
    "  grants:\n    - dynamodb: { table: orders, allow: [write] }\n    - sqs: { queue: events, allow: [send] }";
  const texts = { ...inSpec("BND-002", "", "").texts, [FILE]: functionText("orders-api", spec) };
  const [fix] = fixesFor("BND-002", texts);

  expect(fix && applied(fix, texts[FILE])).toBe(texts[FILE].replace(/ {4}- sqs.*$/, ""));
});
