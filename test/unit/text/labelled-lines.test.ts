import { expect, test } from "@jest/globals";
import { labelledLines, type Label } from "../../../src/text/layout/labelled-lines.ts";
import { lineText } from "../../../src/text/screen-line.ts";

test.each<{ label: Label; head: string; tone: string }>([
  { label: "error", head: "error: ", tone: "danger" },
  { label: "warning", head: "warning: ", tone: "warning" },
  { label: "note", head: "note:  ", tone: "aside" },
  { label: "hint", head: "hint:  ", tone: "aside" },
])("the text of $label continues below its beginning", ({ label, head, tone }) => {
  const lines = labelledLines(label, "the role is used by two functions", { width: 30, indent: "  " });

  expect(lines).toEqual([
    { text: expect.stringMatching(new RegExp(`^  ${head}the role`)), tone },
    { text: expect.stringMatching(new RegExp(`^ {${head.length + 2}}\\S`)), tone },
  ]);
});

test("a command stays in one line, so that it can be copied", () => {
  const command = `grantkeeper resume 1fa22c9c --reason "${"the incident is over ".repeat(6)}"`;

  expect(labelledLines("hint", command).map(lineText)).toEqual([`hint:  ${command}`]);
});
