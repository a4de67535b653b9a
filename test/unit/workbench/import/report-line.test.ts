import { expect, test } from "@jest/globals";
import { reportLine, type ReportLine } from "../../../../src/workbench/import/report-line.ts";

const COMMAND = `aws lambda remove-permission --function-name ${"x".repeat(80)} --statement-id gone`;

test.each<{ readonly because: string; readonly line: ReportLine; readonly lines: readonly string[] }>([
  { because: "a short line stays", line: "  a b", lines: ["  a b"] },
  {
    because: "a long one continues below, further in",
    line: `  ${"word ".repeat(10).trim()}`,
    lines: ["  word word word word word word word", "    word word word"],
  },
  {
    because: "a command of it has a line of its own and is complete",
    line: { text: "  gone: the command removes it", commands: [COMMAND] },
    lines: ["  gone: the command removes it", `      ${COMMAND}`],
  },
  {
    because: "several commands have a line each",
    line: { text: "  the commands show it", commands: [COMMAND, COMMAND] },
    lines: ["  the commands show it", `      ${COMMAND}`, `      ${COMMAND}`],
  },
  {
    because: "a text that reads like a command is wrapped: only a field makes it one",
    line: "  try terraform state: aws lambda and others",
    lines: ["  try terraform state: aws lambda and", "    others"],
  },
  {
    because: "a line that is a command is complete",
    line: "  grantkeeper plan /a/long/path/to/a/repository --config FILE",
    lines: ["  grantkeeper plan /a/long/path/to/a/repository --config FILE"],
  },
])("in 40 columns $because", ({ line, lines }) => {
  expect(reportLine(line, 40)).toEqual(lines);
});
