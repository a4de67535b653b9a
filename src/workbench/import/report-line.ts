import { continued, isCommand } from "../../text/layout/wrap.ts";

/** A line of the report. Commands for a person follow its text, each in a line of its own, so that they can be copied. */
export type ReportLine = string | { readonly text: string; readonly commands: readonly string[] };

/** A line in at most `width` columns, except for commands. */
export function reportLine(line: ReportLine, width: number): readonly string[] {
  const { text, commands } = typeof line === "string" ? { text: line, commands: [] } : line;
  const indent = text.slice(0, text.length - text.trimStart().length);
  return [
    ...(isCommand(text.trimStart()) ? [text] : continued(text, width)),
    ...commands.map((command) => `${indent}    ${command}`),
  ];
}
