import { cleanLine } from "../../cli/screen/paint.ts";

/** Lines of a manifest that end problems. */
export interface CorrectedLine {
  readonly file: string;
  /** The first and the last of the lines, from 1. */
  readonly line: number;
  readonly endLine: number;
  /** Joined with line breaks. */
  readonly before: string;
  /** null: the lines are removed. */
  readonly after: string | null;
  /** The problems that it is for. */
  readonly corrects: readonly CorrectedProblem[];
}

export interface CorrectedProblem {
  /** A rule's id, or the code of another problem. */
  readonly code: string;
  readonly line: number;
  readonly column: number;
}

/** A tool applies a correction as it is: a text that is shown otherwise is not offered. */
export function isShownAsItIs({ after }: CorrectedLine): boolean {
  return (after ?? "").split("\n").every((line) => cleanLine(line) === line);
}

export function replacedLines({ before, after }: CorrectedLine): {
  readonly removed: readonly string[];
  readonly added: readonly string[];
} {
  const shown = (text: string): readonly string[] =>
    text.split("\n").map((line) => cleanLine(line).trimEnd());
  return { removed: shown(before), added: after === null ? [] : shown(after) };
}

/** More is not for the message of one problem. */
const LONGEST = 4_000;

/** `corrected lines:`, and then the lines with `-` and `+`; empty if the problem has none. */
export function correctedTexts(corrected: CorrectedLine | undefined): readonly string[] {
  if (corrected === undefined) return [];
  const { removed, added } = replacedLines(corrected);
  const lines = [...removed.map((line) => `-${line}`), ...added.map((line) => `+${line}`)];
  if (lines.join("\n").length > LONGEST) return ["corrected lines: too long to be listed here"];
  return ["corrected lines:", ...lines];
}
