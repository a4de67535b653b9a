import { describe, expect, test } from "@jest/globals";
import { READ, tierOf, document } from "./tier-of.ts";

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
