import { describe, expect, test } from "@jest/globals";
import type { DocumentContext } from "../../../../../src/iam/document.ts";
import { compareDocuments } from "../../../../../src/iam/compare/comparer.ts";
import type { Dialect } from "../../../../../src/model/aws/policy-document.ts";

type Fields = Readonly<Record<string, unknown>>;

const READ = { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k" };
const WRITE = { ...READ, Action: "s3:PutObject" };

function tierOf(a: string, b: string, dialect: Dialect = "identity"): string {
  const context: DocumentContext = { dialect, partition: "aws", accountId: "111122223333" };
  const tier = compareDocuments(a, b, context);
  expect(compareDocuments(b, a, context)).toBe(tier);
  return tier;
}

const document = (statements: readonly Fields[], more: Fields = {}): string =>
  JSON.stringify({ Version: "2012-10-17", ...more, Statement: statements });

const named = (statement: Fields, Sid: string): Fields => ({ ...statement, Sid });

describe("documents of several statements", () => {
  test.each([
    {
      because: "one Sid differs",
      a: document([named(READ, "a"), WRITE]),
      b: document([named(READ, "b"), WRITE]),
      tier: "metadata",
    },
    {
      because: "the Sids are exchanged",
      a: document([named(READ, "a"), named(WRITE, "b")]),
      b: document([named(READ, "b"), named(WRITE, "a")]),
      tier: "metadata",
    },
    {
      because: "the same Sids in the same order belong to other statements",
      a: document([named(READ, "a"), named(READ, "b"), named(WRITE, "c")]),
      b: document([named(READ, "a"), named(WRITE, "b"), named(WRITE, "c")]),
      tier: "metadata",
    },
    {
      because: "the Id differs",
      a: document([READ, WRITE], { Id: "x" }),
      b: document([READ, WRITE], { Id: "y" }),
      tier: "metadata",
    },
    {
      because: "one statement is spelled differently",
      a: document([READ, { ...WRITE, Resource: "arn:aws:s3:::b/**" }]),
      b: document([READ, { ...WRITE, Resource: "arn:aws:s3:::b/*" }]),
      tier: "meaning",
    },
    {
      because: "a wider resource follows the narrower one in the order of texts",
      a: document([{ ...READ, Resource: ["arn:aws:s3:::b/*", "arn:aws:s3:::b/${aws:username}"] }]),
      b: document([{ ...READ, Resource: "arn:aws:s3:::b/*" }]),
      tier: "meaning",
    },
    {
      because: "a short ARN without a star is not recognized as wider, and the answer stays cautious",
      a: document([
        { ...READ, Resource: ["arn:aws:sqs", "arn:aws:sqs:eu-west-1:111122223333:q", "arn:aws:s3:::*"] },
      ]),
      b: document([{ ...READ, Resource: ["arn:aws:sqs", "arn:aws:s3:::*"] }]),
      tier: "security",
    },
    {
      because: "one action pattern matches every action with a colon",
      a: document([{ ...READ, Action: ["*:**", "s3:*"] }]),
      b: document([{ ...READ, Action: "*" }]),
      tier: "meaning",
    },
    {
      because: "one action pattern matches every action",
      a: document([{ ...READ, Action: "**:*" }]),
      b: document([{ ...READ, Action: "*" }]),
      tier: "meaning",
    },
    {
      because: "one action pattern limits the service",
      a: document([{ ...READ, Action: "s3*:*" }]),
      b: document([{ ...READ, Action: "*" }]),
      tier: "security",
    },
    {
      because: "one action pattern limits the action's name",
      a: document([{ ...READ, Action: "*:*x" }]),
      b: document([{ ...READ, Action: "*" }]),
      tier: "security",
    },
    {
      because: "the Sids and the spelling differ",
      a: document([READ, { ...named(WRITE, "a"), Resource: "arn:aws:s3:::b/**" }]),
      b: document([READ, { ...named(WRITE, "b"), Resource: "arn:aws:s3:::b/*" }]),
      tier: "meaning",
    },
  ])("are $tier if $because", ({ a, b, tier }) => {
    expect(tierOf(a, b)).toBe(tier);
  });
});

describe("resource policies", () => {
  const invoke = { ...READ, Principal: { Service: "sns.amazonaws.com" } };

  test.each([
    {
      because: "a statement that is spelled differently keeps its Sid",
      a: document([{ ...named(invoke, "a"), Resource: "**" }]),
      b: document([{ ...named(invoke, "a"), Resource: "*" }]),
      tier: "meaning",
    },
    {
      because: "a statement that is spelled differently has another Sid",
      a: document([{ ...named(invoke, "a"), Resource: "**" }]),
      b: document([{ ...named(invoke, "b"), Resource: "*" }]),
      tier: "security",
    },
  ])("are $tier if $because", ({ a, b, tier }) => {
    expect(tierOf(a, b, "resource")).toBe(tier);
  });
});

describe("condition values", () => {
  test.each([
    { operator: "Bool", a: "False", b: "false", tier: "meaning", because: "both are false" },
    { operator: "Bool", a: "True", b: "false", tier: "security", because: "one is true and the other false" },
    {
      operator: "NumericEquals",
      a: "007",
      b: "7",
      tier: "security",
      because: "a leading zero may mean octal",
    },
    {
      operator: "NumericEquals",
      a: "3.50",
      b: "3.5",
      tier: "meaning",
      because: "trailing zeros are ignored",
    },
    {
      operator: "NumericEquals",
      a: "-3.0",
      b: "-3",
      tier: "meaning",
      because: "trailing zeros are ignored below zero",
    },
    {
      operator: "NumericEquals",
      a: "1234567890123.50",
      b: "1234567890123.5",
      tier: "meaning",
      because: "trailing zeros of 15 digits are ignored",
    },
    {
      operator: "NumericEquals",
      a: "12345678901234.50",
      b: "12345678901234.5",
      tier: "meaning",
      because: "trailing zeros of 16 digits are ignored",
    },
    {
      operator: "NumericEquals",
      a: "x1.0",
      b: "x2.0",
      tier: "security",
      because: "the texts only end like a number",
    },
    {
      operator: "NumericEquals",
      a: "1.0x",
      b: "2.0x",
      tier: "security",
      because: "the texts only begin like a number",
    },
    {
      operator: "DateEquals",
      a: "2026-01-01T00:00:00Z",
      b: "2026-01-02T00:00:00Z",
      tier: "security",
      because: "the days differ",
    },
    {
      operator: "DateEquals",
      a: "2026-01-01T00:00:00.500Z",
      b: "2026-01-01T00:00:00.5Z",
      tier: "meaning",
      because: "both are half a second",
    },
    {
      operator: "DateEquals",
      a: "+002026-01-01T00:00:00Z",
      b: "2026-01-01T00:00:00Z",
      tier: "security",
      because: "AWS documents no year of six digits",
    },
    {
      operator: "DateEquals",
      a: "2026-01-01T00:00:00Z (a)",
      b: "2026-01-01T00:00:00Z (b)",
      tier: "security",
      because: "only JavaScript reads them as dates",
    },
    {
      operator: "DateEquals",
      a: "2027-02-30T00:00:00Z",
      b: "2027-03-02T00:00:00Z",
      tier: "security",
      because: "the day does not exist",
    },
    {
      operator: "DateEquals",
      a: "2027-01-01T24:00:00Z",
      b: "2027-01-02T00:00:00Z",
      tier: "security",
      because: "the hour does not exist",
    },
    {
      operator: "DateEquals",
      a: "1798761600",
      b: "2027-01-01T00:00:00Z",
      tier: "meaning",
      because: "seconds since the epoch are the same instant",
    },
    {
      operator: "DateEquals",
      a: "2027",
      b: "2027-01-01T00:00:00Z",
      tier: "security",
      because: "the number may be a year or seconds",
    },
    { operator: "NumericEquals", a: "-0.0", b: "0", tier: "meaning", because: "negative zero is zero" },
    {
      operator: "NumericEquals",
      a: "+1",
      b: "1",
      tier: "security",
      because: "a plus sign is not documented",
    },
    {
      operator: "IpAddress",
      a: "10.0.0.1",
      b: "10.0.0.1/32",
      tier: "meaning",
      because: "the prefix of one address is 32 bits",
    },
    {
      operator: "IpAddress",
      a: "10.1.2.3/8",
      b: "10.0.0.0/8",
      tier: "security",
      because: "bits are set after the prefix",
    },
    {
      operator: "IpAddress",
      a: "10.0.0.0/08",
      b: "10.0.0.0/8",
      tier: "security",
      because: "the zero may mean octal",
    },
    {
      operator: "IpAddress",
      a: "010.0.0.0/8",
      b: "10.0.0.0/8",
      tier: "security",
      because: "the zero may mean octal",
    },
    {
      operator: "IpAddress",
      a: "2001:DB8::/32",
      b: "2001:db8:0::/32",
      tier: "meaning",
      because: "zeros of IPv6 may be omitted",
    },
    {
      operator: "IpAddress",
      a: "2001:db8::",
      b: "2001:db8::/128",
      tier: "security",
      because: "the prefix length is not documented",
    },
    {
      operator: "NotIpAddress",
      a: "10.0.0.0/8",
      b: "10.0.0.0/9",
      tier: "security",
      because: "one network is half of the other",
    },
    { operator: "StringEqualsIgnoreCase", a: "Ab", b: "aB", tier: "meaning", because: "case is ignored" },
    {
      operator: "StringNotEqualsIgnoreCase",
      a: "A",
      b: "b",
      tier: "security",
      because: "the letters differ",
    },
    {
      operator: "StringEqualsIgnoreCase",
      a: "AbC",
      b: "abc",
      tier: "meaning",
      because: "the case of every letter is ignored",
    },
    {
      operator: "DateEquals",
      a: "1778051280.5",
      b: "1778051280.50",
      tier: "security",
      because: "fractions of epoch seconds are not documented",
    },
    {
      operator: "DateEquals",
      a: "-1778051280",
      b: "-01778051280",
      tier: "security",
      because: "seconds before the epoch are not documented",
    },
    { operator: "StringEquals", a: "x", b: "y", tier: "security", because: "the texts differ" },
  ])("of $operator are $tier: $a and $b, because $because", ({ operator, a, b, tier }) => {
    const when = (value: string): string => document([{ ...READ, Condition: { [operator]: { k: value } } }]);
    expect(tierOf(when(a), when(b))).toBe(tier);
  });

  test.each([
    { values: ["10.0.0.0/8", "10.1.0.0/16", "10.0.0.0/8"], tier: "meaning", because: "is inside the first" },
    { values: ["10.0.0.0/8", "10.1.2.3/16"], tier: "security", because: "has no documented meaning" },
    { values: ["10.0.0.0/8", "2001:db8::/32"], tier: "security", because: "is of another kind" },
  ])("$values are $tier with the first network alone, since the second $because", ({ values, tier }) => {
    const when = (list: readonly string[]): string =>
      document([{ ...READ, Condition: { IpAddress: { "aws:SourceIp": list } } }]);
    expect(tierOf(when(values), when(values.slice(0, 1)))).toBe(tier);
  });

  test("of more networks than are compared pair by pair are kept as written", () => {
    const networks = Array.from({ length: 1_001 }, (_, at) => `10.0.${at >> 8}.${at & 255}`);
    const when = (list: readonly string[]): string =>
      document([{ ...READ, Condition: { IpAddress: { "aws:SourceIp": list } } }]);
    expect(tierOf(when(networks), when([...networks.slice(1), `${networks[0]}/32`]))).toBe("security");
  });

  test.each([
    {
      a: ["1.11.0.0", "11.1.0.0"],
      b: ["1.11.0.0"],
      tier: "security",
      because: "the same digits are other bytes",
    },
    {
      a: ["B::/16", "a::/16"],
      b: ["A::/16", "B::/16"],
      tier: "meaning",
      because: "their order does not depend on the spelling",
    },
  ])("of addresses are $tier: $because", ({ a, b, tier }) => {
    const when = (values: readonly string[]): string =>
      document([{ ...READ, Condition: { IpAddress: { k: values } } }]);
    expect(tierOf(when(a), when(b))).toBe(tier);
  });

  test("of different keys differ", () => {
    const when = (key: string): string =>
      document([{ ...READ, Condition: { StringEquals: { [key]: "v" } } }]);
    expect(tierOf(when("a"), when("b"))).toBe("security");
  });
});
