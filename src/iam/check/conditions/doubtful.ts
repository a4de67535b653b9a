import type { ActionData, ConditionKeyFacts, ConditionValueType } from "../../action-data.ts";
import { findOperator, operatorParts, type Operator } from "../../operators.ts";
import { flaw, outerBlank, WITHOUT_BLANK, type Flaw } from "../flaw.ts";
import { quantifierFix } from "./quantifier-fix.ts";
import type { CheckedStatement, LocatedTest } from "../statement.ts";

/**
 * CON-001 to CON-003: tests that cannot express their purpose, or that allow if the key is missing.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
 */
export function doubtfulConditions(
  statements: readonly CheckedStatement[],
  data: ActionData,
): readonly Flaw[] {
  return statements.flatMap((statement) => [
    ...repeatedKeys(statement),
    ...statement.tests.flatMap((test) => {
      const operator = findOperator(test.operator);
      if (operator === undefined || operator.type === "null") return [];
      const facts = data.conditionKey(test.key);
      return [
        ...wildcardValues(test, operator),
        ...outerBlanks(test, operator),
        ...(facts === undefined
          ? []
          : [...wrongType(test, operator, facts), ...wrongQuantifier(test, facts, statement)]),
        ...openWhenMissing(test, statement),
      ];
    }),
  ]);
}

/** Keys ignore case: two spellings of one are two tests of it. */
function repeatedKeys({ tests }: CheckedStatement): readonly Flaw[] {
  const seen = new Map<string, string>();
  return tests.flatMap(({ operator, key, steps }) => {
    const name = `${operator} ${key.toLowerCase()}`;
    const first = seen.get(name);
    if (first === undefined) seen.set(name, key);
    if (first === undefined || first === key) return [];
    const reason = `"${first}" and "${key}" are one key: both tests must hold`;
    const fix = "write one of them, with a list of the values that are meant";
    return [flaw({ rule: "CON-002", severity: "error", steps, at: "name", reason, fix })];
  });
}

/** `${*}` and `${?}` are the characters themselves. */
function wildcardValues({ operator, values }: LocatedTest, { type, pattern }: Operator): readonly Flaw[] {
  const { quantifier, base, suffix } = operatorParts(operator);
  if (type !== "string" || pattern) return [];
  const like = base.replace(/Equals(IgnoreCase)?$/, "Like");
  return (
    values
      // oxlint-disable-next-line grantkeeper/no-parsed-sentence -- a value of a policy
      .filter(({ text }) => /[*?]/.test(text.replaceAll(/\$\{[^}]*\}/g, "")))
      .map(({ text, steps }) =>
        flaw({
          rule: "CON-002",
          severity: "error",
          steps,
          reason: `${base} compares the wildcard in "${text}" as a character`,
          fix: `write ${quantifier}${like}${suffix} if a pattern is meant`,
        }),
      )
  );
}

/** Of other types a blank is an error of the value. */
function outerBlanks({ values }: LocatedTest, { type }: Operator): readonly Flaw[] {
  if (type !== "string" && type !== "arn") return [];
  return values.flatMap(({ text, steps }) => {
    const where = outerBlank(text);
    if (where === null) return [];
    const reason = `"${text}" ${where}, which AWS compares too`;
    return [flaw({ rule: "CON-002", severity: "warning", steps, reason, fix: WITHOUT_BLANK })];
  });
}

/** Which types of keys an operator compares as they are meant; `Binary` keys are not published as such. */
const FITTING: Readonly<Record<Exclude<Operator["type"], "null" | "binary">, readonly ConditionValueType[]>> =
  {
    string: ["String", "ARN"],
    arn: ["ARN", "String"],
    numeric: ["Numeric"],
    date: ["Date"],
    bool: ["Bool"],
    ip: ["IPAddress"],
  };

const OPERATORS = {
  String: "a string operator",
  ARN: "an ARN operator",
  Bool: "Bool",
  Date: "a date operator",
  Numeric: "a numeric operator",
  IPAddress: "IpAddress or NotIpAddress",
} as const satisfies Record<ConditionValueType, string>;

function wrongType(
  { operator, key, steps }: LocatedTest,
  { type }: Operator,
  facts: ConditionKeyFacts,
): readonly Flaw[] {
  if (type === "null" || type === "binary" || FITTING[type].includes(facts.type)) return [];
  // Seconds since 1970: AWS names both kinds of operators for it.
  if (key.toLowerCase() === "aws:epochtime" && (type === "date" || type === "numeric")) return [];
  const reason = `${operator} compares "${key}", whose values are of type ${facts.type}, as something else`;
  return [
    flaw({
      rule: "CON-002",
      severity: "error",
      steps,
      at: "name",
      reason,
      fix: `use ${OPERATORS[facts.type]}`,
    }),
  ];
}

function wrongQuantifier(
  test: LocatedTest,
  { multivalued }: ConditionKeyFacts,
  { effect }: CheckedStatement,
): readonly Flaw[] {
  const { operator, key, steps } = test;
  const { quantifier } = operatorParts(operator);
  if (multivalued !== (quantifier === "")) return [];
  const fields = { rule: "CON-003", steps, at: "name", fix: quantifierFix(test, effect) } as const;
  if (multivalued) {
    const reason = `a request may have several values of "${key}", and ${operator} is for one`;
    return [flaw({ ...fields, severity: "error", reason })];
  }
  const reason = `a request has one value of "${key}": ${quantifier} is for keys with several`;
  return [flaw({ ...fields, severity: "warning", reason })];
}

/** `ForAllValues` holds where the request has no such key. */
function openWhenMissing(
  { operator, key, steps }: LocatedTest,
  statement: CheckedStatement,
): readonly Flaw[] {
  if (statement.effect !== "Allow" || operatorParts(operator).quantifier !== "ForAllValues:") return [];
  if (statement.tests.some((test) => demandsPresence(test, key.toLowerCase()))) return [];
  const reason = `${operator} also holds where the request has no "${key}"`;
  const fix = `add "Null": {"${key}": "false"}`;
  return [flaw({ rule: "CON-001", severity: "error", steps, at: "name", reason, fix })];
}

/**
 * True when the test holds only where the request has the key. A request with a tag has the list of its tags' keys.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html aws:RequestTag, aws:TagKeys
 */
function demandsPresence({ operator, key, values }: LocatedTest, wanted: string): boolean {
  const tested = key.toLowerCase();
  if (tested !== wanted && !(wanted === "aws:tagkeys" && tested.startsWith("aws:requesttag/"))) return false;
  if (operator === "Null")
    return values.length > 0 && values.every(({ text }) => text.toLowerCase() === "false");
  const { quantifier, suffix } = operatorParts(operator);
  return findOperator(operator)?.negated === false && quantifier !== "ForAllValues:" && suffix === "";
}
