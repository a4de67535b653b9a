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
      because: "one text of several",
      inner: ["StringEquals", "a"],
      outer: ["StringEquals", ["a", "b"]],
      holds: true,
      back: false,
    },
    {
      because: "a text of a pattern",
      inner: ["StringEquals", "ab"],
      outer: ["StringLike", "a*"],
      holds: true,
      back: false,
    },
    {
      because: "a pattern without wildcards is a text",
      inner: ["StringLike", "ab"],
      outer: ["StringEquals", ["ab", "c"]],
      holds: true,
      back: false,
    },
    {
      because: "a pattern is no text",
      inner: ["StringLike", "a?"],
      outer: ["StringEquals", "a?"],
      holds: false,
      back: true,
    },
    {
      because: "a text in any case",
      inner: ["StringEquals", "Ab"],
      outer: ["StringEqualsIgnoreCase", "aB"],
      holds: true,
      back: false,
    },
    {
      because: "any case in any case",
      inner: ["StringEqualsIgnoreCase", "Ab"],
      outer: ["StringEqualsIgnoreCase", ["aB", "c"]],
      holds: true,
      back: false,
    },
    {
      because: "any case is no pattern in one case",
      inner: ["StringEqualsIgnoreCase", "ab"],
      outer: ["StringLike", "a*"],
      holds: false,
      back: false,
    },
    {
      because: "the same policy variable",
      inner: ["StringEquals", "${aws:username}"],
      outer: ["StringLike", "${aws:username}"],
      holds: true,
      back: true,
    },
    {
      because: "another policy variable",
      inner: ["StringEquals", "${aws:username}"],
      outer: ["StringEquals", "${aws:userid}"],
      holds: false,
      back: false,
    },
    {
      because: "more exceptions",
      inner: ["StringNotEquals", ["a", "b"]],
      outer: ["StringNotEquals", "a"],
      holds: true,
      back: false,
    },
    {
      because: "an excepted pattern",
      inner: ["StringNotLike", "a*"],
      outer: ["StringNotEquals", "ab"],
      holds: true,
      back: false,
    },
    {
      because: "of several values one may be another",
      inner: ["StringEquals", "a"],
      outer: ["StringNotEquals", "b"],
      holds: false,
      back: false,
    },
    {
      because: "all values are such",
      inner: ["ForAllValues:StringEquals", "a"],
      outer: ["ForAllValues:StringLike", "a*"],
      holds: true,
      back: false,
    },
    {
      because: "all values are none of the others",
      inner: ["ForAllValues:StringEquals", "a"],
      outer: ["ForAllValues:StringNotEquals", "b"],
      holds: true,
      back: false,
    },
    {
      because: "no value at all passes all, and is none",
      inner: ["ForAllValues:StringEquals", "a"],
      outer: ["StringEquals", "a"],
      holds: false,
      back: false,
    },
    {
      because: "no value passes all of any",
      inner: ["ForAllValues:StringEquals", "a"],
      outer: ["ForAnyValue:StringEquals", "a"],
      holds: false,
      back: false,
    },
    {
      because: "one value of many",
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
      because: "Base64 of nothing is text too",
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
      because: "the key must be there",
      inner: ["StringEquals", "a"],
      outer: ["StringEqualsIfExists", "a"],
      holds: true,
      back: false,
    },
    {
      because: "then it has a value",
      inner: ["NumericEquals", "1"],
      outer: ["Null", "false"],
      holds: true,
      back: false,
    },
    {
      because: "a text may be empty",
      inner: ["StringEquals", ["a", ""]],
      outer: ["Null", "false"],
      holds: false,
      back: false,
    },
    {
      because: "it need not be there",
      inner: ["StringNotEquals", "a"],
      outer: ["Null", "false"],
      holds: false,
      back: false,
    },
    {
      because: "any value is not that one",
      inner: ["Null", "false"],
      outer: ["StringEquals", "a"],
      holds: false,
      back: true,
    },
    {
      because: "no value, all of them",
      inner: ["Null", "true"],
      outer: ["ForAllValues:StringEquals", "a"],
      holds: true,
      back: false,
    },
    {
      because: "a value or none",
      inner: ["Bool", "true"],
      outer: ["Null", ["true", "false"]],
      holds: true,
      back: false,
    },
    {
      because: "an earlier end",
      inner: ["DateLessThan", "2026-01-01T00:00:00Z"],
      outer: ["DateLessThan", "2027-01-01T00:00:00Z"],
      holds: true,
      back: false,
    },
    {
      because: "an end and that instant",
      inner: ["DateLessThanEquals", "2026-01-01T00:00:00Z"],
      outer: ["DateLessThan", "2026-01-01T00:00:00Z"],
      holds: false,
      back: true,
    },
    {
      because: "the same end in seconds",
      inner: ["DateLessThan", "1767225600"],
      outer: ["DateLessThan", "2026-01-01T00:00:00Z"],
      holds: true,
      back: true,
    },
    {
      because: "a higher bound",
      inner: ["NumericGreaterThan", "5"],
      outer: ["NumericGreaterThanEquals", "5"],
      holds: true,
      back: false,
    },
    {
      because: "another direction",
      inner: ["NumericGreaterThan", "5"],
      outer: ["NumericLessThan", "5"],
      holds: false,
      back: false,
    },
    {
      because: "a number below",
      inner: ["NumericEquals", "4"],
      outer: ["NumericLessThan", "5"],
      holds: true,
      back: false,
    },
    {
      because: "the number itself",
      inner: ["NumericEquals", "5.0"],
      outer: ["NumericLessThanEquals", "5"],
      holds: true,
      back: false,
    },
    {
      because: "the zone of a day is not documented",
      inner: ["DateLessThan", "2026-01-01"],
      outer: ["DateLessThan", "2026-01-01T12:00:00Z"],
      holds: false,
      back: false,
    },
    {
      because: "no zone makes two days of one",
      inner: ["DateLessThan", "2026-01-01"],
      outer: ["DateLessThan", "2026-01-03T00:00:00Z"],
      holds: true,
      back: false,
    },
    {
      because: "bits after the length of a network",
      inner: ["IpAddress", "10.1.2.3/8"],
      outer: ["IpAddress", "10.0.0.0/8"],
      holds: false,
      back: false,
    },
    {
      because: "a number not below",
      inner: ["NumericEquals", "5"],
      outer: ["NumericLessThan", "5"],
      holds: false,
      back: false,
    },
    {
      because: "no bound is a number",
      inner: ["NumericLessThan", "5"],
      outer: ["NumericEquals", "4"],
      holds: false,
      back: true,
    },
    {
      because: "excepted bounds",
      inner: ["NumericNotEquals", ["1", "2"]],
      outer: ["NumericNotEquals", "1"],
      holds: true,
      back: false,
    },
    {
      because: "a network in a network",
      inner: ["IpAddress", "10.1.0.0/16"],
      outer: ["IpAddress", "10.0.0.0/8"],
      holds: true,
      back: false,
    },
    {
      because: "a network beside it",
      inner: ["IpAddress", "11.0.0.0/8"],
      outer: ["IpAddress", "10.0.0.0/8"],
      holds: false,
      back: false,
    },
    {
      because: "an excepted network",
      inner: ["NotIpAddress", "10.0.0.0/8"],
      outer: ["NotIpAddress", "10.1.2.3"],
      holds: true,
      back: false,
    },
    {
      because: "true in another case",
      inner: ["Bool", "TRUE"],
      outer: ["Bool", "true"],
      holds: true,
      back: true,
    },
    {
      because: "two names of one operator",
      inner: ["ArnEquals", "arn:aws:s3:::b"],
      outer: ["ArnLike", "arn:aws:s3:::*"],
      holds: true,
      back: false,
    },
    {
      because: "another type",
      inner: ["StringEquals", "true"],
      outer: ["Bool", "true"],
      holds: false,
      back: false,
    },
    {
      because: "the same text of Base64",
      inner: ["BinaryEquals", "YQ=="],
      outer: ["BinaryEquals", ["YQ==", "Yg=="]],
      holds: true,
      back: false,
    },
  ])("$holds, $back: $because", ({ inner, outer, holds, back }) => {
    expect(conditionsImply(tests(inner), tests(outer))).toBe(holds);
    expect(conditionsImply(tests(outer), tests(inner))).toBe(back);
  });

  test("of several tests each must be implied by one", () => {
    const both = tests(["StringEquals", "a"], ["Null", "false"]);

    expect(conditionsImply(both, tests(["StringLike", "a*"]))).toBe(true);
    expect(conditionsImply(tests(["StringLike", "a*"]), both)).toBe(false);
  });

  test("what always holds is implied by no test at all, and nothing else is", () => {
    expect(conditionsImply([], tests(["Null", ["true", "false"]]))).toBe(true);
    expect(conditionsImply([], tests(["Null", "true"]))).toBe(false);
    expect(conditionsImply([], tests(["Null", "false"]))).toBe(false);
    expect(conditionsImply([], tests(["ForAllValues:StringEquals", "a"]))).toBe(false);
  });
});

describe("two conditions exclude each other", () => {
  test.each<{ because: string; a: Written; b: Written; excludes: boolean }>([
    { because: "there and not there", a: ["StringEquals", "a"], b: ["Null", "true"], excludes: true },
    {
      because: "a text and all but it",
      a: ["StringEquals", "a"],
      b: ["StringNotEquals", ["a", "b"]],
      excludes: true,
    },
    {
      because: "a text and all but another",
      a: ["StringEquals", "a"],
      b: ["StringNotEquals", "b"],
      excludes: false,
    },
    {
      because: "of two texts a request may have both",
      a: ["StringEquals", "a"],
      b: ["StringEquals", "b"],
      excludes: false,
    },
    {
      because: "one of two that differ, and all of them the other",
      a: ["ForAnyValue:StringEquals", "a"],
      b: ["ForAllValues:StringEquals", "b"],
      excludes: true,
    },
    {
      because: "patterns that meet",
      a: ["ForAnyValue:StringLike", "a*"],
      b: ["ForAllValues:StringLike", "*b"],
      excludes: false,
    },
    {
      because: "the same in another case",
      a: ["ForAnyValue:StringEqualsIgnoreCase", "A"],
      b: ["ForAllValues:StringEquals", "a"],
      excludes: false,
    },
    {
      because: "ARNs apart",
      a: ["ForAnyValue:ArnLike", "arn:aws:s3:::a*"],
      b: ["ForAllValues:ArnLike", "arn:aws:s3:::b*"],
      excludes: true,
    },
    {
      because: "true and false",
      a: ["ForAnyValue:Bool", "true"],
      b: ["ForAllValues:Bool", "false"],
      excludes: true,
    },
    {
      because: "true and a variable",
      a: ["ForAnyValue:Bool", "true"],
      b: ["ForAllValues:Bool", "${k}"],
      excludes: false,
    },
    {
      because: "bytes are taken to meet",
      a: ["ForAnyValue:BinaryEquals", "YQ=="],
      b: ["ForAllValues:BinaryEquals", "Yg=="],
      excludes: false,
    },
    {
      because: "networks apart",
      a: ["ForAnyValue:IpAddress", "10.0.0.0/8"],
      b: ["ForAllValues:IpAddress", "11.0.0.0/8"],
      excludes: true,
    },
    {
      because: "a network in the other",
      a: ["ForAnyValue:IpAddress", "10.0.0.0/8"],
      b: ["ForAllValues:IpAddress", "10.1.0.0/16"],
      excludes: false,
    },
    {
      because: "numbers apart",
      a: ["ForAnyValue:NumericEquals", "1"],
      b: ["ForAllValues:NumericEquals", "2"],
      excludes: true,
    },
    {
      because: "the same number",
      a: ["ForAnyValue:NumericEquals", "1"],
      b: ["ForAllValues:NumericEquals", "1.0"],
      excludes: false,
    },
    {
      because: "bounds are taken to meet",
      a: ["ForAnyValue:NumericEquals", "1"],
      b: ["ForAllValues:NumericGreaterThan", "2"],
      excludes: false,
    },
    {
      because: "another type",
      a: ["ForAnyValue:NumericEquals", "1"],
      b: ["ForAllValues:StringEquals", "2"],
      excludes: false,
    },
  ])("$excludes: $because", ({ a, b, excludes }) => {
    expect(conditionsExclude(tests(a), tests(b))).toBe(excludes);
    expect(conditionsExclude(tests(b), tests(a))).toBe(excludes);
  });

  test("never by different keys", () => {
    const read = readConditions({ Null: { j: "true" } });

    expect(conditionsExclude(tests(["Null", "false"]), read.kind === "read" ? read.tests : [])).toBe(false);
  });
});

describe("conditions can be met", () => {
  test.each<{ because: string; all: readonly Written[]; can: boolean }>([
    { because: "none", all: [], can: true },
    { because: "a text", all: [["StringEquals", "a"]], can: true },
    {
      because: "an ARN, a truth, a network, a number and a date are what they should be",
      all: [["ArnLike", "arn:aws:s3:::b"]],
      can: true,
    },
    { because: "a truth", all: [["Bool", "True"]], can: true },
    { because: "a network", all: [["IpAddress", "10.0.0.0/8"]], can: true },
    { because: "a number", all: [["NumericLessThan", "1"]], can: true },
    { because: "a date", all: [["DateLessThan", "2027-01-01T00:00:00Z"]], can: true },
    { because: "a key that is there", all: [["Null", "false"]], can: true },
    { because: "a key may always be there", all: [["Null", "true"]], can: false },
    { because: "no value", all: [["StringEquals", []]], can: false },
    { because: "bytes are not looked at", all: [["BinaryEquals", "YQ=="]], can: false },
    { because: "nobody knows what a variable is", all: [["StringEquals", "${aws:username}"]], can: false },
    { because: "what is excepted may be all there is", all: [["StringNotEquals", "a"]], can: false },
    {
      because: "two tests of one key may exclude each other",
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
