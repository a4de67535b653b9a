/** What a condition operator compares, whether it is a "not", and whether its values are patterns. */
export interface Operator {
  readonly type: "string" | "numeric" | "date" | "bool" | "binary" | "ip" | "arn" | "null";
  readonly negated: boolean;
  readonly pattern: boolean;
}

const plain = (type: Operator["type"]): Operator => ({ type, negated: false, pattern: false });
const not = (type: Operator["type"]): Operator => ({ type, negated: true, pattern: false });

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
const OPERATORS: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ["StringEquals", plain("string")],
  ["StringNotEquals", not("string")],
  ["StringEqualsIgnoreCase", plain("string")],
  ["StringNotEqualsIgnoreCase", not("string")],
  ["StringLike", { type: "string", negated: false, pattern: true }],
  ["StringNotLike", { type: "string", negated: true, pattern: true }],
  ["NumericEquals", plain("numeric")],
  ["NumericNotEquals", not("numeric")],
  ["NumericLessThan", plain("numeric")],
  ["NumericLessThanEquals", plain("numeric")],
  ["NumericGreaterThan", plain("numeric")],
  ["NumericGreaterThanEquals", plain("numeric")],
  ["DateEquals", plain("date")],
  ["DateNotEquals", not("date")],
  ["DateLessThan", plain("date")],
  ["DateLessThanEquals", plain("date")],
  ["DateGreaterThan", plain("date")],
  ["DateGreaterThanEquals", plain("date")],
  ["Bool", plain("bool")],
  ["BinaryEquals", plain("binary")],
  ["IpAddress", plain("ip")],
  ["NotIpAddress", not("ip")],
  ["ArnEquals", { type: "arn", negated: false, pattern: true }],
  ["ArnLike", { type: "arn", negated: false, pattern: true }],
  ["ArnNotEquals", { type: "arn", negated: true, pattern: true }],
  ["ArnNotLike", { type: "arn", negated: true, pattern: true }],
  ["Null", plain("null")],
]);

export interface OperatorParts {
  readonly quantifier: "" | "ForAllValues:" | "ForAnyValue:";
  readonly base: string;
  readonly suffix: "" | "IfExists";
}

/** The name taken apart; `base` may be unknown. */
export function operatorParts(name: string): OperatorParts {
  const quantifier =
    (["ForAllValues:", "ForAnyValue:"] as const).find((prefix) => name.startsWith(prefix)) ?? "";
  const rest = name.slice(quantifier.length);
  const suffix = rest.endsWith("IfExists") ? "IfExists" : "";
  return { quantifier, base: rest.slice(0, rest.length - suffix.length), suffix };
}

/** undefined for a name that IAM does not know; names are exact-case. `Null` takes no modifier. */
export function findOperator(name: string): Operator | undefined {
  const bare = OPERATORS.get(name);
  if (bare !== undefined) return bare;
  const { quantifier, base, suffix } = operatorParts(name);
  const found = OPERATORS.get(base);
  return found?.type === "null" && (quantifier !== "" || suffix !== "") ? undefined : found;
}

export function operatorNames(): readonly string[] {
  return [...OPERATORS.keys()];
}
