import { expect, test } from "@jest/globals";
import { TextDocument } from "vscode-languageserver-textdocument";
import type { QuickFix } from "../../../../src/workbench/language/answers/finding-fixes.ts";
import { quickFixes } from "../../../../src/workbench/language/answers/fixes.ts";
import { placedProblems } from "../../../../src/workbench/language/answers/problems.ts";
import { analysisOf, placeOf } from "../../../support/language/analysis.ts";
import { functionText } from "../../../support/manifests.ts";

const FILE = "teams/orders/api.yaml";
const TEXT = functionText(
  "api",
  `  grants:
    - dynamodb: {table: orders, allow: [reed, wrote]}
    - sqs: {queue: "jobs", allow: [snd]} # snd
    - sqss: {queue: a, allow: [send]}
  templates: [{template: none, version: 1}]
`,
);
const ANALYSIS = analysisOf({ [FILE]: TEXT });
const PROBLEMS = placedProblems(ANALYSIS, (file) => `file:///project/${file}`).filter(
  ({ file }) => file === FILE,
);

function fixesAt(marked: string): readonly QuickFix[] {
  const at = placeOf(TEXT, marked);
  const start = { line: at.line - 1, character: at.column - 1 };
  return quickFixes(PROBLEMS, { start, end: start }, ANALYSIS);
}

function applied({ edits }: QuickFix): string {
  return TextDocument.applyEdits(TextDocument.create(FILE, "yaml", 1, TEXT), [...edits]);
}

test.each([
  { at: "r|eed", title: "Change reed to read", wrong: "reed", right: "read" },
  { at: "r|eed", title: "Change wrote to write", wrong: "wrote", right: "write" },
  { at: "s|nd", title: "Change snd to send", wrong: "[snd]", right: "[send]" },
  { at: "sq|ss", title: "Change sqss to sqs", wrong: "sqss", right: "sqs" },
])("$title changes nothing else", ({ at, title, wrong, right }) => {
  const fix = fixesAt(at).find((one) => one.title === title);

  expect(fix && applied(fix)).toBe(TEXT.replace(wrong, right));
  expect(fix).toMatchObject({ kind: "quickfix", isPreferred: true, fixed: [{ file: FILE }] });
});

test.each([
  { text: TEXT, wrong: "kind: FunctionPermission", typed: "kind: FunctionPermision", because: "a kind" },
  {
    text: 'apiVersion: grantkeeper.dev/v1alpha1\nkind: ChangeWindow\nmetadata: {name: later}\nspec:\n  accounts: [prod]\n  zone: "Europe/Berlin"\n  opens: [{days: [mon], at: "09:30", for: 6h}]\n',
    wrong: "Europe/Berlin",
    typed: "Europe/Berln",
    because: "a time zone",
  },
])("$because has a fix", ({ text, wrong, typed }) => {
  const mistaken = text.replace(wrong, typed);
  const analysis = analysisOf({ "platform/a.yaml": mistaken });
  const problems = placedProblems(analysis, (file) => file).filter(({ file }) => file === "platform/a.yaml");
  const [fix] = problems.flatMap(({ shown }) => quickFixes(problems, shown.range, analysis));

  const document = TextDocument.create("platform/a.yaml", "yaml", 1, mistaken);
  expect(TextDocument.applyEdits(document, [...(fix?.edits ?? [])])).toBe(text);
});

test("one fix corrects all lines of the file", () => {
  const all = fixesAt("s|nd").find(({ title }) => title.startsWith("Correct all 3 lines"));

  expect(all && applied(all)).toBe(
    TEXT.replace("reed, wrote", "read, write").replace("[snd]", "[send]").replace("sqss", "sqs"),
  );
});

test.each([
  { at: "template: n|one", because: "a problem without a correction" },
  { at: "m|etadata", because: "a line without a problem" },
])("$because has no fix", ({ at }) => {
  expect(fixesAt(at)).toEqual([]);
});

test("a problem marks the wrong text, with its code and its hint", () => {
  const shown = PROBLEMS.map((one) => one.shown).find(({ message }) =>
    JSON.stringify(message).includes("reed"),
  );
  const at = placeOf(TEXT, "|reed");

  expect(shown).toMatchObject({
    severity: 1,
    source: "grantkeeper",
    code: "unknown-value",
    range: {
      start: { line: at.line - 1, character: at.column - 1 },
      end: { line: at.line - 1, character: at.column + 3 },
    },
    message: expect.stringContaining('\nhint: did you mean "read"?'),
  });
});
