import { toned, type Tone, type ScreenLine } from "../../text/screen-line.ts";
import { cleanLine } from "./paint.ts";
import { wrapped } from "./wrap.ts";

/** A problem in the form that all commands share: `error: PLACE: MESSAGE`, then its hint. */
export interface ProblemText {
  readonly level: "error" | "warning" | "note";
  /** `teams/payments/refunds.yaml:10:43`, a URL, a digest; null where the message names it. */
  readonly place: string | null;
  readonly message: string;
  /** How to fix it, with a command or the corrected line where there is one. */
  readonly hint: string | null;
}

const LABELS = { error: "error: ", warning: "warning: ", note: "note:  " } as const satisfies Record<
  ProblemText["level"],
  string
>;
const TONES = { error: "danger", warning: "warning", note: "aside" } as const satisfies Record<
  ProblemText["level"],
  Tone
>;
const HINT = "hint:  ";

/** A long text continues below its beginning. */
export function problemLines(
  { level, place, message, hint }: ProblemText,
  width: number,
): readonly ScreenLine[] {
  const text = cleanLine(place === null ? message : `${place}: ${message}`);
  const lines = toned(TONES[level], labelled(LABELS[level], text, width));
  return hint === null ? lines : [...lines, ...hintLines(hint, width)];
}

export function hintLines(hint: string, width: number): readonly ScreenLine[] {
  return toned("aside", labelled(HINT, cleanLine(hint), width));
}

/** `note:  …`, laid out as `error:` and `hint:` are. */
export function noteLines(text: string, width: number): readonly ScreenLine[] {
  return toned("aside", labelled(LABELS.note, cleanLine(text), width));
}

/** What does not fit continues below the text. */
export function labelled(label: string, text: string, width: number): readonly string[] {
  return wrapped(text, width, { first: label, next: " ".repeat(label.length) });
}
