import { plainLine } from "./names.ts";

/** A line of an alert. What happens next, and where to look, are fields of its message too: no receiver searches the text. */
export type AlertLine =
  | string
  | { readonly kind: "next"; readonly text: string }
  /** A command, perhaps with what to look at in its output. */
  | { readonly kind: "see"; readonly text: string };

/** What a message has of the lines of its alert. */
export interface AlertParts {
  readonly text: string;
  /** The first line of the text. */
  readonly headline: string;
  /** The lines below it. */
  readonly details: readonly string[];
  /** null: the alert has no such line. */
  readonly next: string | null;
  readonly see: string | null;
}

export type TextParts = Pick<AlertParts, "text" | "headline" | "details">;

export function nextLine(text: string): AlertLine {
  return { kind: "next", text };
}

export function seeLine(text: string): AlertLine {
  return { kind: "see", text };
}

export function alertPartsOf(lines: readonly AlertLine[]): AlertParts {
  const partOf = (kind: "next" | "see"): string | null => {
    const line = lines.find((one) => typeof one !== "string" && one.kind === kind);
    return line === undefined || typeof line === "string" ? null : plainLine(line.text);
  };
  return {
    ...textParts(lines.map(alertLineText)),
    next: partOf("next"),
    see: partOf("see"),
  };
}

/** A text by its lines: the receivers that show the first one in another way get it by itself. */
export function textParts([first = "", ...more]: readonly string[]): TextParts {
  const [headline, ...details] = [plainLine(first), ...more.map(plainLine)];
  return { text: [headline, ...details].join("\n"), headline, details };
}

const LABELS = { next: "Next: ", see: "See:  " } as const;

/** The line as people read it. */
export function alertLineText(line: AlertLine): string {
  return typeof line === "string" ? line : `${LABELS[line.kind]}${line.text}`;
}
