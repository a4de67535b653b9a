import { undocumented, type Facts, type Version } from "./world.ts";

/** Signs that no document of a test contains, for the wildcards that a pattern means as wildcards. */
const MANY = "\uE000";
const ONE = "\uE001";

/** Whether `*` and `?` are wildcards in this place, or text. */
export type Wildcards = "wild" | "plain";

/**
 * The value with its policy variables replaced, its wildcards marked. Undefined: a variable of it has no value, "there
 * is no equal or like value". Only 2012-10-17 knows variables; in an older document they are text. `${*}`, `${?}` and
 * `${$}` are the signs themselves, `${key, 'default'}` has a default; key names are case-insensitive.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export function filledIn(
  text: string,
  version: Version,
  facts: Facts,
  wildcards: Wildcards,
): string | undefined {
  if (version === "2008-10-17") return marked(text, wildcards);
  let filled = "";
  for (const piece of text.split(/(\$\{[^}]*\})/)) {
    const isVariable = /^\$\{[^}]*\}$/.test(piece);
    const part = isVariable ? variable(piece.slice(2, -1), facts) : marked(piece, wildcards);
    if (part === undefined) return undefined;
    filled += part;
  }
  return filled;
}

function marked(text: string, wildcards: Wildcards): string {
  return wildcards === "plain" ? text : text.replaceAll("*", MANY).replaceAll("?", ONE);
}

function variable(inside: string, facts: Facts): string | undefined {
  if (["*", "?", "$"].includes(inside)) return inside;
  const [, key = inside, otherwise] = /^(.*), '(.*)'$/.exec(inside) ?? [];
  const values = facts.get(key.toLowerCase()) ?? [];
  if (values.length > 1) return undocumented("a multivalued key as a variable");
  if (values[0] === "") return undocumented("a variable whose key is empty text");
  return values[0] ?? otherwise;
}

const compiled = new Map<string, RegExp>();

/** "any combination of characters (*) and any single character (?)", over the entire text. */
export function fits(pattern: string, text: string): boolean {
  return expression(pattern, "anywhere").test(text);
}

/**
 * A resource: wildcards stay within a segment, "the parts separated by colons", but for a `*` that is the last
 * character of one, which "can expand to match beyond the colon boundaries". Whether the colons of the resource's own
 * name (an object's key) part segments too is not documented.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export function fitsSegments(pattern: string, text: string): boolean {
  const [narrow, wide] = [expression(pattern, "segments"), expression(pattern, "fields")];
  const found = wide.test(text);
  return narrow.test(text) === found ? found : undocumented("a wildcard and a colon in a resource's name");
}

type Reach = "anywhere" | "segments" | "fields";

function expression(pattern: string, where: Reach): RegExp {
  const name = `${where} ${pattern}`;
  const known = compiled.get(name);
  if (known !== undefined) return known;
  const source = pattern
    .split("")
    .map((sign, at) => expressionOf(sign, wildcardReach(pattern, at, where)))
    .join("");
  const made = new RegExp(`^${source}$`);
  if (compiled.size > 5_000) compiled.clear();
  compiled.set(name, made);
  return made;
}

function wildcardReach(
  pattern: string,
  at: number,
  where: Reach,
): { readonly star: string; readonly mark: string } {
  const isInName = where === "fields" && pattern.slice(0, at).split(":").length > 5;
  if (where === "anywhere" || isInName) return { star: "[^]*", mark: "[^]" };
  const isLast = [undefined, ":"].includes(pattern[at + 1]);
  return { star: isLast ? "[^]*" : "[^:]*", mark: "[^:]" };
}

function expressionOf(
  sign: string,
  { star, mark }: { readonly star: string; readonly mark: string },
): string {
  if (sign === MANY) return star;
  return sign === ONE ? mark : sign.replace(/[$()*+.?[\\\]^{|}/-]/, String.raw`\$&`);
}
