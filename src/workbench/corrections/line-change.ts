/** Lines of a file and the lines that replace them. */
export interface LineChange {
  /** The first and the last of the replaced lines, from 1. */
  readonly line: number;
  readonly endLine: number;
  readonly before: readonly string[];
  /** Empty: the lines are removed. */
  readonly after: readonly string[];
}

/**
 * The lines in which two texts differ, as one piece; null if they do not differ. Where lines are only added, the line above
 * is a part of both sides: it is the place.
 */
export function lineChange(before: string, after: string): LineChange | null {
  if (before === after) return null;
  const [old, now] = [linesOf(before), linesOf(after)];
  const most = Math.min(old.length, now.length);
  let start = 0;
  while (start < most && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < most - start && old.at(-1 - end) === now.at(-1 - end)) end += 1;
  const isAddition = old.length - end === start && start > 0;
  const from = isAddition ? start - 1 : start;
  return {
    line: from + 1,
    endLine: old.length - end,
    before: old.slice(from, old.length - end),
    after: now.slice(from, now.length - end),
  };
}

/** The text with changes whose lines do not overlap. */
export function withLineChanges(text: string, changes: readonly LineChange[]): string {
  const ending = text.includes("\r\n") ? "\r\n" : "\n";
  const lines: string[] = [...linesOf(text)];
  for (const { line, endLine, after } of changes.toSorted((a, b) => b.line - a.line))
    lines.splice(line - 1, endLine - line + 1, ...after);
  return lines.join(ending);
}

function linesOf(text: string): readonly string[] {
  return text.split(/\r?\n/);
}
