import type { ScreenLine } from "../../text/screen-line.ts";
import { labelledLines, type Label } from "../../text/layout/labelled-lines.ts";
import { cleanLine } from "./paint.ts";

/** A problem in the form that all commands share: `error: PLACE: MESSAGE`, then its hint. */
export interface ProblemText {
  readonly level: Exclude<Label, "hint">;
  /** `teams/payments/refunds.yaml:10:43`, a URL, a digest; null where the message names it. */
  readonly place: string | null;
  readonly message: string;
  /** How to fix it, with a command or the corrected line where there is one. */
  readonly hint: string | null;
}

export function problemLines(
  { level, place, message, hint }: ProblemText,
  width: number,
): readonly ScreenLine[] {
  const text = cleanLine(place === null ? message : `${place}: ${message}`);
  const lines = labelledLines(level, text, { width });
  return hint === null ? lines : [...lines, ...hintLines(hint, width)];
}

export function hintLines(hint: string, width: number): readonly ScreenLine[] {
  return labelledLines("hint", cleanLine(hint), { width });
}

/** Notes among the lines of an answer. */
export function noteLines(text: string, width: number): readonly ScreenLine[] {
  return labelledLines("note", cleanLine(text), { width });
}
