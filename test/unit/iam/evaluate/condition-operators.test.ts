import { describe, expect, test } from "@jest/globals";
import { findOperator, operatorNames, type Operator } from "../../../../src/iam/operators.ts";
import { type Values, holds } from "./condition.ts";

interface Row {
  readonly operator: string;
  readonly wanted: Values;
  readonly found: string;
  readonly holds: boolean;
  readonly because: string;
}

type Case = readonly [wanted: Values, found: string, holds: boolean, because: string];

const ARN: readonly Case[] = [
  [
    "arn:aws:sns:*:111122223333:t?",
    "arn:aws:sns:eu-west-1:111122223333:t1",
    true,
    "each part of an ARN is matched by itself",
  ],
  [
    "arn:aws:x:*:111122223333:finance/*",
    "arn:aws:x:us-east-2:999999999999:store/abc:111122223333:finance/document.txt",
    false,
    "a star matches inside its part only",
  ],
  [
    "arn:aws:logs:*:*:log-group:*",
    "arn:aws:logs:r:1:log-group:a:b",
    true,
    "the last part may contain colons",
  ],
  ["*", "arn:aws:s3:::b", true, "a star matches any ARN"],
  ["arn:aws:s3:*", "arn:aws:s3:::b", true, "a star at the end matches the remaining parts"],
  ["*", "b", false, "the request's value is not an ARN"],
];

const NOT_ARN: readonly Case[] = [
  ["arn:aws:s3:::b*", "arn:aws:s3:::bb", false, "the pattern matches"],
  ["arn:aws:s3:::b*", "arn:aws:s3:::c", true, "the pattern does not match"],
];

/** Each operator with the values in a policy, the value in the request, whether the condition holds, and why. */
const CASES: Readonly<Record<string, readonly Case[]>> = {
  StringEquals: [
    ["a", "a", true, "the texts are equal"],
    ["a", "A", false, "case is significant"],
    ["a*", "ab", false, "a star is not a wildcard"],
    [["a", "b"], "b", true, "one matching value is enough"],
    [[], "a", false, "an empty list matches nothing"],
  ],
  StringNotEquals: [
    ["a", "b", true, "the texts differ"],
    [["a", "b"], "b", false, "none of the values may match"],
  ],
  StringEqualsIgnoreCase: [
    ["aB", "Ab", true, "case is ignored"],
    ["aB", "ac", false, "the letters differ"],
  ],
  StringNotEqualsIgnoreCase: [
    ["aB", "Ab", false, "case is ignored"],
    ["aB", "c", true, "the texts differ"],
  ],
  StringLike: [
    ["a*c?", "a:b/cd", true, "a star matches any characters"],
    ["a?", "a", false, "a question mark matches exactly one character"],
    ["A*", "ab", false, "case is significant"],
  ],
  StringNotLike: [
    ["a*", "ab", false, "the pattern matches"],
    ["a*", "b", true, "the pattern does not match"],
  ],
  NumericEquals: [
    ["10", "10.0", true, "numbers are compared, not texts"],
    ["10", "ten", false, "the request's value is not a number"],
    ["9007199254740993", "9007199254740992", false, "long numbers are compared exactly"],
    ["-1.50", "-1.5", true, "trailing zeros are ignored"],
    ["-12345678901234567.50", "-12345678901234567.5", true, "trailing zeros of a long number are ignored"],
  ],
  NumericNotEquals: [
    ["10", "10.0", false, "the numbers are equal"],
    ["10", "11", true, "the numbers differ"],
  ],
  NumericLessThan: [
    ["10", "9", true, "numbers are ordered by size, not as text"],
    ["10", "10", false, "an equal number is not less"],
  ],
  NumericLessThanEquals: [
    ["10", "10", true, "an equal number counts"],
    ["10", "11", false, "the number is greater"],
  ],
  NumericGreaterThan: [
    ["10", "11", true, "the number is greater"],
    ["10", "10", false, "an equal number is not greater"],
  ],
  NumericGreaterThanEquals: [
    ["10", "10", true, "an equal number counts"],
    ["10", "9", false, "the number is less"],
  ],
  DateEquals: [
    ["2026-01-31T12:00:00Z", "2026-01-31T13:00:00+01:00", true, "two time zones show the same instant"],
    ["2026-01-31T12:00:00Z", "2026-02-30", false, "the request's day does not exist"],
    ["2026", "2026-01-01T00:00Z", true, "a year alone means the first of January"],
  ],
  DateNotEquals: [
    ["2026-01-31", "2026-01-31T00:00:00Z", false, "a day alone means midnight"],
    ["2026-01-31", "2026-02-01", true, "the days differ"],
  ],
  DateLessThan: [
    ["2026-02-01T00:00:00Z", "1769904000", false, "seconds since the epoch are the same instant"],
    ["2026-02-01T00:00:00Z", "1769903999", true, "the request is one second earlier"],
  ],
  DateLessThanEquals: [
    ["2026-02", "2026-02-01T00:00:00.000Z", true, "an equal date counts"],
    ["2026-02", "2026-02-01T00:00:01Z", false, "the request is one second later"],
  ],
  DateGreaterThan: [
    ["2026-02-01", "2026-02-01T00:00:00-0100", true, "the time zone makes it an hour later in UTC"],
    ["2026-02-01", "2026-02-01", false, "an equal date is not later"],
  ],
  DateGreaterThanEquals: [
    ["2026-02-01", "2026-02-01", true, "an equal date counts"],
    ["2026-02-01", "soon", false, "the request's value is not a date"],
  ],
  Bool: [
    ["true", "True", true, "case is ignored"],
    ["true", "false", false, "the values differ"],
    ["true", "yes", false, "the request's value is neither true nor false"],
  ],
  BinaryEquals: [
    ["YQ==", "YQ==", true, "the bytes are equal"],
    ["YQ==", "YQ", true, "padding adds no byte"],
    ["YQ==", "Yg==", false, "the bytes differ"],
    ["YQ==", "%", false, "the request's value is not Base64"],
  ],
  IpAddress: [
    ["203.0.113.0/24", "203.0.113.77", true, "the address is inside the network"],
    ["203.0.113.0/24", "203.0.114.1", false, "the address is outside the network"],
    ["203.0.113.128/25", "203.0.113.127", false, "the 25th bit is compared"],
    ["203.0.113.9", "203.0.113.9", true, "a single address matches itself"],
    ["203.0.113.9", "203.0.113.8", false, "a single address matches no other"],
    ["0.0.0.0/0", "198.51.100.1", true, "a prefix of no bits matches every address"],
    ["0.0.0.0/0", "::1", false, "an IPv4 network contains no IPv6 address"],
    ["2001:DB8:1234:5678::/64", "2001:db8:1234:5678::9", true, "the case of digits is ignored"],
    ["2001:db8::/33", "2001:db8:8000::1", false, "the 33rd bit differs"],
    ["2001:db8::1/128", "2001:db8:0:0:0:0:0:1", true, "two spellings show the same address"],
    ["::ffff:203.0.113.9/128", "::ffff:cb00:7109", true, "an address may end as IPv4"],
    ["10.0.0.0/8", "10.1", false, "the request's value is not an address"],
    ["::/0", "1::2::3", false, "an address has one double colon at most"],
    ["::/0", "1:2:3:4:5:6:7:g", false, "the groups of an address are hexadecimal"],
  ],
  NotIpAddress: [
    ["10.0.0.0/8", "10.1.2.3", false, "the address is inside the network"],
    ["10.0.0.0/8", "11.1.2.3", true, "the address is outside the network"],
  ],
  ArnEquals: ARN,
  ArnLike: ARN,
  ArnNotEquals: NOT_ARN,
  ArnNotLike: NOT_ARN,
};

const ROWS: readonly Row[] = Object.entries(CASES).flatMap(([operator, cases]) =>
  cases.map(([wanted, found, holds, because]) => ({ operator, wanted, found, holds, because })),
);

/** A value that each type of operator compares. */
const VALUES: Readonly<Record<Operator["type"], string>> = {
  string: "1",
  numeric: "1",
  date: "2026",
  bool: "true",
  binary: "YQ==",
  ip: "10.0.0.0/8",
  arn: "*",
  null: "true",
};

describe("a condition operator", () => {
  test.each(ROWS)(
    "$operator $wanted against $found is $holds: $because",
    ({ operator, wanted, found, holds: expected }) => {
      expect(holds(operator, wanted, found)).toBe(expected);
    },
  );

  test("has a row that holds and a row that does not, for every operator", () => {
    const rows = (expected: boolean): ReadonlySet<string> =>
      new Set(ROWS.filter((row) => row.holds === expected).map((row) => row.operator));

    expect(
      operatorNames().filter((name) => name !== "Null" && !(rows(true).has(name) && rows(false).has(name))),
    ).toEqual([]);
  });

  test.each(operatorNames().filter((name) => name !== "Null"))(
    "%s holds without the key only if it is negated",
    (operator) => {
      const isNegated = operator.includes("Not");
      const wanted = VALUES[findOperator(operator)?.type ?? "string"];

      expect(holds(operator, wanted, undefined)).toBe(isNegated);
      expect(holds(`${operator}IfExists`, wanted, undefined)).toBe(true);
      expect(holds(`ForAllValues:${operator}`, wanted, undefined)).toBe(true);
      expect(holds(`ForAnyValue:${operator}`, wanted, undefined)).toBe(false);
      expect(holds(`ForAnyValue:${operator}IfExists`, wanted, undefined)).toBe(false);
    },
  );

  test.each(ROWS)("$operator decides the same with IfExists and for a set of one value: $because", (row) => {
    const { operator, wanted, found, holds: expected } = row;

    expect(holds(`${operator}IfExists`, wanted, found)).toBe(expected);
    expect(holds(`ForAllValues:${operator}`, wanted, found)).toBe(expected);
    expect(holds(`ForAnyValue:${operator}`, wanted, found)).toBe(expected);
  });
});
