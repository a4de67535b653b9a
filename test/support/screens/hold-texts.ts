import { holdLines } from "../../../src/cli/resources/holds.ts";
import { lineText } from "../../../src/text/screen-line.ts";

/** The screen of a pending approval without its tones. */
export function holdTexts(...of: Parameters<typeof holdLines>): readonly string[] {
  return holdLines(...of).map(lineText);
}
