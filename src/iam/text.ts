/** Two strings by their code units: the order of everything that is printed. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** Sorted, each once. */
export function sortedSet(values: readonly string[]): readonly string[] {
  if (values.length < 2) return values;
  const sorted = values.toSorted();
  return sorted.filter((value, at) => value !== sorted[at - 1]);
}

/** JSON with sorted names. For data of bounded depth that JSON.parse made; unlike RFC 8785 it takes numbers of any size. */
export function stableText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(stableText).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const entries = Object.entries(value).sort(([a], [b]) => byText(a, b));
  return `{${entries.map(([name, member]) => `${JSON.stringify(name)}:${stableText(member)}`).join(",")}}`;
}

/** True for what JSON writes as `{…}`. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function toList(value: string | readonly string[]): readonly string[] {
  return typeof value === "string" ? [value] : value;
}

/** `a, b and 3 more`: for a sentence. */
export function someOf(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(", ");
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}

/**
 * For names whose case IAM ignores. Only characters that IAM takes: JavaScript makes a `k` of the Kelvin sign, and
 * a name with it, which IAM refuses, is not the name without.
 */
export function lowerCase(text: string): string {
  if (!/[^\u0000-\u00FF]/.test(text)) return text.toLowerCase();
  return text.replace(/[\u0000-\u00FF]+/g, (part) => part.toLowerCase());
}
