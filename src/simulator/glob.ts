/** Whether the text matches a pattern with `*` and `?`. */
export function isLike(value: string, pattern: string): boolean {
  // Most patterns are plain texts, and each request is compared with hundreds of them.
  if (!/[*?]/.test(pattern)) return value === pattern;
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "s").test(value);
}
