import { describe, expect, test } from "@jest/globals";
import { conditionsImply } from "../../../../src/iam/match/implication.ts";
import { type Written, tests } from "./tests.ts";

describe("one condition on typed values implies another", () => {
  test.each<{ because: string; inner: Written; outer: Written; holds: boolean; back: boolean }>([
    {
      because: "an earlier end is narrower",
      inner: ["DateLessThan", "2026-01-01T00:00:00Z"],
      outer: ["DateLessThan", "2027-01-01T00:00:00Z"],
      holds: true,
      back: false,
    },
    {
      because: "an end before an instant excludes that instant",
      inner: ["DateLessThanEquals", "2026-01-01T00:00:00Z"],
      outer: ["DateLessThan", "2026-01-01T00:00:00Z"],
      holds: false,
      back: true,
    },
    {
      because: "both show the same end",
      inner: ["DateLessThan", "1767225600"],
      outer: ["DateLessThan", "2026-01-01T00:00:00Z"],
      holds: true,
      back: true,
    },
    {
      because: "a higher lower bound is narrower",
      inner: ["NumericGreaterThan", "5"],
      outer: ["NumericGreaterThanEquals", "5"],
      holds: true,
      back: false,
    },
    {
      because: "the bounds have opposite directions",
      inner: ["NumericGreaterThan", "5"],
      outer: ["NumericLessThan", "5"],
      holds: false,
      back: false,
    },
    {
      because: "the number is below the bound",
      inner: ["NumericEquals", "4"],
      outer: ["NumericLessThan", "5"],
      holds: true,
      back: false,
    },
    {
      because: "the number equals the bound",
      inner: ["NumericEquals", "5.0"],
      outer: ["NumericLessThanEquals", "5"],
      holds: true,
      back: false,
    },
    {
      because: "the time zone of a date without time is not documented",
      inner: ["DateLessThan", "2026-01-01"],
      outer: ["DateLessThan", "2026-01-01T12:00:00Z"],
      holds: false,
      back: false,
    },
    {
      because: "no time zone makes two dates equal",
      inner: ["DateLessThan", "2026-01-01"],
      outer: ["DateLessThan", "2026-01-03T00:00:00Z"],
      holds: true,
      back: false,
    },
    {
      because: "bits are set after the prefix",
      inner: ["IpAddress", "10.1.2.3/8"],
      outer: ["IpAddress", "10.0.0.0/8"],
      holds: false,
      back: false,
    },
    {
      because: "the number is not below the bound",
      inner: ["NumericEquals", "5"],
      outer: ["NumericLessThan", "5"],
      holds: false,
      back: false,
    },
    {
      because: "the bound is not a number",
      inner: ["NumericLessThan", "5"],
      outer: ["NumericEquals", "4"],
      holds: false,
      back: true,
    },
    {
      because: "the bounds are excepted",
      inner: ["NumericNotEquals", ["1", "2"]],
      outer: ["NumericNotEquals", "1"],
      holds: true,
      back: false,
    },
    {
      because: "one network is inside the other",
      inner: ["IpAddress", "10.1.0.0/16"],
      outer: ["IpAddress", "10.0.0.0/8"],
      holds: true,
      back: false,
    },
    {
      because: "one network is next to the other",
      inner: ["IpAddress", "11.0.0.0/8"],
      outer: ["IpAddress", "10.0.0.0/8"],
      holds: false,
      back: false,
    },
    {
      because: "the network is excepted",
      inner: ["NotIpAddress", "10.0.0.0/8"],
      outer: ["NotIpAddress", "10.1.2.3"],
      holds: true,
      back: false,
    },
    {
      because: "both are true in different case",
      inner: ["Bool", "TRUE"],
      outer: ["Bool", "true"],
      holds: true,
      back: true,
    },
    {
      because: "two operators have the same meaning",
      inner: ["ArnEquals", "arn:aws:s3:::b"],
      outer: ["ArnLike", "arn:aws:s3:::*"],
      holds: true,
      back: false,
    },
    {
      because: "the operators have different types",
      inner: ["StringEquals", "true"],
      outer: ["Bool", "true"],
      holds: false,
      back: false,
    },
    {
      because: "both have the same Base64 text",
      inner: ["BinaryEquals", "YQ=="],
      outer: ["BinaryEquals", ["YQ==", "Yg=="]],
      holds: true,
      back: false,
    },
  ])("$holds, $back: $because", ({ inner, outer, holds, back }) => {
    expect(conditionsImply(tests(inner), tests(outer))).toBe(holds);
    expect(conditionsImply(tests(outer), tests(inner))).toBe(back);
  });

  test("requires each of several tests to be implied by one", () => {
    const both = tests(["StringEquals", "a"], ["Null", "false"]);

    expect(conditionsImply(both, tests(["StringLike", "a*"]))).toBe(true);
    expect(conditionsImply(tests(["StringLike", "a*"]), both)).toBe(false);
  });

  test("without any test only for a test that always holds", () => {
    expect(conditionsImply([], tests(["Null", ["true", "false"]]))).toBe(true);
    expect(conditionsImply([], tests(["Null", "true"]))).toBe(false);
    expect(conditionsImply([], tests(["Null", "false"]))).toBe(false);
    expect(conditionsImply([], tests(["ForAllValues:StringEquals", "a"]))).toBe(false);
  });
});
