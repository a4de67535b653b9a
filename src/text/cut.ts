/** The first code units of a text, at most `longest`: without the half of a character that `slice` may leave at the end. */
export function beginningOf(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const isSplit = (text.codePointAt(longest - 1) ?? 0) > 0xff_ff;
  return text.slice(0, isSplit ? longest - 1 : longest);
}

/** The same with `…` if something is left out, which then counts too. */
export function cutText(text: string, longest: number): string {
  return text.length <= longest ? text : `${beginningOf(text, longest - 1)}…`;
}
