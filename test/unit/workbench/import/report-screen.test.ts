import { expect, test } from "@jest/globals";
import { reportLine } from "../../../../src/workbench/import/report-screen.ts";

const COMMAND = `aws lambda remove-permission --function-name ${"x".repeat(80)} --statement-id gone`;

test.each<{ readonly because: string; readonly line: string; readonly lines: readonly string[] }>([
  { because: "a short line stays", line: "  a b", lines: ["  a b"] },
  {
    because: "a long one continues below, further in",
    line: `  ${"word ".repeat(10).trim()}`,
    lines: ["  word word word word word word word", "    word word word"],
  },
  {
    because: "a command in it has a line of its own and is complete",
    line: `  gone; no call depends on it: ${COMMAND}`,
    lines: ["  gone; no call depends on it:", `      ${COMMAND}`],
  },
  {
    because: "several commands have a line each",
    line: `  who did: ${COMMAND}; ${COMMAND}`,
    lines: ["  who did:", `      ${COMMAND}`, `      ${COMMAND}`],
  },
  {
    because: "a line that is a command is complete",
    line: "  grantkeeper plan /a/long/path/to/a/repository --config FILE",
    lines: ["  grantkeeper plan /a/long/path/to/a/repository --config FILE"],
  },
])("in 40 columns $because", ({ line, lines }) => {
  expect(reportLine(line, 40)).toEqual(lines);
});
