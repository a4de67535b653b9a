/**
 * A name directly before a brace: YAML reads both as one text, and what it then reports is not where the mistake is.
 * @returns null if the line has no such name
 */
export function nameBeforeBrace(line: string): { readonly name: string; readonly column: number } | null {
  const [, before = "", name] = /^([\s-]*)(\w+) *\{/.exec(line) ?? [];
  return name === undefined ? null : { name, column: before.length + 1 };
}

export function missingColon(name: string): { readonly message: string; readonly fix: string } {
  return { message: `a colon is missing after "${name}"`, fix: `write ${name}: before the brace` };
}
