/**
 * Parses JSON as IAM does: a duplicate member in one object makes the text invalid, while `JSON.parse` would keep the
 * last one. Undefined if it is not JSON or has a duplicate member.
 */
export function parseIamJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return hasDuplicateMember(text) ? undefined : value;
  } catch {
    return undefined;
  }
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]/gu;

/** Expects valid JSON. A string is the name of a member if and only if a colon follows it. */
function hasDuplicateMember(text: string): boolean {
  const open: Set<string>[] = [];
  const tokens = [...text.matchAll(TOKEN)].map((match) => match[0]);
  for (const [index, token] of tokens.entries()) {
    if (token === "{" || token === "[") open.push(new Set());
    if (token === "}" || token === "]") open.pop();
    if (tokens[index + 1] !== ":") continue;
    const names = open.at(-1);
    const name: unknown = JSON.parse(token);
    if (names === undefined || typeof name !== "string") throw new Error("not valid JSON");
    if (names.has(name)) return true;
    names.add(name);
  }
  return false;
}

export type ParsedObject = Readonly<Record<string, unknown>>;

export function isParsedObject(value: unknown): value is ParsedObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The strings of a single string, of a list or of an absent value; IAM ignores null in a list. */
export function strings(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.filter((item) => typeof item === "string");
}
