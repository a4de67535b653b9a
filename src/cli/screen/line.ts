import type { DriftRisk } from "../../model/drift.ts";

/** The colours that lines have. */
export type Colour = "green" | "red" | "yellow" | "dim" | "bold";

/** A line whose colour is decided by what it is about, not by how it begins; null: it has none. */
interface ColouredLine {
  readonly text: string;
  readonly colour: Colour | null;
}

export type ScreenLine = string | ColouredLine;

export function lineText(line: ScreenLine): string {
  return typeof line === "string" ? line : line.text;
}

/** Of what AWS has in addition to Git: it is no good news, although it begins with a plus. */
export function riskColour(risks: readonly DriftRisk[]): Colour | null {
  return risks.length > 0 ? "red" : null;
}
