/** `ssh://git@host/path` and `git@host:path`, with or without what a checked URL needs. */
export function isSshUrl(text: string): boolean {
  return /^(git\+)?ssh:/i.test(text) || /^[^/]+@[^/]+:/.test(text);
}
