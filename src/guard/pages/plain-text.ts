/** A text of `src/guard/pages/` without its Markdown: links as their text, code without its marks, one line. */
export function plainMarkdown(markdown: string): string {
  return withoutLinks(markdown).replaceAll(/`|\b_|_\b/g, "");
}

/** The same with the marks of code: where a sentence names commands and messages, their ends must be seen. */
export function withoutLinks(markdown: string): string {
  return markdown
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replaceAll(/\s+/g, " ")
    .trim();
}
