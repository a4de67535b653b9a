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
