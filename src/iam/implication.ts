import type { ConditionTest } from "./document.ts";
import { findOperator, operatorParts, type OperatorParts } from "./operators.ts";
import { arnCovers, patternCovers } from "./wildcard.ts";

/** True only when every request that passes `inner` passes `outer`. */
export function conditionsImply(inner: readonly ConditionTest[], outer: readonly ConditionTest[]): boolean {
  return outer.every((wanted) => inner.some((given) => testImplies(given, wanted)));
}

function testImplies(given: ConditionTest, wanted: ConditionTest): boolean {
  if (given.key !== wanted.key) return false;
  if (given.operator === wanted.operator && sameMembers(given.values, wanted.values)) return true;
  if (given.values.length === 0 || wanted.values.length === 0) return false;
  const operator = findOperator(given.operator);
  if (
    operator === undefined ||
    !operatorImplies(operatorParts(given.operator), operatorParts(wanted.operator))
  ) {
    return false;
  }
  const [narrow, wide] = operator.negated ? [wanted.values, given.values] : [given.values, wanted.values];
  const covers = operator.type === "arn" ? arnCovers : patternCovers;
  if (operator.pattern) return narrow.every((value) => wide.some((pattern) => covers(pattern, value)));
  return isListOfAlternatives(given.operator) && narrow.every((value) => wide.includes(value));
}

/** The same operator, or one that also passes when the key is absent. */
function operatorImplies(given: OperatorParts, wanted: OperatorParts): boolean {
  if (given.quantifier !== wanted.quantifier || given.base !== wanted.base) return false;
  return given.suffix === wanted.suffix || wanted.suffix === "IfExists";
}

/** Comparisons by size are left to equal tests: their bounds are not compared. */
function isListOfAlternatives(operator: string): boolean {
  return !/LessThan|GreaterThan/.test(operator);
}

function sameMembers(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((value, at) => value === b[at]);
}
