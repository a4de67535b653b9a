import { describe, expect, test } from "@jest/globals";
import { readConditions } from "../../../../src/iam/read/conditions.ts";
import { conditionsExclude, isSatisfiable } from "../../../../src/iam/match/implication.ts";
import { type Written, tests } from "./tests.ts";

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
