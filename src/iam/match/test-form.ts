import type { ConditionTest } from "../../model/aws/policy-document.ts";
import { findOperator, operatorParts } from "../operators.ts";
import type { ValueSet } from "./value-sets.ts";

/**
 * A test by its result for the values that a request has for the key: of none, of empty texts alone (AWS calls
 * that an empty data set), and otherwise of one of them or of all.
 */
export interface TestForm {
  readonly absent: boolean;
  /** `judged`: as any other values. */
  readonly empty: boolean | "judged";
  readonly present: boolean | JudgedValues;
}

export interface JudgedValues {
  readonly of: "one" | "all";
  /** True when such a value must not match. */
  readonly negated: boolean;
  readonly set: ValueSet;
}

/**
 * Must agree with `testHolds`.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
 */
export function testForm({ operator: name, values }: ConditionTest): TestForm {
  const operator = findOperator(name);
  if (operator === undefined) throw new Error(`a normal form has no operator ${name}`);
  const { type, negated } = operator;
  if (type === "null") return nullForm(values);
  const { quantifier, base, suffix } = operatorParts(name);
  const set = { type, base: SAME_OPERATOR.get(base) ?? base.replace("Not", ""), values };
  const isIfExists = suffix === "IfExists";
  if (quantifier === "ForAllValues:")
    return { absent: true, empty: true, present: { of: "all", negated, set } };
  if (quantifier === "ForAnyValue:")
    return { absent: false, empty: false, present: { of: "one", negated, set } };
  return {
    absent: isIfExists || negated,
    empty: "judged",
    present: { of: negated ? "all" : "one", negated, set },
  };
}

/** Operators that behave identically. */
const SAME_OPERATOR: ReadonlyMap<string, string> = new Map([
  ["ArnEquals", "ArnLike"],
  ["ArnNotEquals", "ArnLike"],
  ["NotIpAddress", "IpAddress"],
]);

function nullForm(values: readonly string[]): TestForm {
  const wanted = values.map((value) => value.toLowerCase());
  return {
    absent: wanted.includes("true"),
    empty: wanted.includes("true"),
    present: wanted.includes("false"),
  };
}

/** Holds exactly where the other does not. */
export function oppositeForm({ absent, empty, present }: TestForm): TestForm {
  return {
    absent: !absent,
    empty: empty === "judged" ? empty : !empty,
    present:
      typeof present === "boolean"
        ? !present
        : { ...present, of: present.of === "one" ? "all" : "one", negated: !present.negated },
  };
}
