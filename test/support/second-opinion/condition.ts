import { filledIn, fits, type Wildcards } from "./pattern.ts";
import { inRange, moment, numeric, sameArn, sameBytes, type Comparison } from "./values.ts";
import { texts, undocumented, type Facts, type Version, type Written } from "./world.ts";

interface Operator {
  readonly matches: Comparison;
  readonly negated: boolean;
  /** Whether values may contain policy variables: "any condition that involves the string operators or the ARN operators". */
  readonly variables: boolean;
  readonly wildcards: Wildcards;
}

const text = (matches: Comparison, wildcards: Wildcards, negated: boolean): Operator => ({
  matches,
  negated,
  variables: true,
  wildcards,
});
const plain = (matches: Comparison, negated = false): Operator => ({
  matches,
  negated,
  variables: false,
  wildcards: "plain",
});
const same: Comparison = (found, wanted) => found === wanted;
const sameLetters: Comparison = (found, wanted) => found.toLowerCase() === wanted.toLowerCase();
const like: Comparison = (found, wanted) => fits(wanted, found);

function ordered(
  read: (text: string) => number | undefined,
  holds: (found: number, wanted: number) => boolean,
): Comparison {
  return (found, wanted) => {
    const [mine, theirs] = [read(found), read(wanted)];
    return mine !== undefined && theirs !== undefined && holds(mine, theirs);
  };
}

function orders(
  name: string,
  read: (text: string) => number | undefined,
): Readonly<Record<string, Operator>> {
  return {
    [`${name}Equals`]: plain(ordered(read, (a, b) => a === b)),
    [`${name}NotEquals`]: plain(
      ordered(read, (a, b) => a === b),
      true,
    ),
    [`${name}LessThan`]: plain(ordered(read, (a, b) => a < b)),
    [`${name}LessThanEquals`]: plain(ordered(read, (a, b) => a <= b)),
    [`${name}GreaterThan`]: plain(ordered(read, (a, b) => a > b)),
    [`${name}GreaterThanEquals`]: plain(ordered(read, (a, b) => a >= b)),
  };
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
const OPERATORS: Readonly<Record<string, Operator>> = {
  StringEquals: text(same, "plain", false),
  StringNotEquals: text(same, "plain", true),
  StringEqualsIgnoreCase: text(sameLetters, "plain", false),
  StringNotEqualsIgnoreCase: text(sameLetters, "plain", true),
  StringLike: text(like, "wild", false),
  StringNotLike: text(like, "wild", true),
  ...orders("Numeric", numeric),
  ...orders("Date", moment),
  Bool: plain(sameLetters),
  BinaryEquals: plain(sameBytes),
  IpAddress: plain(inRange),
  NotIpAddress: plain(inRange, true),
  ArnEquals: text(sameArn, "wild", false),
  ArnLike: text(sameArn, "wild", false),
  ArnNotEquals: text(sameArn, "wild", true),
  ArnNotLike: text(sameArn, "wild", true),
};

/** The operators' names, without set operator and `IfExists`; `Null` is apart. */
export const OPERATOR_NAMES: readonly string[] = Object.keys(OPERATORS).sort();

/**
 * All operators, and all keys of one, must hold (AND); a key that is written twice in two spellings is two tests.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
 */
export function conditionHolds(statement: Written, version: Version, facts: Facts): boolean {
  const block = (statement["Condition"] ?? {}) as Readonly<Record<string, Written>>;
  return Object.entries(block).every(([operator, keys]) =>
    Object.entries(keys).every(([key, values]) =>
      testHolds(operator, facts.get(key.toLowerCase()), texts(values), { version, facts }),
    ),
  );
}

interface Setting {
  readonly version: Version;
  readonly facts: Facts;
}

function testHolds(
  name: string,
  found: readonly string[] | undefined,
  wanted: readonly string[],
  setting: Setting,
): boolean {
  if (name === "Null") return wanted.some((value) => (value.toLowerCase() === "true") === isNull(found));
  const [, set = "", base = "", suffix = ""] =
    /^(ForAllValues:|ForAnyValue:)?(.*?)(IfExists)?$/.exec(name) ?? [];
  const operator = OPERATORS[base];
  if (operator === undefined) return undocumented(`the operator ${name}`);
  const values = filled(operator, wanted, setting);
  const satisfies = (value: string): boolean =>
    values.some((one) => operator.matches(value, one)) !== operator.negated;
  if (operator.negated && values.length < wanted.length) {
    const isRefused = set === "" && (found ?? []).length === 1 && !satisfies(found?.[0] ?? "");
    return isRefused ? false : undocumented("a negated operator and a variable without a value");
  }
  if (set !== "") return setHolds(set, found, satisfies);
  // "If the key that you specify is not present, the values do not match and the condition is false. If the condition
  // requires that the key is not matched, the condition is true"; with IfExists it is true.
  if (found === undefined || found.length === 0) return suffix === "IfExists" || operator.negated;
  if (found.length > 1) return undocumented("a plain operator and a key of several values");
  return satisfies(found[0] ?? "");
}

/** The values that can match: one with a variable that has no value equals nothing and is like nothing. */
function filled(
  operator: Operator,
  wanted: readonly string[],
  { version, facts }: Setting,
): readonly string[] {
  return wanted
    .map((value) =>
      operator.variables
        ? filledIn(value, version, facts, operator.wildcards)
        : filledIn(value, "2008-10-17", facts, operator.wildcards),
    )
    .filter((value) => value !== undefined);
}

/**
 * ForAllValues: every value of the request satisfies the operator; "also returns true if there are no context keys in
 * the request, or if the key values resolve to a null data set, such as an empty string". ForAnyValue: at least one
 * does; "for no matching key or a null dataset, the condition returns false". That sentence has no exception for
 * IfExists, and measurements agree that the suffix changes nothing together with a set operator.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
 * @see https://iam.cloudcopilot.io/resources/operators/ForAnyValue:StringLikeIfExists
 */
function setHolds(
  set: string,
  found: readonly string[] | undefined,
  satisfies: (value: string) => boolean,
): boolean {
  const values = isNull(found) ? [] : (found ?? []);
  return set === "ForAllValues:" ? values.every(satisfies) : values.some(satisfies);
}

/** "null (an empty data string)": absent, without values, or empty text alone. */
function isNull(found: readonly string[] | undefined): boolean {
  return found === undefined || found.every((value) => value === "");
}
