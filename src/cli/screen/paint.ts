import { createColors } from "picocolors";
import { withoutUnprintable } from "../../text/characters.ts";
import type { ScreenLine, Tone } from "../../text/screen-line.ts";
import type { Toolbox } from "../toolbox/toolbox.ts";

const COLOURS = {
  added: "green",
  removed: "red",
  danger: "red",
  warning: "yellow",
  aside: "dim",
  head: "bold",
} as const satisfies Record<Tone, string>;

/** Colours belong on a terminal; NO_COLOR takes them away there, FORCE_COLOR brings them elsewhere. */
export function painter({ terminal, env }: Pick<Toolbox, "terminal" | "env">): (line: ScreenLine) => string {
  const isForced = (env["FORCE_COLOR"] ?? "") !== "" && env["FORCE_COLOR"] !== "0";
  const isRefused = (env["NO_COLOR"] ?? "") !== "" || env["TERM"] === "dumb";
  const colours = createColors(isForced || (terminal.isTerminal && !isRefused));
  return (line) => {
    if (typeof line === "string") return line;
    return line.tone === null ? line.text : colours[COLOURS[line.tone]](line.text);
  };
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
export function withoutLogCommands(text: string, env: Toolbox["env"]): string {
  if (env["GITHUB_ACTIONS"] !== "true") return text;
  return text.replaceAll(/^(\s*):(?=:)/gm, "$1: ").replaceAll("##[", "## [");
}
