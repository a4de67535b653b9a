import { arnFields, missingFields } from "../../model/aws/arns/arn-fields.ts";
import type { Selector } from "../document.ts";
import { compileGlob, globMatches, type Glob } from "../match/glob.ts";
import { isEverything } from "../match/wildcard.ts";
import type { Holds } from "./holds.ts";
import {
  type RequestContext,
  comparableText,
  filledTemplate,
  hasEmptyVariable,
  parseTemplate,
  protectWildcards,
  type Template,
} from "../match/template.ts";

/** Resource or NotResource of a statement, ready to be matched. */
export interface CompiledResources {
  readonly isNegated: boolean;
  /** Those without wildcards and variables. */
  readonly exact: ReadonlySet<string>;
  readonly patterns: readonly CompiledPattern[];
}

type CompiledPattern =
  | { readonly kind: "any" }
  /** A variable before the fifth colon: IAM replaces none there, and nothing matches. */
  | { readonly kind: "none" }
  | { readonly kind: "fixed"; readonly glob: FieldGlob }
  | { readonly kind: "variable"; readonly template: Template };

/** A pattern whose wildcards inside one of the first five fields of an ARN stay in it. */
interface FieldGlob {
  readonly glob: Glob;
  readonly isWithinFields: boolean;
}

export function compileResources(selector: Selector, hasVariables: boolean): CompiledResources {
  const patterns = selector.values.map((value) => compilePattern(value, hasVariables));
  const isExact = (one: CompiledPattern): boolean => one.kind === "fixed" && one.glob.glob.isExact;
  return {
    isNegated: selector.negated,
    exact: new Set(
      patterns.flatMap((one) => (one.kind === "fixed" && isExact(one) ? [one.glob.glob.pattern] : [])),
    ),
    patterns: patterns.filter((one) => !isExact(one)),
  };
}

/**
 * NotResource selects what none of its patterns matches. It is not documented what it selects where one of them has a
 * variable that IAM does not replace.
 */
export function resourcesSelect(
  { isNegated, exact, patterns }: CompiledResources,
  resource: string,
  context: RequestContext,
): Holds {
  if (exact.has(resource)) return !isNegated;
  for (const one of patterns) if (patternMatches(one, resource, context)) return !isNegated;
  if (!isNegated) return false;
  return patterns.some((one) => isUnreplaced(one, context)) ? "unclear" : true;
}

function isUnreplaced(pattern: CompiledPattern, context: RequestContext): boolean {
  if (pattern.kind === "variable") return hasEmptyVariable([pattern.template], context);
  return pattern.kind === "none";
}

function compilePattern(pattern: string, hasVariables: boolean): CompiledPattern {
  if (isEverything(pattern)) return { kind: "any" };
  if (!hasVariables || !pattern.includes("${")) return { kind: "fixed", glob: fieldGlob(pattern) };
  const template = parseTemplate(pattern);
  if (!template.isVariable) return { kind: "fixed", glob: fieldGlob(pattern) };
  const [head] = template.parts;
  const fields = head?.kind === "text" ? arnFields(head.text).length - 1 : 0;
  return fields < 5 ? { kind: "none" } : { kind: "variable", template };
}

function patternMatches(pattern: CompiledPattern, resource: string, context: RequestContext): boolean {
  if (pattern.kind === "any") return true;
  if (pattern.kind === "fixed") return fieldGlobMatches(pattern.glob, resource);
  if (pattern.kind === "none") return false;
  const filled = filledTemplate(pattern.template, context, protectWildcards);
  const text = filled === undefined ? undefined : comparableText(resource, filled);
  return filled !== undefined && text !== undefined && fieldGlobMatches(fieldGlob(filled), text);
}

/**
 * IAM completes a short ARN with stars. A star that ends a field may reach over the colons that follow; other
 * wildcards stay in their field.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
function fieldGlob(pattern: string): FieldGlob {
  const fields = arnFields(pattern);
  const missing = missingFields(pattern);
  const isWithinFields = fields.slice(0, 5).some((field) => /[*?]/.test(field.replace(/\*$/, "")));
  return { glob: compileGlob(pattern + ":*".repeat(missing)), isWithinFields };
}

function fieldGlobMatches({ glob, isWithinFields }: FieldGlob, text: string): boolean {
  return globMatches(glob, text) && (!isWithinFields || matchesWithinFields(glob.pattern, text));
}

/** Walks pattern and text together: `reach[at]` is true if the pattern read so far can end before that character. */
function matchesWithinFields(pattern: string, text: string): boolean {
  let reach: readonly boolean[] = [true];
  let colons = 0;
  for (let place = 0; place < pattern.length; place += 1) {
    const letter = pattern[place];
    if (letter === ":") colons += 1;
    const isFree = colons >= 5 || (letter === "*" && (pattern[place + 1] ?? ":") === ":");
    const takes = (found: string | undefined): boolean => found !== undefined && (isFree || found !== ":");
    const next: boolean[] = [];
    for (let at = 0; at <= text.length; at += 1) {
      const before = text[at - 1];
      if (letter === "*") next[at] = reach[at] === true || (next[at - 1] === true && takes(before));
      else next[at] = reach[at - 1] === true && (letter === "?" ? takes(before) : letter === before);
    }
    reach = next;
  }
  return reach[text.length] === true;
}
