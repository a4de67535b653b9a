import { describe, expect, test } from "@jest/globals";
import type { ConditionTest } from "../../../../src/model/aws/policy-document.ts";
import { compileTest, testHolds } from "../../../../src/iam/evaluate/condition.ts";
import type { Holds } from "../../../../src/iam/evaluate/holds.ts";
import { conditionsExclude, conditionsImply } from "../../../../src/iam/match/implication.ts";
import { unclearOperand } from "../../../../src/iam/read/operands.ts";
import { findOperator, operatorNames } from "../../../../src/iam/operators.ts";

interface Type {
  /** Lists of values that a policy may have. */
  readonly lists: readonly (readonly string[])[];
  /** Values of a request that distinguish them. */
  readonly found: readonly string[];
  /** The number of proved pairs, so that a change that proves fewer is noticed. */
  readonly implied: number;
  readonly excluded: number;
}

const TYPES: Readonly<Record<string, Type>> = {
  string: {
    lists: [[], ["a"], ["A", "b"], ["a*", "b"], ["?"], ["**"], ["*a"], [""], ["${v}"]],
    found: ["a", "A", "b", "ab", "c", ""],
    implied: 3163,
    excluded: 4288,
  },
  numeric: {
    lists: [[], ["1"], ["2", "3"], ["1.0"]],
    found: ["0", "1", "1.5", "2", "2.5", "3", "4", "x", ""],
    implied: 1862,
    excluded: 2194,
  },
  date: {
    lists: [[], ["2026"], ["2026-01-01", "2027-01-01"]],
    found: ["2025", "2026", "2026-06-01", "2027", "2028", ""],
    implied: 1200,
    excluded: 1538,
  },
  bool: {
    lists: [[], ["true"], ["TRUE"], ["False"], ["true", "false"], ["${v}"]],
    found: ["true", "false", "xtrue", "truex", ""],
    implied: 185,
    excluded: 160,
  },
  binary: {
    lists: [[], ["AQ=="], ["AR=="]],
    found: ["AQ==", "AR==", "-", ""],
    implied: 62,
    excluded: 60,
  },
  ip: {
    lists: [[], ["10.0.0.0/8"], ["10.1.0.0/16", "11.0.0.0/8"], ["::/0"]],
    found: ["10.0.0.1", "10.1.0.1", "11.0.0.1", "12.0.0.1", "::1", "x", ""],
    implied: 182,
    excluded: 214,
  },
  arn: {
    lists: [
      [],
      ["arn:aws:s3:::b"],
      ["arn:aws:s3:::*"],
      ["arn:aws:s3:::b*", "arn:aws:sqs:*"],
      ["arn:aws:s3:::${v}"],
      ["*"],
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
    implied: 1233,
    excluded: 1554,
  },
};

/** The value of the variable: a text, or undefined if the request lacks the key. */
const VARIABLE = [undefined, "a", "true", ""];

function testsOf(type: string): readonly ConditionTest[] {
  const names = operatorNames().filter((name) => findOperator(name)?.type === type);
  const nulls = [["true"], ["false"], ["true", "false"]].map((values) => ({
    operator: "Null",
    key: "k",
    values,
  }));
  // IfExists has no effect next to a quantifier.
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
  // Others are not understood where a document is read.
  return [...nulls, ...tests].filter(
    ({ operator, values }) => unclearOperand(operator, values) === undefined,
  );
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

interface ImplicationVerdict {
  readonly one: ConditionTest;
  /** The requests that pass, and those that may pass, one bit each. */
  readonly pass: bigint;
  readonly mayPass: bigint;
}

function judged(one: ConditionTest, requests: readonly Request[]): ImplicationVerdict {
  const compiled = compileTest(one, true);
  const found = requests.map((request) => testHolds(compiled, request));
  const bits = (is: (holds: Holds) => boolean): bigint =>
    BigInt(`0b${found.map((holds) => Number(is(holds))).join("")}`);
  return { one, pass: bits((holds) => holds === true), mayPass: bits((holds) => holds !== false) };
}

/** A request that may pass one must pass the other; two lists of the same text pass together, even if their meaning is unknown. */
function isRefuted({ a, b }: { readonly a: ImplicationVerdict; readonly b: ImplicationVerdict }): boolean {
  return JSON.stringify(a.one) !== JSON.stringify(b.one) && (a.mayPass & ~b.pass) !== 0n;
}

describe.each(Object.keys(TYPES))("of two conditions on a %s", (type) => {
  const requests = requestsOf(type);
  const tests = testsOf(type).map((one) => judged(one, requests));
  const pairs = tests.flatMap((a) => tests.map((b) => ({ a, b })));
  const written = (pair: (typeof pairs)[number]): string => JSON.stringify([pair.a.one, pair.b.one]);

  test("one implies the other only if every request that passes it passes the other", () => {
    const implied = pairs.filter(({ a, b }) => conditionsImply([a.one], [b.one]));

    expect(implied.filter(isRefuted).map(written)).toEqual([]);
    expect(implied.length).toBeGreaterThanOrEqual(TYPES[type]?.implied ?? 0);
  });

  test("one excludes the other only if no request passes both", () => {
    const excluded = pairs.filter(({ a, b }) => conditionsExclude([a.one], [b.one]));

    expect(excluded.filter(({ a, b }) => (a.mayPass & b.mayPass) !== 0n).map(written)).toEqual([]);
    expect(excluded.length).toBeGreaterThanOrEqual(TYPES[type]?.excluded ?? 0);
  });
});

test("only a test that always holds is implied without a condition", () => {
  const nullTest = (...values: readonly string[]): ConditionTest => ({ operator: "Null", key: "k", values });

  expect(conditionsImply([], [nullTest("false", "true")])).toBe(true);
  expect(conditionsImply([], [nullTest("true")])).toBe(false);
  expect(conditionsImply([], [nullTest("false")])).toBe(false);
  expect(conditionsImply([], [{ operator: "ForAllValues:StringEquals", key: "k", values: ["a"] }])).toBe(
    false,
  );
});
