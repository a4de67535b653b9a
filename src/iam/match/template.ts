import { lowerCase } from "../lower-case.ts";

/** The request's condition keys, lower-case, with their values. A key without values counts as absent. */
export type RequestContext = ReadonlyMap<string, readonly string[]>;

type TemplatePart =
  | { readonly kind: "text"; readonly text: string }
  /** `${*}`, `${?}`, `${$}`: the character itself. */
  | { readonly kind: "character"; readonly text: string }
  | { readonly kind: "variable"; readonly key: string; readonly fallback: string | null };

/** A value of a policy with its variables taken apart. */
export interface Template {
  readonly source: string;
  readonly parts: readonly TemplatePart[];
  /** False for nearly all: such a value is what is written. */
  readonly isVariable: boolean;
}

/** `${key}` or `${key, 'the value for a request without the key'}`; one that is not closed is text. */
const VARIABLE = /\$\{([^{}]*)\}/g;

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html */
export function parseTemplate(source: string): Template {
  if (!source.includes("${")) return { source, parts: [{ kind: "text", text: source }], isVariable: false };
  const parts: TemplatePart[] = [];
  let from = 0;
  for (const found of source.matchAll(VARIABLE)) {
    parts.push({ kind: "text", text: source.slice(from, found.index) }, readVariable(found[1] ?? ""));
    from = found.index + found[0].length;
  }
  parts.push({ kind: "text", text: source.slice(from) });
  return { source, parts, isVariable: parts.length > 1 };
}

function readVariable(inside: string): TemplatePart {
  if (inside === "*" || inside === "?" || inside === "$") return { kind: "character", text: inside };
  const comma = inside.indexOf(",");
  const fallback = comma === -1 ? null : quotedText(inside.slice(comma + 1).trimStart());
  const key = fallback === null ? inside : inside.slice(0, comma);
  return { kind: "variable", key: lowerCase(key.trimEnd()), fallback };
}

function quotedText(text: string): string | null {
  return text.length > 1 && text.startsWith("'") && text.endsWith("'") ? text.slice(1, -1) : null;
}

/** The same value with each variable in one spelling: names of condition keys ignore case, and blanks around a default mean nothing. */
export function foldVariables(text: string): string {
  if (!text.includes("${")) return text;
  return text.replaceAll(VARIABLE, (placeholder, inside: string) => {
    const part = readVariable(inside);
    if (part.kind !== "variable") return placeholder;
    return part.fallback === null ? `\${${part.key}}` : `\${${part.key}, '${part.fallback}'}`;
  });
}

/** The value for this request, undefined when a variable has none. `protect` is applied to the value of a variable. */
export function filledTemplate(
  template: Template,
  context: RequestContext,
  protect: (text: string) => string = (text) => text,
): string | undefined {
  if (!template.isVariable) return template.source;
  let filled = "";
  for (const part of template.parts) {
    const value = part.kind === "variable" ? variableValue(part, context) : part.text;
    if (value === undefined) return undefined;
    filled += part.kind === "text" ? value : protect(value);
  }
  return filled;
}

/** Only a key with exactly one value can replace a variable. */
function variableValue(
  { key, fallback }: { readonly key: string; readonly fallback: string | null },
  context: RequestContext,
): string | undefined {
  const values = context.get(key);
  return values?.length === 1 ? values[0] : (fallback ?? undefined);
}

/** Whether a variable of one of these values has no value in the request. */
export function hasEmptyVariable(templates: readonly Template[], context: RequestContext): boolean {
  return templates.some(({ parts }) =>
    parts.some((part) => part.kind === "variable" && variableValue(part, context) === undefined),
  );
}

/** The variables that have no value in this request, as keys. */
export function emptyVariables(values: readonly string[], context: RequestContext): readonly string[] {
  const variables = values.flatMap((value) =>
    parseTemplate(value).parts.filter((part) => part.kind === "variable"),
  );
  return variables.filter((part) => variableValue(part, context) === undefined).map(({ key }) => key);
}

const LITERAL_STAR = "\uE001";
const LITERAL_MARK = "\uE002";

/** The value of a variable is not a pattern: its wildcards are marked. */
export function protectWildcards(text: string): string {
  return text.replaceAll("*", LITERAL_STAR).replaceAll("?", LITERAL_MARK);
}

/** The text to hold against a pattern in which wildcards were marked; undefined when it holds such marks itself. */
export function comparableText(text: string, pattern: string): string | undefined {
  if (!pattern.includes(LITERAL_STAR) && !pattern.includes(LITERAL_MARK)) return text;
  return text.includes(LITERAL_STAR) || text.includes(LITERAL_MARK) ? undefined : protectWildcards(text);
}

/** A document of 2008 knows no variables: `${` is text there. */
export function templatesOf(values: readonly string[], hasVariables: boolean): readonly Template[] {
  return values.map((value) =>
    hasVariables
      ? parseTemplate(value)
      : { source: value, parts: [{ kind: "text", text: value }], isVariable: false },
  );
}
