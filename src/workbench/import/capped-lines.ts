import type { ReportLine } from "./report-line.ts";

/** The first lines, and how many there are more. */
export function cappedLines<Line extends ReportLine>(
  lines: readonly Line[],
  most: number,
  /** Before the number of the others. */
  prefix = "",
): readonly (Line | string)[] {
  const more = lines.length - most;
  return more > 0 ? [...lines.slice(0, most), `${prefix}${more} more, which -o json lists`] : lines;
}
