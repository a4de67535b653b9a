import { describe, expect, jest, test } from "@jest/globals";
import fc from "fast-check";
import type { ConditionTest } from "../../../src/model/aws/policy-document.ts";
import { compileTest, testHolds } from "../../../src/iam/evaluate/condition.ts";
import { conditionsExclude, conditionsImply } from "../../../src/iam/match/implication.ts";
import { findOperator, operatorNames } from "../../../src/iam/operators.ts";
import { testForm } from "../../../src/iam/match/test-form.ts";
import { FC_RUNS, LAW_TIMEOUT_MS } from "../../support/fc-runs.ts";

jest.setTimeout(LAW_TIMEOUT_MS);

const runs = { numRuns: FC_RUNS * 5 };
const NAME = "aws:username";

/** Near misses of each other, and what is none of the type. */
const VALUES = {
  string: [
    "a",
    "ab",
    "A",
    "a*",
    "*",
    "?",
    "**",
    "",
    "a?",
    `\${${NAME}}`,
    `\${${NAME}}*`,
    "${*}",
    `\${${NAME}, 'a'}`,
  ],
  numeric: ["1", "1.0", "2", "-1", "x"],
  date: [
    "2026-01-01T00:00:00Z",
    "2026-01-01T01:00:00+01:00",
    "2026",
    "1767225600",
    "2027-05-01T00:00:00Z",
    "x",
  ],
  bool: ["true", "TRUE", "false", "x", `\${${NAME}}`],
  binary: ["YQ==", "YQ", "Yg==", "=", ""],
  ip: ["10.0.0.0/8", "10.1.0.0/16", "10.1.2.3", "11.0.0.0/8", "2001:db8::/32", "0.0.0.0/0", "x"],
  arn: [
    "arn:aws:s3:::b",
    "arn:aws:s3:::*",
    "arn:aws:s3*",
    "*",
    `arn:aws:s3:::\${${NAME}}`,
    "arn:aws:s3:::b*",
    "arn",
  ],
  null: ["true", "false", "TRUE", "x"],
} as const;

const FOUND = [
  "a",
  "ab",
  "A",
  "u",
  "*",
  "",
  "1",
  "1.5",
  "2",
  "2026-01-01T00:00:00Z",
  "2026-06-01T00:00:00Z",
].concat(
  ["true", "FALSE", "YQ==", "10.1.2.3", "10.9.0.1", "11.0.0.1", "2001:db8::1"],
  ["arn:aws:s3:::b", "arn:aws:s3:::bu", "arn:aws:s3:::u", "arn:aws:sqs:eu-west-1:1:q"],
);

const operator = fc
  .tuple(
    fc.constantFrom("", "", "ForAllValues:", "ForAnyValue:"),
    fc.constantFrom(...operatorNames()),
    fc.constantFrom("", "", "IfExists"),
  )
  .map((parts) => parts.join(""))
  .filter((name) => findOperator(name) !== undefined);

const drawnTest: fc.Arbitrary<ConditionTest> = operator.chain((name) => {
  const values: readonly string[] = VALUES[findOperator(name)?.type ?? "string"];
  return fc.record({
    operator: fc.constant(name),
    key: fc.constantFrom("k", "k", "k", "j"),
    values: fc.uniqueArray(fc.constantFrom(...values), { maxLength: 3 }),
  });
});

/** Two tests that often have much in common. */
const pair = fc
  .tuple(drawnTest, drawnTest, fc.constantFrom("apart", "values", "operator", "modifiers"))
  .map(([a, b, kind]): readonly [ConditionTest, ConditionTest] => {
    if (kind === "values" && findOperator(a.operator)?.type === findOperator(b.operator)?.type)
      return [a, { ...b, key: a.key, values: [...new Set([...a.values, ...b.values])] }];
    if (kind === "operator") return [a, { ...a, operator: b.operator }];
    if (kind !== "modifiers") return [a, b];
    const other = `${a.operator.startsWith("For") ? "" : "ForAnyValue:"}${a.operator.replace(/^For\w+:/, "")}`;
    return [a, findOperator(other) === undefined ? b : { ...a, operator: other }];
  });

const context = fc
  .tuple(fc.array(fc.constantFrom(...FOUND), { maxLength: 2 }), fc.constantFrom("u", "a", "*", undefined))
  .map(
    ([values, name]) =>
      new Map<string, readonly string[]>([
        ...(values.length === 0 ? [] : [["k", values] as const]),
        ...(name === undefined ? [] : [[NAME, [name]] as const]),
      ]),
  );
const contexts = fc.array(context, { minLength: 20, maxLength: 20 });

function holds(tests: readonly ConditionTest[], found: ReadonlyMap<string, readonly string[]>): boolean {
  return tests.every((one) => testHolds(compileTest(one, true), found));
}

describe("the comparison of condition tests", () => {
  test("proves an implication only if no request passes the one test and fails the other", () => {
    fc.assert(
      fc.property(pair, contexts, ([a, b], all) => {
        if (!conditionsImply([a], [b])) return;

        expect(all.filter((found) => holds([a], found) && !holds([b], found))).toEqual([]);
      }),
      runs,
    );
  });

  test("proves an exclusion only if no request passes both tests", () => {
    fc.assert(
      fc.property(pair, contexts, ([a, b], all) => {
        if (!conditionsExclude([a], [b])) return;

        expect(all.filter((found) => holds([a, b], found))).toEqual([]);
      }),
      runs,
    );
  });

  test("agrees with the evaluation about an absent key and an empty set", () => {
    fc.assert(
      fc.property(drawnTest, (one) => {
        const { absent, empty } = testForm(one);

        expect(holds([one], new Map())).toBe(absent);
        const ofEmpty = holds([one], new Map([[one.key, [""]]]));
        expect([ofEmpty, "judged"]).toContain(empty);
      }),
      runs,
    );
  });
});
