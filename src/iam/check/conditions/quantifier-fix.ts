import type { Statement } from "../../../model/aws/policy-document.ts";
import { findOperator, operatorParts, type OperatorParts } from "../../operators.ts";
import type { LocatedTest } from "../statement.ts";

/**
 * The correct operator for the number of values of a key, in a form that never allows more. With a key that a request lacks
 * or sends empty, the forms of an operator differ: `StringNotEquals` holds, `ForAnyValue:StringNotEquals` does not.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
 */
export function quantifierFix(test: LocatedTest, effect: Statement["Effect"]): string {
  return effect === "Allow" ? fixOfAllow(test) : fixOfDeny(test);
}

/** ForAnyValue would also hold for a request that has further values. */
function fixOfAllow(test: LocatedTest): string {
  const { quantifier, base, suffix } = operatorParts(test.operator);
  if (quantifier === "ForAllValues:") return `write ${base}${suffix}`;
  const operator = quantifier === "" ? `ForAllValues:${base}` : base;
  if (quantifier !== "" && !holdsWithoutValue(operatorParts(base), test)) return `write ${operator}`;
  return `write ${operator}, and add "Null": {"${test.key}": "false"}`;
}

/** A request without the key must stay denied: where the new operator does not hold for it, a second statement denies it. */
function fixOfDeny(test: LocatedTest): string {
  const parts = operatorParts(test.operator);
  const isPlain = parts.quantifier === "";
  const operator = isPlain ? `ForAnyValue:${parts.base}` : parts.base;
  const was = isPlain ? holdsWithoutValue(parts, test) : parts.quantifier === "ForAllValues:";
  const becomes = !isPlain && isNegated(parts.base) && !mayBeEmpty(test);
  if (!was || becomes) return `write ${operator}`;
  return `write ${operator}, and a second Deny without it, but with "Null": {"${test.key}": "true"}`;
}

/** Whether a plain operator can hold for a key that is absent or empty. */
function holdsWithoutValue({ base, suffix }: OperatorParts, test: LocatedTest): boolean {
  return suffix === "IfExists" || isNegated(base) || mayBeEmpty(test);
}

function isNegated(base: string): boolean {
  return findOperator(base)?.negated === true;
}

/** Whether one of the policy's values can match an empty value of the request. Short binary values decode to nothing. */
function mayBeEmpty({ operator, values }: LocatedTest): boolean {
  if (findOperator(operator)?.type === "binary") return true;
  return values.some(({ text }) => /^(\*|\$\{[^}]*\})*$/.test(text));
}
