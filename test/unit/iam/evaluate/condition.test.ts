import { describe, expect, test } from "@jest/globals";
import { evaluate } from "../../../../src/iam/evaluate/evaluate.ts";
import { attachedPolicy } from "../../../../src/iam/evaluate/policy.ts";
import { accessRequest } from "../../../../src/iam/evaluate/request.ts";
import { findOperator, operatorNames, type Operator } from "../../../../src/iam/operators.ts";

const ACCOUNT = "111122223333";
const CALLER = {
  kind: "role",
  accountId: ACCOUNT,
  roleArn: `arn:aws:iam::${ACCOUNT}:role/r`,
  sessionArn: null,
} as const;

type Values = string | readonly string[];

/** Does a test of the key `k` hold where the request has these values of it (none: it lacks the key)? */
function holds(
  operator: string,
  wanted: unknown,
  found: Values | undefined,
  more: Record<string, Values> = {},
): boolean {
  return decided(operator, wanted, found, more) === "allowed";
}

function decided(
  operator: string,
  wanted: unknown,
  found: Values | undefined,
  more: Record<string, Values> = {},
): "allowed" | "denied" | "unknown" {
  const text = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Action: "*", Resource: "*", Condition: { [operator]: { "svc:K": wanted } } },
    ],
  });
  const policy = attachedPolicy(
    { from: "p", text },
    { dialect: "identity", partition: "aws", accountId: ACCOUNT },
  );
  const context = { ...more, ...(found !== undefined && { "SVC:k": found }) };
  const request = accessRequest({ caller: CALLER, action: "svc:Do", resource: "*", context });
  const decision = evaluate(request, {
    identity: [policy],
    boundary: null,
    session: [],
    resource: { kind: "none" },
  });
  return decision.kind;
}

interface Row {
  readonly operator: string;
  readonly wanted: Values;
  readonly found: string;
  readonly holds: boolean;
  readonly because: string;
}

const ROWS: readonly Row[] = [
  { operator: "StringEquals", wanted: "a", found: "a", holds: true, because: "the same text" },
  { operator: "StringEquals", wanted: "a", found: "A", holds: false, because: "case counts" },
  { operator: "StringEquals", wanted: "a*", found: "ab", holds: false, because: "a star is a star" },
  { operator: "StringEquals", wanted: ["a", "b"], found: "b", holds: true, because: "one value is enough" },
  {
    operator: "StringEquals",
    wanted: [],
    found: "a",
    holds: false,
    because: "an empty list matches nothing",
  },
  { operator: "StringNotEquals", wanted: "a", found: "b", holds: true, because: "another text" },
  {
    operator: "StringNotEquals",
    wanted: ["a", "b"],
    found: "b",
    holds: false,
    because: "none of the values may match",
  },
  {
    operator: "StringEqualsIgnoreCase",
    wanted: "aB",
    found: "Ab",
    holds: true,
    because: "case does not count",
  },
  { operator: "StringEqualsIgnoreCase", wanted: "aB", found: "ac", holds: false, because: "letters do" },
  {
    operator: "StringNotEqualsIgnoreCase",
    wanted: "aB",
    found: "Ab",
    holds: false,
    because: "case does not count",
  },
  { operator: "StringNotEqualsIgnoreCase", wanted: "aB", found: "c", holds: true, because: "another text" },
  {
    operator: "StringLike",
    wanted: "a*c?",
    found: "a:b/cd",
    holds: true,
    because: "a star reaches over everything",
  },
  {
    operator: "StringLike",
    wanted: "a?",
    found: "a",
    holds: false,
    because: "a question mark is one character",
  },
  { operator: "StringLike", wanted: "A*", found: "ab", holds: false, because: "case counts" },
  { operator: "StringNotLike", wanted: "a*", found: "ab", holds: false, because: "it matches" },
  { operator: "StringNotLike", wanted: "a*", found: "b", holds: true, because: "it does not match" },
  { operator: "NumericEquals", wanted: "10", found: "10.0", holds: true, because: "numbers, not text" },
  {
    operator: "NumericEquals",
    wanted: "10",
    found: "ten",
    holds: false,
    because: "the request's value is no number",
  },
  {
    operator: "NumericEquals",
    wanted: "9007199254740993",
    found: "9007199254740992",
    holds: false,
    because: "long numbers are compared exactly",
  },
  {
    operator: "NumericEquals",
    wanted: "-1.50",
    found: "-1.5",
    holds: true,
    because: "zeros at the end do not count",
  },
  {
    operator: "NumericEquals",
    wanted: "-12345678901234567.50",
    found: "-12345678901234567.5",
    holds: true,
    because: "nor in a long number",
  },
  { operator: "NumericNotEquals", wanted: "10", found: "10.0", holds: false, because: "the same number" },
  { operator: "NumericNotEquals", wanted: "10", found: "11", holds: true, because: "another number" },
  { operator: "NumericLessThan", wanted: "10", found: "9", holds: true, because: "by size, not by letters" },
  { operator: "NumericLessThan", wanted: "10", found: "10", holds: false, because: "equal is not less" },
  { operator: "NumericLessThanEquals", wanted: "10", found: "10", holds: true, because: "equal counts" },
  { operator: "NumericLessThanEquals", wanted: "10", found: "11", holds: false, because: "it is more" },
  { operator: "NumericGreaterThan", wanted: "10", found: "11", holds: true, because: "it is more" },
  { operator: "NumericGreaterThan", wanted: "10", found: "10", holds: false, because: "equal is not more" },
  { operator: "NumericGreaterThanEquals", wanted: "10", found: "10", holds: true, because: "equal counts" },
  { operator: "NumericGreaterThanEquals", wanted: "10", found: "9", holds: false, because: "it is less" },
  {
    operator: "DateEquals",
    wanted: "2026-01-31T12:00:00Z",
    found: "2026-01-31T13:00:00+01:00",
    holds: true,
    because: "one instant in two zones",
  },
  {
    operator: "DateEquals",
    wanted: "2026-01-31T12:00:00Z",
    found: "2026-02-30",
    holds: false,
    because: "the request has no such day",
  },
  {
    operator: "DateEquals",
    wanted: "2026",
    found: "2026-01-01T00:00Z",
    holds: true,
    because: "a year begins in January",
  },
  {
    operator: "DateNotEquals",
    wanted: "2026-01-31",
    found: "2026-01-31T00:00:00Z",
    holds: false,
    because: "the day begins at midnight",
  },
  {
    operator: "DateNotEquals",
    wanted: "2026-01-31",
    found: "2026-02-01",
    holds: true,
    because: "another day",
  },
  {
    operator: "DateLessThan",
    wanted: "2026-02-01T00:00:00Z",
    found: "1769904000",
    holds: false,
    because: "seconds of the epoch are the same instant",
  },
  {
    operator: "DateLessThan",
    wanted: "2026-02-01T00:00:00Z",
    found: "1769903999",
    holds: true,
    because: "one second before",
  },
  {
    operator: "DateLessThanEquals",
    wanted: "2026-02",
    found: "2026-02-01T00:00:00.000Z",
    holds: true,
    because: "equal counts",
  },
  {
    operator: "DateLessThanEquals",
    wanted: "2026-02",
    found: "2026-02-01T00:00:01Z",
    holds: false,
    because: "one second late",
  },
  {
    operator: "DateGreaterThan",
    wanted: "2026-02-01",
    found: "2026-02-01T00:00:00-0100",
    holds: true,
    because: "an hour later in UTC",
  },
  {
    operator: "DateGreaterThan",
    wanted: "2026-02-01",
    found: "2026-02-01",
    holds: false,
    because: "equal is not later",
  },
  {
    operator: "DateGreaterThanEquals",
    wanted: "2026-02-01",
    found: "2026-02-01",
    holds: true,
    because: "equal counts",
  },
  {
    operator: "DateGreaterThanEquals",
    wanted: "2026-02-01",
    found: "soon",
    holds: false,
    because: "the request's value is no date",
  },
  { operator: "Bool", wanted: "true", found: "True", holds: true, because: "case does not count" },
  { operator: "Bool", wanted: "true", found: "false", holds: false, because: "the other one" },
  { operator: "Bool", wanted: "true", found: "yes", holds: false, because: "neither true nor false" },
  { operator: "BinaryEquals", wanted: "YQ==", found: "YQ==", holds: true, because: "the same bytes" },
  { operator: "BinaryEquals", wanted: "YQ==", found: "YQ", holds: true, because: "padding adds no byte" },
  { operator: "BinaryEquals", wanted: "YQ==", found: "Yg==", holds: false, because: "other bytes" },
  { operator: "BinaryEquals", wanted: "YQ==", found: "%", holds: false, because: "not Base64" },
  { operator: "IpAddress", wanted: "203.0.113.0/24", found: "203.0.113.77", holds: true, because: "inside" },
  { operator: "IpAddress", wanted: "203.0.113.0/24", found: "203.0.114.1", holds: false, because: "outside" },
  {
    operator: "IpAddress",
    wanted: "203.0.113.128/25",
    found: "203.0.113.127",
    holds: false,
    because: "the half counts too",
  },
  {
    operator: "IpAddress",
    wanted: "203.0.113.9",
    found: "203.0.113.9",
    holds: true,
    because: "an address is itself",
  },
  {
    operator: "IpAddress",
    wanted: "203.0.113.9",
    found: "203.0.113.8",
    holds: false,
    because: "and nobody else",
  },
  { operator: "IpAddress", wanted: "0.0.0.0/0", found: "198.51.100.1", holds: true, because: "everything" },
  { operator: "IpAddress", wanted: "0.0.0.0/0", found: "::1", holds: false, because: "IPv6 is no IPv4" },
  {
    operator: "IpAddress",
    wanted: "2001:DB8:1234:5678::/64",
    found: "2001:db8:1234:5678::9",
    holds: true,
    because: "inside, in any case",
  },
  {
    operator: "IpAddress",
    wanted: "2001:db8::/33",
    found: "2001:db8:8000::1",
    holds: false,
    because: "the bit after",
  },
  {
    operator: "IpAddress",
    wanted: "2001:db8::1/128",
    found: "2001:db8:0:0:0:0:0:1",
    holds: true,
    because: "two spellings",
  },
  {
    operator: "IpAddress",
    wanted: "::ffff:203.0.113.9/128",
    found: "::ffff:cb00:7109",
    holds: true,
    because: "the dotted end",
  },
  { operator: "IpAddress", wanted: "10.0.0.0/8", found: "10.1", holds: false, because: "not an address" },
  { operator: "IpAddress", wanted: "::/0", found: "1::2::3", holds: false, because: "one gap only" },
  {
    operator: "IpAddress",
    wanted: "::/0",
    found: "1:2:3:4:5:6:7:g",
    holds: false,
    because: "hexadecimal only",
  },
  { operator: "NotIpAddress", wanted: "10.0.0.0/8", found: "10.1.2.3", holds: false, because: "inside" },
  { operator: "NotIpAddress", wanted: "10.0.0.0/8", found: "11.1.2.3", holds: true, because: "outside" },
  ...["ArnEquals", "ArnLike"].flatMap((operator): Row[] => [
    {
      operator,
      wanted: "arn:aws:sns:*:111122223333:t?",
      found: "arn:aws:sns:eu-west-1:111122223333:t1",
      holds: true,
      because: "each part by itself",
    },
    {
      operator,
      wanted: "arn:aws:x:*:111122223333:finance/*",
      found: "arn:aws:x:us-east-2:999999999999:store/abc:111122223333:finance/document.txt",
      holds: false,
      because: "a star stays in its part",
    },
    {
      operator,
      wanted: "arn:aws:logs:*:*:log-group:*",
      found: "arn:aws:logs:r:1:log-group:a:b",
      holds: true,
      because: "the last part has colons of its own",
    },
    { operator, wanted: "*", found: "arn:aws:s3:::b", holds: true, because: "any ARN" },
    {
      operator,
      wanted: "arn:aws:s3:*",
      found: "arn:aws:s3:::b",
      holds: true,
      because: "a star at the end takes the rest",
    },
    { operator, wanted: "*", found: "b", holds: false, because: "the request's value is none" },
  ]),
  ...["ArnNotEquals", "ArnNotLike"].flatMap((operator): Row[] => [
    { operator, wanted: "arn:aws:s3:::b*", found: "arn:aws:s3:::bb", holds: false, because: "it matches" },
    { operator, wanted: "arn:aws:s3:::b*", found: "arn:aws:s3:::c", holds: true, because: "it does not" },
  ]),
];

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

describe("a value that no documentation explains", () => {
  test.each([
    { operator: "NumericEquals", wanted: "1e9", because: "an exponent" },
    { operator: "NumericLessThan", wanted: "007", because: "zeros before a number" },
    { operator: "NumericEquals", wanted: "+5", because: "a plus" },
    { operator: "NumericEquals", wanted: "five", because: "no number" },
    { operator: "NumericEquals", wanted: "${svc:n}", because: "a variable in a number" },
    { operator: "DateLessThan", wanted: "20270101T000000Z", because: "the basic format of ISO 8601" },
    { operator: "DateLessThan", wanted: "2027-02-30T00:00:00Z", because: "a day that does not exist" },
    { operator: "DateLessThan", wanted: "2027-01-01T00:00:00+0100", because: "a zone without a colon" },
    { operator: "DateLessThan", wanted: "2027-01-01T24:00:00Z", because: "an hour that does not exist" },
    { operator: "DateLessThan", wanted: "-5", because: "seconds before the epoch" },
    { operator: "IpAddress", wanted: "10.0.0.0/255.0.0.0", because: "a netmask" },
    { operator: "IpAddress", wanted: "010.0.0.0/8", because: "an octal or a padded number" },
    { operator: "IpAddress", wanted: "2001:db8::1", because: "an IPv6 address without a length" },
    { operator: "NotIpAddress", wanted: "203.0.113.0/33", because: "a length that does not exist" },
    { operator: "Bool", wanted: "yes", because: "neither true nor false" },
    { operator: "BinaryEquals", wanted: "%", because: "not Base64" },
    { operator: "ArnNotLike", wanted: "arn:aws:s3", because: "not an ARN" },
    { operator: "Null", wanted: "yes", because: "Null takes true or false" },
    { operator: "Null", wanted: [], because: "Null without a value" },
    { operator: "StringNotEquals", wanted: [], because: "not one of no values" },
    { operator: "ForAllValues:StringEquals", wanted: [], because: "all of no values" },
    { operator: "ForAnyValue:StringNotLike", wanted: [], because: "not like one of no values" },
  ])("gives no answer: $operator $wanted, $because", ({ operator, wanted }) => {
    expect(decided(operator, wanted, "1")).toBe("unknown");
    expect(decided(operator, wanted, undefined)).toBe("unknown");
  });
});

describe("a condition operator", () => {
  test.each(ROWS)(
    "$operator $wanted against $found: $because",
    ({ operator, wanted, found, holds: expected }) => {
      expect(holds(operator, wanted, found)).toBe(expected);
    },
  );

  test("has rows for what holds and for what does not", () => {
    const rows = (expected: boolean): ReadonlySet<string> =>
      new Set(ROWS.filter((row) => row.holds === expected).map((row) => row.operator));

    expect(
      operatorNames().filter((name) => name !== "Null" && !(rows(true).has(name) && rows(false).has(name))),
    ).toEqual([]);
  });

  test.each(operatorNames().filter((name) => name !== "Null"))(
    "%s without the key holds only when negated",
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

  test.each(ROWS)("$operator decides the same with IfExists, and for the set of one ($because)", (row) => {
    const { operator, wanted, found, holds: expected } = row;

    expect(holds(`${operator}IfExists`, wanted, found)).toBe(expected);
    expect(holds(`ForAllValues:${operator}`, wanted, found)).toBe(expected);
    expect(holds(`ForAnyValue:${operator}`, wanted, found)).toBe(expected);
  });
});

describe("a key with several values", () => {
  test.each([
    {
      operator: "ForAllValues:StringEquals",
      found: ["a", "b"],
      expected: true,
      because: "all are in the list",
    },
    {
      operator: "ForAllValues:StringEquals",
      found: ["a", "x"],
      expected: false,
      because: "one is not in the list",
    },
    { operator: "ForAllValues:StringEquals", found: [], expected: true, because: "none is outside of it" },
    {
      operator: "ForAllValues:StringEquals",
      found: [""],
      expected: true,
      because: "an empty string is an empty set",
    },
    {
      operator: "ForAnyValue:StringEquals",
      found: ["a", "x"],
      expected: true,
      because: "one is in the list",
    },
    {
      operator: "ForAnyValue:StringEquals",
      found: ["x", "y"],
      expected: false,
      because: "none is in the list",
    },
    {
      operator: "ForAnyValue:StringEquals",
      found: [""],
      expected: false,
      because: "an empty string is an empty set",
    },
    {
      operator: "ForAllValues:StringNotEquals",
      found: ["x", "y"],
      expected: true,
      because: "all are outside",
    },
    {
      operator: "ForAllValues:StringNotEquals",
      found: ["a", "x"],
      expected: false,
      because: "one is inside",
    },
    { operator: "ForAnyValue:StringNotEquals", found: ["a", "x"], expected: true, because: "one is outside" },
    {
      operator: "ForAnyValue:StringNotEquals",
      found: ["a", "b"],
      expected: false,
      because: "all are inside",
    },
    {
      operator: "StringEquals",
      found: ["a", "x"],
      expected: true,
      because: "one entry satisfies a plain operator",
    },
    {
      operator: "StringNotEquals",
      found: ["a", "x"],
      expected: false,
      because: "one entry defeats a negated one",
    },
    {
      operator: "ForAllValues:StringLikeIfExists",
      found: ["a", "x"],
      expected: false,
      because: "the key exists",
    },
  ])("$operator: $because", ({ operator, found, expected }) => {
    expect(holds(operator, ["a", "b"], found)).toBe(expected);
  });
});

describe("Null", () => {
  test.each([
    { wanted: "true", found: undefined, expected: true, because: "the key is absent" },
    { wanted: "true", found: "a", expected: false, because: "the key is there" },
    { wanted: "false", found: "a", expected: true, because: "the key is there" },
    { wanted: "false", found: undefined, expected: false, because: "the key is absent" },
    { wanted: "false", found: [], expected: false, because: "a key without values is absent" },
    { wanted: ["true", "false"], found: "a", expected: true, because: "one of the values is enough" },
    { wanted: true, found: undefined, expected: true, because: "a JSON boolean says the same" },
  ])("$wanted against $found: $because", ({ wanted, found, expected }) => {
    expect(holds("Null", wanted, found)).toBe(expected);
  });
});

describe("a variable in a condition value", () => {
  const NAME = { "aws:username": "ann" };

  test.each([
    {
      operator: "StringEquals",
      wanted: "${aws:UserName}",
      found: "ann",
      more: NAME,
      expected: true,
      because: "it stands for the key's value",
    },
    {
      operator: "StringEquals",
      wanted: "x/${aws:username}/y",
      found: "x/ann/y",
      more: NAME,
      expected: true,
      because: "inside other text too",
    },
    {
      operator: "StringEquals",
      wanted: "${aws:username}",
      found: "",
      more: {},
      expected: false,
      because: "without a value it equals nothing",
    },
    {
      operator: "StringNotEquals",
      wanted: "${aws:username}",
      found: "ann",
      more: {},
      expected: false,
      because: "nor is it proved to differ from anything",
    },
    {
      operator: "StringEquals",
      wanted: "${aws:username, 'nobody'}",
      found: "nobody",
      more: {},
      expected: true,
      because: "its default stands in",
    },
    {
      operator: "StringEquals",
      wanted: "${aws:username, 'nobody'}",
      found: "nobody",
      more: NAME,
      expected: false,
      because: "but only then",
    },
    {
      operator: "StringEquals",
      wanted: "${aws:username, ''}",
      found: "",
      more: {},
      expected: true,
      because: "a default may be empty",
    },
    {
      operator: "StringEquals",
      wanted: "${aws:TagKeys}",
      found: "a",
      more: { "aws:TagKeys": ["a", "b"] },
      expected: false,
      because: "a key with several values stands for nothing",
    },
    {
      operator: "StringEqualsIgnoreCase",
      wanted: "${aws:username}",
      found: "ANN",
      more: NAME,
      expected: true,
      because: "case does not count there either",
    },
    {
      operator: "StringLike",
      wanted: "${aws:username}*",
      found: "ann/x",
      more: NAME,
      expected: true,
      because: "wildcards beside it work",
    },
    {
      operator: "StringLike",
      wanted: "${aws:username}",
      found: "ann",
      more: { "aws:username": "a*" },
      expected: false,
      because: "wildcards of its value do not",
    },
    {
      operator: "StringLike",
      wanted: "${aws:username}",
      found: "a*",
      more: { "aws:username": "a*" },
      expected: true,
      because: "they are characters",
    },
    {
      operator: "StringLike",
      wanted: "a${*}*",
      found: "a*b",
      more: {},
      expected: true,
      because: "an escaped star is a star",
    },
    {
      operator: "StringLike",
      wanted: "a${*}*",
      found: "abb",
      more: {},
      expected: false,
      because: "and nothing else",
    },
    {
      operator: "StringLike",
      wanted: "a${?}",
      found: "a?",
      more: {},
      expected: true,
      because: "so is a question mark",
    },
    {
      operator: "StringLike",
      wanted: "a${?}",
      found: "ab",
      more: {},
      expected: false,
      because: "and nothing else",
    },
    {
      operator: "StringLike",
      wanted: "a${*}",
      found: "a\uE001",
      more: {},
      expected: false,
      because: "no other character passes for it",
    },
    {
      operator: "StringEquals",
      wanted: "${$}{a}",
      found: "${a}",
      more: {},
      expected: true,
      because: "an escaped dollar is a dollar",
    },
    {
      operator: "StringEquals",
      wanted: "${open",
      found: "${open",
      more: {},
      expected: true,
      because: "what is not closed is text",
    },
    {
      operator: "ArnLike",
      wanted: "arn:aws:iam::*:user/${aws:username}",
      found: "arn:aws:iam::1:user/ann",
      more: NAME,
      expected: true,
      because: "ARN operators know it",
    },
    {
      operator: "ArnLike",
      wanted: "arn:aws:iam::*:user/${aws:username}",
      found: "arn:aws:iam::1:user/bob",
      more: NAME,
      expected: false,
      because: "and compare",
    },
    {
      operator: "Bool",
      wanted: "${svc:flag}",
      found: "true",
      more: { "svc:flag": "True" },
      expected: true,
      because: "Bool knows it",
    },
    {
      operator: "NumericEquals",
      wanted: "${svc:n}",
      found: "1",
      more: { "svc:n": "1" },
      expected: false,
      because: "numbers do not",
    },
    {
      operator: "BinaryEquals",
      wanted: "${svc:n}",
      found: "YQ==",
      more: { "svc:n": "YQ==" },
      expected: false,
      because: "bytes do not",
    },
  ])("$operator $wanted: $because", ({ operator, wanted, found, more, expected }) => {
    expect(holds(operator, wanted, found, more)).toBe(expected);
  });
});
