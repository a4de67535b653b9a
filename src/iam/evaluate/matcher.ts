import type { ConditionTest } from "../../model/aws/policy-document.ts";
import { compileGlob, globMatches } from "../match/glob.ts";
import type { Operator } from "../operators.ts";
import {
  type RequestContext,
  comparableText,
  filledTemplate,
  protectWildcards,
  templatesOf,
  type Template,
} from "../match/template.ts";
import { arnMatches, compileArn } from "../match/arn-pattern.ts";
import {
  base64Text,
  compareDates,
  compareNumbers,
  networkHolds,
  parseNetwork,
  type Compare,
} from "../match/values.ts";

/** True when one of a test's values matches the one that the request has. */
export type MatchesValue = (found: string, context: RequestContext) => boolean;

interface Values extends Pick<ConditionTest, "values"> {
  readonly hasVariables: boolean;
}

/** `base` is the operator's name without its modifiers. */
export function valueMatcher(base: string, operator: Operator, test: Values): MatchesValue {
  switch (operator.type) {
    case "string":
      return stringMatcher(base, operator, test);
    case "arn":
      return patternMatcher(test, (pattern) => {
        const globs = compileArn(pattern);
        return (text) => globs !== undefined && arnMatches(globs, text);
      });
    case "bool":
      return equalMatcher(test, boolText);
    case "binary":
      return equalMatcher({ ...test, hasVariables: false }, base64Text);
    case "numeric":
      return sizeMatcher(base, compareNumbers, test.values);
    case "date":
      return sizeMatcher(base, compareDates, test.values);
    case "ip":
      return networkMatcher(test.values);
    case "null":
      return () => false;
  }
}

function stringMatcher(base: string, operator: Operator, test: Values): MatchesValue {
  if (!operator.pattern) return equalMatcher(test, base.endsWith("IgnoreCase") ? lowerText : sameText);
  return patternMatcher(test, (pattern) => {
    const glob = compileGlob(pattern);
    return (text) => globMatches(glob, text);
  });
}

/** The text that a value is compared as; undefined when it is not of the type and matches nothing. */
type Fold = (text: string) => string | undefined;

const sameText: Fold = (text) => text;
const lowerText: Fold = (text) => text.toLowerCase();
const boolText: Fold = (text) => (/^(true|false)$/i.test(text) ? text.toLowerCase() : undefined);

function equalMatcher({ values, hasVariables }: Values, fold: Fold): MatchesValue {
  const templates = templatesOf(values, hasVariables);
  const fixed = new Set(templates.filter((one) => !one.isVariable).map((one) => fold(one.source)));
  const variable = templates.filter((one) => one.isVariable);
  // A variable without a value equals nothing, not even the empty string.
  const equals = (template: Template, text: string, context: RequestContext): boolean => {
    const filled = filledTemplate(template, context);
    return filled !== undefined && fold(filled) === text;
  };
  return (found, context) => {
    const text = fold(found);
    if (text === undefined) return false;
    return fixed.has(text) || variable.some((one) => equals(one, text, context));
  };
}

/** `compile` makes a matcher of one pattern: once for a fixed one, for each request where it has variables. */
function patternMatcher(
  { values, hasVariables }: Values,
  compile: (pattern: string) => (text: string) => boolean,
): MatchesValue {
  const templates = templatesOf(values, hasVariables);
  const fixed = templates.filter((one) => !one.isVariable).map((one) => compile(one.source));
  const variable = templates.filter((one) => one.isVariable);
  const fits = (template: Template, found: string, context: RequestContext): boolean => {
    const pattern = filledTemplate(template, context, protectWildcards);
    const text = pattern === undefined ? undefined : comparableText(found, pattern);
    return pattern !== undefined && text !== undefined && compile(pattern)(text);
  };
  return (found, context) =>
    fixed.some((matches) => matches(found)) || variable.some((one) => fits(one, found, context));
}

/** By the end of the operator's name; a value that is none of the type compares as nothing. */
const SIZES: readonly (readonly [ending: string, holds: (order: number) => boolean])[] = [
  ["LessThan", (order) => order < 0],
  ["LessThanEquals", (order) => order <= 0],
  ["GreaterThan", (order) => order > 0],
  ["GreaterThanEquals", (order) => order >= 0],
  ["Equals", (order) => order === 0],
];

function sizeMatcher(base: string, compare: Compare, values: readonly string[]): MatchesValue {
  const holds = SIZES.find(([ending]) => base.endsWith(ending))?.[1];
  if (holds === undefined) throw new Error(`no comparison for ${base}`);
  return (found) =>
    values.some((value) => {
      const order = compare(found, value);
      return order !== undefined && holds(order);
    });
}

function networkMatcher(values: readonly string[]): MatchesValue {
  const networks = values.map(parseNetwork).filter((network) => network !== undefined);
  return (found) => {
    const address = parseNetwork(found);
    return address !== undefined && networks.some((network) => networkHolds(network, address));
  };
}
