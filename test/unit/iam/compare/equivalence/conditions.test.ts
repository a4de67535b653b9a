import { describe, expect, test } from "@jest/globals";
import { compareDocuments } from "../../../../../src/iam/compare/comparer.ts";
import { context, when, identity } from "./documents.ts";

describe("two identity documents with conditions", () => {
  test.each([
    {
      because: "a list of one equals the scalar (condition value)",
      a: when({ Bool: { k: "true" } }),
      b: when({ Bool: { k: ["true"] } }),
      tier: "equal",
    },
    {
      because: "condition keys ignore case",
      a: when({ ArnLike: { "aws:SourceArn": "arn:aws:s3:::x" } }),
      b: when({ ArnLike: { "AWS:sourcearn": "arn:aws:s3:::x" } }),
      tier: "equal",
    },
    {
      because: "the tag part of a condition key ignores case",
      a: when({ StringEquals: { "aws:ResourceTag/Foo": "x" } }),
      b: when({ StringEquals: { "aws:resourcetag/foo": "x" } }),
      tier: "equal",
    },
    {
      because: "an operator in another case is not an operator",
      a: when({ StringEquals: { k: "v" } }),
      b: when({ stringEquals: { k: "v" } }),
      tier: "security",
    },
    {
      because: "condition values keep their case",
      a: when({ StringEquals: { k: "v" } }),
      b: when({ StringEquals: { k: "V" } }),
      tier: "security",
    },
    {
      because: "a boolean equals its text",
      a: when({ Bool: { k: true } }),
      b: when({ Bool: { k: "true" } }),
      tier: "equal",
    },
    {
      because: "a number equals its text",
      a: when({ NumericLessThan: { k: 3600 } }),
      b: when({ NumericLessThan: { k: "3600" } }),
      tier: "equal",
    },
    {
      because: "a number that JavaScript rounds is not understood",
      a: when({ NumericEquals: { k: 1e300 } }),
      b: when({ NumericEquals: { k: "1e+300" } }),
      tier: "security",
    },
    {
      because: "Bool compares by value",
      a: when({ Bool: { k: "True" } }),
      b: when({ Bool: { k: "true" } }),
      tier: "meaning",
    },
    {
      because: "Null compares by value",
      a: when({ Null: { k: "True" } }),
      b: when({ Null: { k: "true" } }),
      tier: "meaning",
    },
    {
      because: "a Bool value that is no boolean is kept as written",
      a: when({ Bool: { k: "yes" } }),
      b: when({ Bool: { k: "Yes" } }),
      tier: "security",
    },
    {
      because: "numbers compare by value",
      a: when({ NumericEquals: { k: "3600" } }),
      b: when({ NumericEquals: { k: "3600.0" } }),
      tier: "meaning",
    },
    {
      because: "a value that is no number is kept as written",
      a: when({ NumericEquals: { k: "x" } }),
      b: when({ NumericEquals: { k: "X" } }),
      tier: "security",
    },
    {
      because: "dates compare by instant",
      a: when({ DateLessThan: { k: "2026-01-01T00:00:00Z" } }),
      b: when({ DateLessThan: { k: "2026-01-01T01:00:00+01:00" } }),
      tier: "meaning",
    },
    {
      because: "a date that does not exist is kept as written",
      a: when({ DateLessThan: { k: "2026-99-01T00:00:00Z" } }),
      b: when({ DateLessThan: { k: "2026-99-01T00:00:00.0Z" } }),
      tier: "security",
    },
    {
      because: "a date without a time zone is kept as written",
      a: when({ DateLessThan: { k: "2026-01-01" } }),
      b: when({ DateLessThan: { k: "2026-01-01T00:00:00Z" } }),
      tier: "security",
    },
    {
      because: "an operator without keys has no effect",
      a: when({ StringEquals: {} }),
      b: identity({}),
      tier: "equal",
    },
    {
      because: "an unknown operator without keys has no effect",
      a: when({ x: {} }),
      b: identity({}),
      tier: "equal",
    },
    {
      because: "a key without values never matches",
      a: when({ StringEquals: { k: [] } }),
      b: identity({}),
      tier: "security",
    },
    {
      because: "one key in two spellings is two tests",
      a: when({ StringEquals: { k: "a", K: "b" } }),
      b: when({ StringEquals: { k: ["a", "b"] } }),
      tier: "security",
    },
    {
      because: "one key in two spellings with the same value is one test",
      a: when({ StringEquals: { k: "a", K: "a" } }),
      b: when({ StringEquals: { k: "a" } }),
      tier: "equal",
    },
    {
      because: "ArnEquals behaves like ArnLike",
      a: when({ ArnEquals: { k: "a*" } }),
      b: when({ ArnLike: { k: "a*" } }),
      tier: "meaning",
    },
    {
      because: "ArnNotEquals behaves like ArnNotLike",
      a: when({ ArnNotEquals: { k: "arn:aws:s3:::a" } }),
      b: when({ ArnNotLike: { k: "arn:aws:s3:::a" } }),
      tier: "meaning",
    },
    {
      because: "StringEquals differs from StringLike",
      a: when({ StringEquals: { k: "a" } }),
      b: when({ StringLike: { k: "a" } }),
      tier: "security",
    },
    {
      because: "ForAllValues changes the meaning",
      a: when({ "ForAllValues:StringEquals": { k: "a" } }),
      b: when({ StringEquals: { k: "a" } }),
      tier: "security",
    },
    {
      because: "IfExists changes the meaning",
      a: when({ StringEqualsIfExists: { k: "a" } }),
      b: when({ StringEquals: { k: "a" } }),
      tier: "security",
    },
  ])("are $tier: $because", ({ a, b, tier }) => {
    expect(compareDocuments(a, b, context("identity"))).toBe(tier);
    expect(compareDocuments(b, a, context("identity"))).toBe(tier);
  });
});
