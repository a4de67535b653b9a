import { describe, expect, test } from "@jest/globals";
import {
  lacksEmptyText,
  matchesSomething,
  valuesApart,
  valuesWithin,
  type ValueSet,
} from "../../../../src/iam/match/value-sets.ts";

const setOf = (type: ValueSet["type"], base: string, ...values: readonly string[]): ValueSet => ({
  type,
  base,
  values,
});

describe("the values of a condition", () => {
  test.each([
    { set: setOf("numeric", "NumericEquals", "1"), lacks: true },
    { set: setOf("numeric", "NumericEquals", "1", ""), lacks: false },
    { set: setOf("binary", "BinaryEquals", "QQ=="), lacks: false },
    { set: setOf("string", "StringLike", "a*"), lacks: true },
    { set: setOf("string", "StringLike", "a*", "**"), lacks: false },
  ])("exclude the empty text: $set, $lacks", ({ set, lacks }) => {
    expect(lacksEmptyText(set)).toBe(lacks);
  });

  test.each([
    { set: setOf("bool", "Bool", "TRUE"), matches: true },
    { set: setOf("bool", "Bool", "false"), matches: true },
    { set: setOf("bool", "Bool", "untrue"), matches: false },
    { set: setOf("bool", "Bool", "truest"), matches: false },
    { set: setOf("ip", "IpAddress", "10.0.0.0/8"), matches: true },
    { set: setOf("ip", "IpAddress", "ten"), matches: false },
  ])("match at least one value: $set, $matches", ({ set, matches }) => {
    expect(matchesSomething(set)).toBe(matches);
  });

  test.each([
    {
      because: "the networks share no address",
      a: setOf("ip", "IpAddress", "10.0.0.0/8"),
      b: setOf("ip", "IpAddress", "11.0.0.0/8"),
      apart: true,
    },
    {
      because: "one network is inside the other",
      a: setOf("ip", "IpAddress", "10.0.0.0/8"),
      b: setOf("ip", "IpAddress", "10.1.0.0/16"),
      apart: false,
    },
    {
      because: "one value is not a network",
      a: setOf("ip", "IpAddress", "ten"),
      b: setOf("ip", "IpAddress", "10.0.0.0/8"),
      apart: false,
    },
    {
      because: "one value is not a number",
      a: setOf("numeric", "NumericEquals", "one"),
      b: setOf("numeric", "NumericEquals", "1"),
      apart: false,
    },
    {
      because: "the numbers differ",
      a: setOf("numeric", "NumericEquals", "2"),
      b: setOf("numeric", "NumericEquals", "1"),
      apart: true,
    },
  ])("are disjoint: $apart, because $because", ({ a, b, apart }) => {
    expect(valuesApart(a, b)).toBe(apart);
    expect(valuesApart(b, a)).toBe(apart);
  });

  test("that IAM stores without being dates are within the same values of the same operator only", () => {
    const noDate = (base: string): ValueSet => setOf("date", base, "2027-02-30T00:00:00Z");

    expect(valuesWithin(noDate("DateLessThan"), noDate("DateLessThan"))).toBe(true);
    expect(valuesWithin(noDate("DateLessThan"), noDate("DateGreaterThan"))).toBe(false);
  });
});
