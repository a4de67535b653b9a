import { stringify } from "yaml";
import { escapedJson } from "../../text/characters.ts";
import type { OutputFormat } from "../toolbox/options.ts";
import { layoutOf, type Layout } from "./layout.ts";
import { cleanLine, cleanText, painter } from "./paint.ts";
import type { Toolbox } from "../toolbox/toolbox.ts";

/** Lines for people, coloured by their marks where that belongs. */
export async function printLines(lines: readonly string[], toolbox: Toolbox): Promise<void> {
  await toolbox.terminal.out(paintedLines(lines, toolbox));
}

function paintedLines(lines: readonly string[], toolbox: Toolbox): string {
  const paint = painter(toolbox);
  return lines.map((line) => `${paint(cleanLine(line))}\n`).join("");
}

/** Remarks beside the answer go to stderr, so that a pipe gets the answer alone. */
export async function printNote(text: string, { terminal }: Toolbox): Promise<void> {
  await terminal.err(`${cleanLine(text)}\n`);
}

/** What a command answers, for programs and for people. */
export interface Answer {
  readonly value: unknown;
  /** The screen. */
  readonly lines: (layout: Layout) => readonly string[];
  /** For `-o name`: one target or digest a line. */
  readonly names?: () => readonly string[];
}

/** The answer in the format that was asked for. */
export async function show(answer: Answer, format: OutputFormat, toolbox: Toolbox): Promise<void> {
  await toolbox.terminal.out(answerText(answer, format, toolbox));
}

export function answerText(answer: Answer, format: OutputFormat, toolbox: Toolbox): string {
  if (format === "json" || format === "yaml") return structuredText(answer.value, format);
  if (format === "name") return (answer.names?.() ?? []).map((name) => `${cleanLine(name)}\n`).join("");
  return paintedLines(answer.lines(layoutOf(toolbox.terminal, format)), toolbox);
}

/** Programs read it, and people on a terminal: no character in it does anything there. */
export function structuredText(value: unknown, format: "json" | "yaml"): string {
  if (format === "yaml") return cleanText(stringify(value, { aliasDuplicateObjects: false, lineWidth: 0 }));
  return `${escapedJson(JSON.stringify(value, null, 2))}\n`;
}
