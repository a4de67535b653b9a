import { describe, expect, test } from "@jest/globals";
import { readConditions } from "../../../../src/iam/read/conditions.ts";
import type { ConditionTest } from "../../../../src/iam/document.ts";
import { conditionsExclude, conditionsImply, isSatisfiable } from "../../../../src/iam/match/implication.ts";

type Values = string | readonly string[];
/** An operator and its values, of one key. */
type Written = readonly [operator: string, values: Values];

function tests(...written: readonly Written[]): readonly ConditionTest[] {
  return written.flatMap(([operator, values]) => {
    const read = readConditions({ [operator]: { k: values } });
    if (read.kind !== "read") throw new Error(read.reason);
    return read.tests;
  });
}

describe("one condition implies another", () => {
  test.each<{ because: string; inner: Written; outer: Written; holds: boolean; back: boolean }>([
    {
      because: "one text is one of several",
      inner: ["StringEquals", "a"],
      outer: ["StringEquals", ["a", "b"]],
      holds: true,
      back: false,
    },
    {
      because: "a text matches a pattern",
      inner: ["StringEquals", "ab"],
      outer: ["StringLike", "a*"],
      holds: true,
      back: false,
    },
    {
      because: "a pattern without wildcards equals a text",
      inner: ["StringLike", "ab"],
      outer: ["StringEquals", ["ab", "c"]],
      holds: true,
      back: false,
    },
    {
      because: "a pattern is wider than a text",
      inner: ["StringLike", "a?"],
      outer: ["StringEquals", "a?"],
      holds: false,
      back: true,
    },
    {
      because: "a text matches in any case",
      inner: ["StringEquals", "Ab"],
      outer: ["StringEqualsIgnoreCase", "aB"],
      holds: true,
      back: false,
    },
    {
      because: "both ignore case",
      inner: ["StringEqualsIgnoreCase", "Ab"],
      outer: ["StringEqualsIgnoreCase", ["aB", "c"]],
      holds: true,
      back: false,
    },
    {
      because: "a text in any case does not match a pattern in one case",
      inner: ["StringEqualsIgnoreCase", "ab"],
      outer: ["StringLike", "a*"],
      holds: false,
      back: false,
    },
    {
      because: "both name the same policy variable",
      inner: ["StringEquals", "${aws:username}"],
      outer: ["StringLike", "${aws:username}"],
      holds: true,
      back: true,
    },
    {
      because: "they name different policy variables",
      inner: ["StringEquals", "${aws:username}"],
      outer: ["StringEquals", "${aws:userid}"],
      holds: false,
      back: false,
    },
    {
      because: "one excepts more",
      inner: ["StringNotEquals", ["a", "b"]],
      outer: ["StringNotEquals", "a"],
      holds: true,
      back: false,
    },
    {
      because: "an excepted text matches an excepted pattern",
      inner: ["StringNotLike", "a*"],
      outer: ["StringNotEquals", "ab"],
      holds: true,
      back: false,
    },
    {
      because: "one of several values may be another",
      inner: ["StringEquals", "a"],
      outer: ["StringNotEquals", "b"],
      holds: false,
      back: false,
    },
    {
      because: "every value is in the list",
      inner: ["ForAllValues:StringEquals", "a"],
      outer: ["ForAllValues:StringLike", "a*"],
      holds: true,
      back: false,
    },
    {
      because: "no value is in the other list",
      inner: ["ForAllValues:StringEquals", "a"],
      outer: ["ForAllValues:StringNotEquals", "b"],
      holds: true,
      back: false,
    },
    {
      because: "a key without values satisfies ForAllValues only",
      inner: ["ForAllValues:StringEquals", "a"],
      outer: ["StringEquals", "a"],
      holds: false,
      back: false,
    },
    {
      because: "an empty list of ForAllValues excludes every value",
      inner: ["ForAllValues:StringEquals", "a"],
      outer: ["ForAnyValue:StringEquals", "a"],
      holds: false,
      back: false,
    },
    {
      because: "one of many values matches",
      inner: ["StringEquals", "a"],
      outer: ["ForAnyValue:StringEquals", "a"],
      holds: true,
      back: true,
    },
    {
      because: "an empty text counts as no value",
      inner: ["StringEquals", ["a", ""]],
      outer: ["ForAnyValue:StringEquals", ["a", ""]],
      holds: false,
      back: true,
    },
    {
      because: "a pattern may match the empty text",
      inner: ["StringLike", ["a", "*"]],
      outer: ["ForAnyValue:StringLike", "*"],
      holds: false,
      back: true,
    },
    {
      because: "an empty Base64 value is text too",
      inner: ["BinaryEquals", "YQ=="],
      outer: ["ForAnyValue:BinaryEquals", "YQ=="],
      holds: false,
      back: true,
    },
    {
      because: "an address is never empty",
      inner: ["IpAddress", "10.0.0.1"],
      outer: ["ForAnyValue:IpAddress", "10.0.0.0/8"],
      holds: true,
      back: false,
    },
    {
      because: "the key must exist",
      inner: ["StringEquals", "a"],
      outer: ["StringEqualsIfExists", "a"],
      holds: true,
      back: false,
    },
    {
      because: "an existing key has a value",
      inner: ["NumericEquals", "1"],
      outer: ["Null", "false"],
      holds: true,
      back: false,
    },
    {
      because: "an existing text may be empty",
      inner: ["StringEquals", ["a", ""]],
      outer: ["Null", "false"],
      holds: false,
      back: false,
    },
    {
      because: "the key need not exist",
      inner: ["StringNotEquals", "a"],
      outer: ["Null", "false"],
      holds: false,
      back: false,
    },
    {
      because: "an absent key differs from the value",
      inner: ["Null", "false"],
      outer: ["StringEquals", "a"],
      holds: false,
      back: true,
    },
    {
      because: "an absent key satisfies ForAllValues",
      inner: ["Null", "true"],
      outer: ["ForAllValues:StringEquals", "a"],
      holds: true,
      back: false,
    },
    {
      because: "IfExists also holds without the key",
      inner: ["Bool", "true"],
      outer: ["Null", ["true", "false"]],
      holds: true,
      back: false,
    },
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

describe("two conditions exclude each other", () => {
  test.each<{ because: string; a: Written; b: Written; excludes: boolean }>([
    {
      because: "one requires the key and one excludes it",
      a: ["StringEquals", "a"],
      b: ["Null", "true"],
      excludes: true,
    },
    {
      because: "one requires a text and one excludes it",
      a: ["StringEquals", "a"],
      b: ["StringNotEquals", ["a", "b"]],
      excludes: true,
    },
    {
      because: "one excludes another text",
      a: ["StringEquals", "a"],
      b: ["StringNotEquals", "b"],
      excludes: false,
    },
    {
      because: "the request may have both texts",
      a: ["StringEquals", "a"],
      b: ["StringEquals", "b"],
      excludes: false,
    },
    {
      because: "one requires a value and all values must equal another",
      a: ["ForAnyValue:StringEquals", "a"],
      b: ["ForAllValues:StringEquals", "b"],
      excludes: true,
    },
    {
      because: "the patterns overlap",
      a: ["ForAnyValue:StringLike", "a*"],
      b: ["ForAllValues:StringLike", "*b"],
      excludes: false,
    },
    {
      because: "the texts differ in case only",
      a: ["ForAnyValue:StringEqualsIgnoreCase", "A"],
      b: ["ForAllValues:StringEquals", "a"],
      excludes: false,
    },
    {
      because: "the ARNs differ",
      a: ["ForAnyValue:ArnLike", "arn:aws:s3:::a*"],
      b: ["ForAllValues:ArnLike", "arn:aws:s3:::b*"],
      excludes: true,
    },
    {
      because: "one is true and one is false",
      a: ["ForAnyValue:Bool", "true"],
      b: ["ForAllValues:Bool", "false"],
      excludes: true,
    },
    {
      because: "one is true and one is a variable",
      a: ["ForAnyValue:Bool", "true"],
      b: ["ForAllValues:Bool", "${k}"],
      excludes: false,
    },
    {
      because: "bytes are assumed to overlap",
      a: ["ForAnyValue:BinaryEquals", "YQ=="],
      b: ["ForAllValues:BinaryEquals", "Yg=="],
      excludes: false,
    },
    {
      because: "the networks do not overlap",
      a: ["ForAnyValue:IpAddress", "10.0.0.0/8"],
      b: ["ForAllValues:IpAddress", "11.0.0.0/8"],
      excludes: true,
    },
    {
      because: "one network is inside the other",
      a: ["ForAnyValue:IpAddress", "10.0.0.0/8"],
      b: ["ForAllValues:IpAddress", "10.1.0.0/16"],
      excludes: false,
    },
    {
      because: "the numbers differ",
      a: ["ForAnyValue:NumericEquals", "1"],
      b: ["ForAllValues:NumericEquals", "2"],
      excludes: true,
    },
    {
      because: "the numbers are equal",
      a: ["ForAnyValue:NumericEquals", "1"],
      b: ["ForAllValues:NumericEquals", "1.0"],
      excludes: false,
    },
    {
      because: "bounds are assumed to overlap",
      a: ["ForAnyValue:NumericEquals", "1"],
      b: ["ForAllValues:NumericGreaterThan", "2"],
      excludes: false,
    },
    {
      because: "the operators have different types",
      a: ["ForAnyValue:NumericEquals", "1"],
      b: ["ForAllValues:StringEquals", "2"],
      excludes: false,
    },
  ])("$excludes: $because", ({ a, b, excludes }) => {
    expect(conditionsExclude(tests(a), tests(b))).toBe(excludes);
    expect(conditionsExclude(tests(b), tests(a))).toBe(excludes);
  });

  test("never if their keys differ", () => {
    const read = readConditions({ Null: { j: "true" } });

    expect(conditionsExclude(tests(["Null", "false"]), read.kind === "read" ? read.tests : [])).toBe(false);
  });
});

describe("a request can meet conditions", () => {
  test.each<{ because: string; all: readonly Written[]; can: boolean }>([
    { because: "there is no condition", all: [], can: true },
    { because: "a text is required", all: [["StringEquals", "a"]], can: true },
    {
      because: "the ARN, boolean, network, number and date are valid",
      all: [["ArnLike", "arn:aws:s3:::b"]],
      can: true,
    },
    { because: "the boolean is invalid", all: [["Bool", "True"]], can: true },
    { because: "the network is invalid", all: [["IpAddress", "10.0.0.0/8"]], can: true },
    { because: "the number is invalid", all: [["NumericLessThan", "1"]], can: true },
    { because: "the date is invalid", all: [["DateLessThan", "2027-01-01T00:00:00Z"]], can: true },
    { because: "the key must exist", all: [["Null", "false"]], can: true },
    { because: "an existing key is always possible", all: [["Null", "true"]], can: false },
    { because: "there is no value", all: [["StringEquals", []]], can: false },
    { because: "bytes are not validated", all: [["BinaryEquals", "YQ=="]], can: false },
    {
      because: "the value of a variable is not known",
      all: [["StringEquals", "${aws:username}"]],
      can: false,
    },
    { because: "the exception may cover every value", all: [["StringNotEquals", "a"]], can: false },
    {
      because: "two tests of one key exclude each other",
      all: [
        ["StringEquals", "a"],
        ["StringLike", "a*"],
      ],
      can: false,
    },
  ])("$can: $because", ({ all, can }) => {
    expect(isSatisfiable(tests(...all))).toBe(can);
  });
});
