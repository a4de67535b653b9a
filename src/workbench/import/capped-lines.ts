/** The first lines, and how many there are more. */
export function cappedLines(
  lines: readonly string[],
  most: number,
  /** Before the number of the others. */
  prefix = "",
): readonly string[] {
  const more = lines.length - most;
  return more > 0 ? [...lines.slice(0, most), `${prefix}${more} more, which -o json lists`] : lines;
}
