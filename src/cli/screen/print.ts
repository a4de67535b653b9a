import { stringify } from "yaml";
import { escapedJson } from "../../text/characters.ts";
import type { OutputFormat } from "../toolbox/options.ts";
import { lineText, reflowed, type ScreenLine } from "../../text/screen-line.ts";
import { layoutOf, type Layout } from "./layout.ts";
import { cleanLine, cleanText, painter, withoutLogCommands } from "./paint.ts";
import type { Toolbox } from "../toolbox/toolbox.ts";
import { noteLines, problemLines, type ProblemText } from "./problem.ts";

/** Prints lines for people, in their colours if the terminal shows colours. */
export async function printLines(lines: readonly ScreenLine[], toolbox: Toolbox): Promise<void> {
  await toolbox.terminal.out(paintedLines(lines, toolbox));
}

function paintedLines(lines: readonly ScreenLine[], toolbox: Toolbox): string {
  const paint = painter(toolbox);
  const cleaned = reflowed(lines, (text) => [withoutLogCommands(cleanLine(text), toolbox.env)]);
  return cleaned.map((line) => `${paint(line)}\n`).join("");
}

/** Notes go to standard error, so that a pipe gets only the answer. A long one continues below its beginning. */
export async function printNote(text: string, toolbox: Toolbox): Promise<void> {
  await printAside((width) => noteLines(text, width), toolbox);
}

/** A problem that does not end the command: on standard error too. */
export async function printProblem(problem: ProblemText, toolbox: Toolbox): Promise<void> {
  await printAside((width) => problemLines(problem, width), toolbox);
}

/** On standard error, which has no colours. */
export async function printAside(
  linesIn: (width: number) => readonly ScreenLine[],
  { terminal, env }: Toolbox,
): Promise<void> {
  const lines = linesIn(layoutOf(terminal, "table").width);
  await terminal.err(lines.map((line) => `${withoutLogCommands(lineText(line), env)}\n`).join(""));
}

/** The answer of a command, for programs and for people. */
export interface Answer {
  readonly value: unknown;
  /** The screen. */
  readonly lines: (layout: Layout) => readonly ScreenLine[];
  /** For `-o name`: one target or digest in each line. */
  readonly names?: () => readonly string[];
}

/** Prints the answer in the requested format. @returns the exit code of a command that has nothing else to report */
export async function show(answer: Answer, format: OutputFormat, toolbox: Toolbox): Promise<0> {
  await toolbox.terminal.out(answerText(answer, format, toolbox));
  return 0;
}

export function answerText(answer: Answer, format: OutputFormat, toolbox: Toolbox): string {
  if (format === "json" || format === "yaml") return structuredText(answer.value, format);
  if (format === "name") return (answer.names?.() ?? []).map((name) => `${cleanLine(name)}\n`).join("");
  return paintedLines(answer.lines(layoutOf(toolbox.terminal, format)), toolbox);
}

/** Without characters that a terminal would obey: people read it there too. */
export function structuredText(value: unknown, format: "json" | "yaml"): string {
  if (format === "yaml") return cleanText(stringify(value, { aliasDuplicateObjects: false, lineWidth: 0 }));
  return `${escapedJson(JSON.stringify(value, null, 2))}\n`;
}
