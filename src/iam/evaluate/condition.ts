import type { ConditionTest } from "../../model/aws/policy-document.ts";
import { findOperator, operatorParts, type OperatorParts } from "../operators.ts";
import type { Holds } from "./holds.ts";
import { valueMatcher, type MatchesValue } from "./matcher.ts";
import { type RequestContext, hasEmptyVariable, templatesOf, type Template } from "../match/template.ts";

/** One test of a condition block, ready to be tried. */
export interface CompiledTest {
  readonly test: ConditionTest;
  readonly quantifier: OperatorParts["quantifier"];
  readonly isIfExists: boolean;
  readonly isNegated: boolean;
  /** Those of the policy's values that have variables. */
  readonly variables: readonly Template[];
  /** Whether one of the policy's values matches a value of the request; negation comes after. null for `Null`. */
  readonly matches: MatchesValue | null;
}

export function compileTest(test: ConditionTest, hasVariables: boolean): CompiledTest {
  const operator = findOperator(test.operator);
  if (operator === undefined) throw new Error(`a normal form has no operator ${test.operator}`);
  const { quantifier, base, suffix } = operatorParts(test.operator);
  return {
    test,
    quantifier,
    isIfExists: suffix === "IfExists",
    isNegated: operator.negated,
    variables: operator.negated
      ? templatesOf(test.values, hasVariables).filter(({ isVariable }) => isVariable)
      : [],
    matches: operator.type === "null" ? null : valueMatcher(base, operator, { ...test, hasVariables }),
  };
}

/**
 * Does the test hold for the request? A negated one holds where nothing matched; it is unclear where a variable
 * without a value did not match.
 */
export function testHolds(compiled: CompiledTest, context: RequestContext): Holds {
  const holds = isMet(compiled, context);
  return holds && hasEmptyVariable(compiled.variables, context) ? "unclear" : holds;
}

/**
 * A key that is absent satisfies a negated operator and `IfExists`, and next to a
 * set operator neither: then `ForAllValues` holds and `ForAnyValue` does not.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
 * @see https://iam.cloudcopilot.io/resources/operators/ForAnyValue:StringLikeIfExists
 */
function isMet(compiled: CompiledTest, context: RequestContext): boolean {
  const { test, quantifier, matches, isNegated, isIfExists } = compiled;
  const found = context.get(test.key) ?? [];
  if (matches === null) return nullHolds(test.values, found);
  if (found.length === 0) return quantifier === "" ? isIfExists || isNegated : quantifier === "ForAllValues:";
  if (quantifier === "") return found.some((value) => matches(value, context)) !== isNegated;
  const passes = (value: string): boolean => matches(value, context) !== isNegated;
  if (isEmptySet(found)) return quantifier === "ForAllValues:";
  return quantifier === "ForAllValues:" ? found.every(passes) : found.some(passes);
}

/** Of several values, an empty string counts as none: AWS calls it an empty data set. */
function isEmptySet(found: readonly string[]): boolean {
  return found.every((value) => value === "");
}

/** `Null` is "true" where the key is absent or has no value, "false" where it has one. */
function nullHolds(values: readonly string[], found: readonly string[]): boolean {
  const wanted = String(isEmptySet(found));
  return values.some((value) => value.toLowerCase() === wanted);
}
