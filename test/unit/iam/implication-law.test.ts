import { describe, expect, test } from "@jest/globals";
import type { ConditionTest } from "../../../src/iam/document.ts";
import { compileTest, testHolds } from "../../../src/iam/evaluation/condition.ts";
import { conditionsExclude, conditionsImply } from "../../../src/iam/implication.ts";
import { findOperator, operatorNames } from "../../../src/iam/operators.ts";

interface Type {
  /** Lists of values that a policy may have. */
  readonly lists: readonly (readonly string[])[];
  /** Values of a request that tell them apart. */
  readonly found: readonly string[];
  /** So many pairs were proved when this was written: a change that proves fewer has a reason. */
  readonly implied: number;
  readonly excluded: number;
}

const TYPES: Readonly<Record<string, Type>> = {
  string: {
    lists: [[], ["a"], ["A", "b"], ["a*", "b"], ["?"], ["**"], ["*a"], [""], ["${v}"]],
    found: ["a", "A", "b", "ab", "c", ""],
    implied: 4703,
    excluded: 5333,
  },
  numeric: {
    lists: [[], ["1"], ["2", "3"], ["1.0"], ["x"]],
    found: ["0", "1", "1.5", "2", "2.5", "3", "4", "x", ""],
    implied: 3575,
    excluded: 3985,
  },
  date: {
    lists: [[], ["2026"], ["2026-01-01", "2027-01-01"]],
    found: ["2025", "2026", "2026-06-01", "2027", "2028", ""],
    implied: 1581,
    excluded: 2121,
  },
  bool: {
    lists: [[], ["true"], ["TRUE"], ["False"], ["true", "false"], ["xtrue"], ["truex"], ["${v}"]],
    found: ["true", "false", "xtrue", "truex", ""],
    implied: 287,
    excluded: 385,
  },
  binary: {
    lists: [[], ["AQ=="], ["AR=="], ["-"]],
    found: ["AQ==", "AR==", "-", ""],
    implied: 115,
    excluded: 129,
  },
  ip: {
    lists: [[], ["10.0.0.0/8"], ["10.1.0.0/16", "11.0.0.0/8"], ["::/0"], ["x"]],
    found: ["10.0.0.1", "10.1.0.1", "11.0.0.1", "12.0.0.1", "::1", "x", ""],
    implied: 411,
    excluded: 453,
  },
  arn: {
    lists: [
      [],
      ["arn:aws:s3:::b"],
      ["arn:aws:s3:::*"],
      ["arn:aws:s3:::b*", "arn:aws:sqs:*"],
      ["arn:aws:s3:::${v}"],
      ["*"],
      ["arn:aws:s3"],
    ],
    found: [
      "arn:aws:s3:::b",
      "arn:aws:s3:::bc",
      "arn:aws:s3:::a",
      "arn:aws:sqs:e:1:q",
      "arn:aws:sns:e:1:t",
      "x",
      "",
    ],
    implied: 2247,
    excluded: 2437,
  },
};

/** What stands for the variable: nothing, which the request then does not have, or a text. */
const VARIABLE = [undefined, "a", "true", ""];

function testsOf(type: string): readonly ConditionTest[] {
  const names = operatorNames().filter((name) => findOperator(name)?.type === type);
  const nulls = [["true"], ["false"], ["true", "false"], []].map((values) => ({
    operator: "Null",
    key: "k",
    values,
  }));
  // Beside a quantifier IfExists does nothing.
  const modifiers = [
    ["", ""],
    ["", "IfExists"],
    ["ForAllValues:", ""],
    ["ForAnyValue:", ""],
  ];
  const tests = modifiers.flatMap(([quantifier, suffix]) =>
    names.flatMap((name) =>
      (TYPES[type]?.lists ?? []).map((values) => ({
        operator: `${quantifier}${name}${suffix}`,
        key: "k",
        values,
      })),
    ),
  );
  return [...nulls, ...tests];
}

type Request = ReadonlyMap<string, readonly string[]>;

/** No value, each alone, and each two; with everything that the variable may stand for. */
function requestsOf(type: string): readonly Request[] {
  const values = TYPES[type]?.found ?? [];
  const found = [[], ...values.map((value) => [value]), ...values.flatMap((a) => values.map((b) => [a, b]))];
  return VARIABLE.flatMap((v) =>
    found.map((k): Request => new Map(Object.entries(v === undefined ? { k } : { k, v: [v] }))),
  );
}

/** The requests that pass, one bit each. */
function passed(one: ConditionTest, requests: readonly Request[]): bigint {
  const compiled = compileTest(one, true);
  return BigInt(`0b${requests.map((request) => Number(testHolds(compiled, request))).join("")}`);
}

describe.each(Object.keys(TYPES))("of two conditions on a %s", (type) => {
  const requests = requestsOf(type);
  const tests = testsOf(type).map((one) => ({ one, bits: passed(one, requests) }));
  const pairs = tests.flatMap((a) => tests.map((b) => ({ a, b })));
  const written = (pair: (typeof pairs)[number]): string => JSON.stringify([pair.a.one, pair.b.one]);

  test("one implies the other only where every request that passes it passes the other", () => {
    const implied = pairs.filter(({ a, b }) => conditionsImply([a.one], [b.one]));

    expect(implied.filter(({ a, b }) => (a.bits & ~b.bits) !== 0n).map(written)).toEqual([]);
    expect(implied.length).toBeGreaterThanOrEqual(TYPES[type]?.implied ?? 0);
  });

  test("one excludes the other only where no request passes both", () => {
    const excluded = pairs.filter(({ a, b }) => conditionsExclude([a.one], [b.one]));

    expect(excluded.filter(({ a, b }) => (a.bits & b.bits) !== 0n).map(written)).toEqual([]);
    expect(excluded.length).toBeGreaterThanOrEqual(TYPES[type]?.excluded ?? 0);
  });
});

test("what always holds is implied by nothing at all, and nothing else is", () => {
  const nullTest = (...values: readonly string[]): ConditionTest => ({ operator: "Null", key: "k", values });

  expect(conditionsImply([], [nullTest("false", "true")])).toBe(true);
  expect(conditionsImply([], [nullTest("true")])).toBe(false);
  expect(conditionsImply([], [nullTest("false")])).toBe(false);
  expect(conditionsImply([], [{ operator: "ForAllValues:StringEquals", key: "k", values: ["a"] }])).toBe(
    false,
  );
});
