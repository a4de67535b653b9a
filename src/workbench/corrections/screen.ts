import { toned, type ScreenLine } from "../../text/screen-line.ts";
import { replacedLines, type CorrectedLine } from "../reports/corrected-line.ts";

/** A line of a manifest is not wrapped, so that it can be copied. */
export function correctionLines(correction: CorrectedLine): readonly ScreenLine[] {
  const { removed, added } = replacedLines(correction);
  return [
    correctionTitle(correction),
    ...toned(
      "removed",
      removed.map((line) => `-${line}`),
    ),
    ...toned(
      "added",
      added.map((line) => `+${line}`),
    ),
  ];
}

/** `teams/orders/orders-api.yaml:7`, and the rules that it is for. */
export function correctionTitle({ file, line, endLine, corrects }: CorrectedLine): string {
  const codes = [...new Set(corrects.map(({ code }) => code))];
  const lines = endLine > line ? `${line}-${endLine}` : String(line);
  return `${file}:${lines}: ${codes.join(", ")}`;
}
