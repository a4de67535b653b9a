import { expect, test } from "@jest/globals";
import { isInDifference, shownLinesIn } from "../../../../src/network/forges/shown-lines.ts";

const PATCH = [
  "@@ -3,2 +3,3 @@ spec:",
  "   grants:",
  "+@@ -1,9 +90,9 @@",
  "   - a",
  "@@ -20,4 +21,0 @@",
  "-   - b",
  "@@ -40 +40 @@",
  "-   - c",
  "+   - d",
].join("\n");
const SHOWN = shownLinesIn([
  { filename: "a.yaml", patch: PATCH },
  { filename: "large.yaml" },
  { filename: 1, patch: PATCH },
]);

test.each([
  { file: "a.yaml", line: 3, endLine: 5, shown: true, because: "they begin and end as the part does" },
  { file: "a.yaml", line: 40, endLine: 40, shown: true, because: "a part without a count has one line" },
  { file: "a.yaml", line: 2, endLine: 3, shown: false, because: "they begin before the part" },
  { file: "a.yaml", line: 5, endLine: 6, shown: false, because: "they end after the part" },
  { file: "a.yaml", line: 5, endLine: 40, shown: false, because: "they are in two parts" },
  { file: "a.yaml", line: 21, endLine: 21, shown: false, because: "the part only removes lines" },
  {
    file: "a.yaml",
    line: 90,
    endLine: 90,
    shown: false,
    because: "a line of the file has the form of a heading",
  },
  { file: "b.yaml", line: 3, endLine: 3, shown: false, because: "the file is not changed" },
  { file: "large.yaml", line: 3, endLine: 3, shown: false, because: "GitHub shows no patch of the file" },
])("lines $line to $endLine of $file are shown: $shown, because $because", ({ shown, ...at }) => {
  expect(isInDifference(SHOWN, at)).toBe(shown);
});

test("an answer that is no list shows no line", () => {
  expect(shownLinesIn({ message: "Not Found" })).toEqual([]);
});
