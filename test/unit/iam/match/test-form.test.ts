import { describe, expect, test } from "@jest/globals";
import type { ConditionTest } from "../../../../src/model/aws/policy-document.ts";
import { compileTest, testHolds, type CompiledTest } from "../../../../src/iam/evaluate/condition.ts";
import { findOperator, operatorNames } from "../../../../src/iam/operators.ts";
import { oppositeForm, testForm, type TestForm } from "../../../../src/iam/match/test-form.ts";

/** Values of each type, of which the request has one, others or none. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  string: ["a", ""],
  numeric: ["5", "7"],
  date: ["2026-01-01", "2027-01-01"],
  bool: ["true"],
  binary: ["AQ=="],
  ip: ["10.0.0.0/8"],
  arn: ["arn:aws:s3:::b", "arn:aws:s3:::c*"],
};

const FOUND = [
  [],
  [""],
  ["", ""],
  ...["a", "5", "6", "2026-06-01", "true", "AQ==", "10.0.0.1", "arn:aws:s3:::b"].map((value) => [value]),
  ["a", "b"],
  ["a", ""],
  ["5", "9"],
  ["true", "false"],
  ["10.0.0.1", "11.0.0.1"],
];

const TESTS: readonly ConditionTest[] = ["", "ForAllValues:", "ForAnyValue:"].flatMap((quantifier) =>
  operatorNames().flatMap((name) =>
    ["", "IfExists"].flatMap((suffix) => {
      const operator = `${quantifier}${name}${suffix}`;
      const values = VALUES[findOperator(operator)?.type ?? ""];
      return values === undefined
        ? []
        : [
            { operator, key: "k", values },
            { operator, key: "k", values: [] },
          ];
    }),
  ),
);

const NULLS = [["true"], ["false"], ["True"], ["FALSE"], ["true", "false"], ["x"], []].map((values) => ({
  operator: "Null",
  key: "k",
  values,
}));

/** The answer of the form for a request, with the evaluator's own matching of one value. */
function formHolds(
  { absent, empty, present }: TestForm,
  found: readonly string[],
  compiled: CompiledTest,
): boolean {
  if (found.length === 0) return absent;
  if (empty !== "judged" && found.every((value) => value === "")) return empty;
  if (typeof present === "boolean") return present;
  const passes = (value: string): boolean =>
    (compiled.matches?.(value, new Map()) ?? false) !== present.negated;
  return present.of === "all" ? found.every(passes) : found.some(passes);
}

describe("the form of a test", () => {
  test("agrees with the evaluator about every request, and its negation disagrees", () => {
    const wrong = [...TESTS, ...NULLS].flatMap((one) => {
      const [form, compiled] = [testForm(one), compileTest(one, false)];
      return FOUND.filter((found) => {
        const holds = testHolds(compiled, new Map(found.length === 0 ? [] : [["k", found]]));
        return (
          formHolds(form, found, compiled) !== holds ||
          formHolds(oppositeForm(form), found, compiled) === holds
        );
      }).map((found) => `${JSON.stringify(one)} ${JSON.stringify(found)}`);
    });

    expect(TESTS.length).toBeGreaterThan(200);
    expect(wrong).toEqual([]);
  });

  test.each([
    { operator: "ArnEquals", base: "ArnLike" },
    { operator: "ArnNotEquals", base: "ArnLike" },
    { operator: "ArnNotLike", base: "ArnLike" },
    { operator: "NotIpAddress", base: "IpAddress" },
    { operator: "StringNotLike", base: "StringLike" },
    { operator: "ForAnyValue:NumericNotEqualsIfExists", base: "NumericEquals" },
  ])("compares $operator as $base", ({ operator, base }) => {
    expect(testForm({ operator, key: "k", values: ["x"] }).present).toMatchObject({ set: { base } });
  });
});
