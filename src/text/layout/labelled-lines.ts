import { toned, type ScreenLine, type Tone } from "../screen-line.ts";
import { wrapped } from "./wrap.ts";

/** The labels of messages. */
export type Label = "error" | "warning" | "note" | "hint";

/** The texts of errors, notes and hints begin in the same column. */
const HEADS = {
  error: "error: ",
  warning: "warning: ",
  note: "note:  ",
  hint: "hint:  ",
} as const satisfies Record<Label, string>;

const TONES = {
  error: "danger",
  warning: "warning",
  note: "aside",
  hint: "aside",
} as const satisfies Record<Label, Tone>;

interface Margins {
  readonly width: number;
  /** Blanks before the label. */
  readonly indent: string;
}

/** The width of screens that are the same on every terminal. */
const WIDTH = 80;

/** A message with its label, as every command prints it. A long text continues below its beginning. */
export function labelledLines(
  label: Label,
  text: string,
  { width = WIDTH, indent = "" }: Partial<Margins> = {},
): readonly ScreenLine[] {
  const first = `${indent}${HEADS[label]}`;
  return toned(TONES[label], wrapped(text, width, { first, next: " ".repeat(first.length) }));
}
