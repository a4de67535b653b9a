import { base64Text, isPlainDate, isPlainNumber, parseNetwork } from "../match/values.ts";
import { findOperator, operatorParts, type Operator } from "../operators.ts";

/**
 * Why the values of a test may mean something else to IAM than to this reader; undefined when they are clear. IAM
 * stores values that its documentation does not explain (`1e9`, `007`, `20270101T000000Z`, `10.0.0.0/255.0.0.0`) and
 * may compare them in a way that is written nowhere.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export function unclearOperand(name: string, values: readonly string[]): string | undefined {
  const operator = findOperator(name);
  if (operator === undefined) return undefined;
  if (values.length === 0 && !failsWithoutValues(name, operator))
    return `${name} has an empty list of values`;
  const isClear = CLEAR[operator.type];
  const unclear = values.find((value) => !isClear(value));
  return unclear === undefined
    ? undefined
    : `it is not documented how ${name} compares ${JSON.stringify(unclear)}`;
}

/** One of no values can match none. It is not documented that "not one of no values" always holds. */
function failsWithoutValues(name: string, { type, negated }: Operator): boolean {
  return type !== "null" && !negated && operatorParts(name).quantifier !== "ForAllValues:";
}

const isTruth = (value: string): boolean => /^(true|false)$/i.test(value);

/** A policy variable is documented for string, ARN and Boolean operators only. */
const CLEAR: Readonly<Record<Operator["type"], (value: string) => boolean>> = {
  string: () => true,
  arn: (value) => hasSixParts(value) || value.endsWith("*") || value.includes("${"),
  bool: (value) => isTruth(value) || value.includes("${"),
  null: isTruth,
  numeric: isPlainNumber,
  date: isPlainDate,
  ip: isPlainNetwork,
  binary: (value) => base64Text(value) !== undefined,
};

function hasSixParts(arn: string): boolean {
  let at = -1;
  for (let part = 1; part < 6; part += 1) {
    at = arn.indexOf(":", at + 1);
    if (at < 0) return false;
  }
  return true;
}

/** For an IPv6 address without a length the documentation names a length that fits IPv4 only. */
function isPlainNetwork(value: string): boolean {
  const isPadded = /(^|[./])0\d/.test(value);
  const lacksLength = value.includes(":") && !value.includes("/");
  return !isPadded && !lacksLength && parseNetwork(value) !== undefined;
}
