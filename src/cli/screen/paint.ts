import { createColors } from "picocolors";
import { withoutUnprintable } from "../../text/characters.ts";
import type { Colour, ScreenLine } from "./line.ts";
import type { Toolbox } from "../toolbox/toolbox.ts";

/** Which colour a line gets, by how it begins; rendering itself knows no colour. */
const MARKS: readonly (readonly [begins: RegExp, colour: Colour])[] = [
  [/^\s*\+ /, "green"],
  // Not a member of a YAML list: `- dynamodb: {…}` is there to be copied.
  [/^\s*- (?![\w-]+: )/, "red"],
  [/^\s*✗ |^error: /, "red"],
  [/^\s*(held|broken|refused|failed|source) {2,}/, "yellow"],
  [/^\s*(suspended|orphans) {2,}|^warning: /, "yellow"],
  [/^\s*(= |note |fix |size |not read |guard |calls )|^\s*(hint|note): /, "dim"],
  // The head of a table.
  [/^[A-Z][A-Z ]+$/, "bold"],
];

/** Colour belongs on a terminal; NO_COLOR takes it away there, FORCE_COLOR brings it elsewhere. */
export function painter({ terminal, env }: Pick<Toolbox, "terminal" | "env">): (line: ScreenLine) => string {
  const isForced = (env["FORCE_COLOR"] ?? "") !== "" && env["FORCE_COLOR"] !== "0";
  const isRefused = (env["NO_COLOR"] ?? "") !== "" || env["TERM"] === "dumb";
  const colours = createColors(isForced || (terminal.isTerminal && !isRefused));
  return (line) => {
    const { text, colour } = typeof line === "string" ? { text: line, colour: colourOf(line) } : line;
    return colour === null ? text : colours[colour](text);
  };
}

function colourOf(line: string): Colour | null {
  return MARKS.find(([begins]) => begins.test(line))?.[1] ?? null;
}

/** A text that others wrote has no lines of its own: they would pass for ours. */
export function cleanLine(text: string): string {
  return cleanText(text.replaceAll(/\r?\n/g, " "));
}

/**
 * What others wrote could move the cursor, change colours or turn the reading direction: such characters go.
 * A tab stays a blank.
 */
export function cleanText(text: string): string {
  return withoutUnprintable(text.replaceAll("\t", " "));
}

/**
 * The lines of a log in which the runner of GitHub Actions finds no command: it obeys a line that begins with `::` after
 * its blanks, and `##[` anywhere, and a text of a manifest may begin the continuation of a line.
 */
export function withoutCommands(text: string, env: Toolbox["env"]): string {
  if (env["GITHUB_ACTIONS"] !== "true") return text;
  return text.replaceAll(/^(\s*):(?=:)/gm, "$1: ").replaceAll("##[", "## [");
}
