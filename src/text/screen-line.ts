import type { DriftRisk } from "../model/drift.ts";

/** The meaning of a line, which a terminal shows as a colour. */
export type Tone = "added" | "removed" | "danger" | "warning" | "aside" | "head";

/** null: none. */
interface TonedLine {
  readonly text: string;
  readonly tone: Tone | null;
}

/** A text has no tone, however it begins: a line gets its tone where it is made, by its subject. */
export type ScreenLine = string | TonedLine;

export function lineText(line: ScreenLine): string {
  return typeof line === "string" ? line : line.text;
}

/** All lines of one message have one tone. */
export function toned(tone: Tone | null, texts: readonly string[]): readonly ScreenLine[] {
  return tone === null ? texts : texts.map((text) => ({ text, tone }));
}

/** The lines in their tones, each with another text or in several lines. */
export function reflowed(
  lines: readonly ScreenLine[],
  flow: (text: string) => readonly string[],
): readonly ScreenLine[] {
  return lines.flatMap((line) => (typeof line === "string" ? flow(line) : toned(line.tone, flow(line.text))));
}

const SIGN_TONES: Readonly<Record<string, Tone>> = { "+": "added", "-": "removed", "=": "aside" };

/** The tone of a change that Grantkeeper makes. */
export function signTone(sign: string): Tone | null {
  return SIGN_TONES[sign] ?? null;
}

/** The tone of what AWS has in addition to Git: it is no good news, although it begins with a plus. */
export function riskTone(risks: readonly DriftRisk[]): Tone | null {
  return risks.length > 0 ? "danger" : null;
}
