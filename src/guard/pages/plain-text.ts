/** A text of `src/guard/pages/` without its Markdown: links as their text, code without its marks, one line. */
export function plainText(markdown: string): string {
  return markdown
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replaceAll(/`|\b_|_\b/g, "")
    .replaceAll(/\s+/g, " ")
    .trim();
}
