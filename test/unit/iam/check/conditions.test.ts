import { describe, expect, test } from "@jest/globals";
import { findingsOf, allow, deny, when } from "./findings.ts";

describe("conditions that do not mean what they suggest (CON-001 to CON-003)", () => {
  const at = (path: string): string => `Statement[0].Condition.${path}`;
  test.each([
    {
      because: "a wildcard is a plain character without a Like operator",
      condition: { "ForAnyValue:StringNotEqualsIgnoreCaseIfExists": { "aws:TagKeys": ["a*", "b"] } },
      findings: [
        `CON-002 error ${at("ForAnyValue:StringNotEqualsIgnoreCaseIfExists.aws:TagKeys[0]")}: StringNotEqualsIgnoreCase compares the wildcard in "a*" as a character (write ForAnyValue:StringNotLikeIfExists if a pattern is meant)`,
      ],
    },
    {
      because: "a space at the end is a part of the value",
      condition: { StringEquals: { "aws:SourceVpc": ["vpc-1", "vpc-2 "] } },
      findings: [
        `CON-002 warning ${at("StringEquals.aws:SourceVpc[1]")}: "vpc-2 " ends with a blank, which AWS compares too (remove the blank if it is not meant)`,
      ],
    },
    {
      because: "a space at the beginning is a part of a pattern too",
      condition: { StringLike: { "aws:SourceVpc": " vpc-*" } },
      findings: [
        `CON-002 warning ${at("StringLike.aws:SourceVpc")}: " vpc-*" begins with a blank, which AWS compares too (remove the blank if it is not meant)`,
      ],
    },
    {
      because: "the operator has another type than the key",
      condition: { StringEquals: { "aws:SecureTransport": "true" } },
      findings: [
        `CON-002 error ${at("StringEquals.aws:SecureTransport")}: StringEquals compares "aws:SecureTransport", whose values are of type Bool, as something else (use Bool)`,
      ],
    },
    {
      because: "an address is not a text",
      condition: { StringLike: { "aws:SourceIp": "203.0.113.*" } },
      findings: [
        `CON-002 error ${at("StringLike.aws:SourceIp")}: StringLike compares "aws:SourceIp", whose values are of type IPAddress, as something else (use IpAddress or NotIpAddress)`,
      ],
    },
    {
      because: "an operator has the same key twice",
      condition: { StringLike: { "aws:SourceVpc": "a", "AWS:sourcevpc": "b" } },
      findings: [
        `CON-002 error ${at("StringLike.AWS:sourcevpc")}: "aws:SourceVpc" and "AWS:sourcevpc" are one key: both tests must hold (write one of them, with a list of the values that are meant)`,
      ],
    },
    {
      because: "a plain operator is for a single value",
      condition: { StringEquals: { "aws:TagKeys": "a" } },
      findings: [
        `CON-003 error ${at("StringEquals.aws:TagKeys")}: a request may have several values of "aws:TagKeys", and StringEquals is for one (write ForAllValues:StringEquals, and add "Null": {"aws:TagKeys": "false"})`,
      ],
    },
    {
      because: "a quantifier is for several values",
      condition: { "ForAnyValue:StringEquals": { "aws:SourceVpc": "a" } },
      findings: [
        `CON-003 warning ${at("ForAnyValue:StringEquals.aws:SourceVpc")}: a request has one value of "aws:SourceVpc": ForAnyValue: is for keys with several (write StringEquals)`,
      ],
    },
    {
      because: "ForAllValues holds without the key",
      condition: {
        "ForAllValues:StringEquals": { "aws:TagKeys": "a" },
        Null: { "aws:TagKeys": "true", "aws:SourceVpc": "false" },
      },
      findings: [
        `CON-001 error ${at("ForAllValues:StringEquals.aws:TagKeys")}: ForAllValues:StringEquals also holds where the request has no "aws:TagKeys" (add "Null": {"aws:TagKeys": "false"})`,
      ],
    },
  ])("are reported: $because", ({ condition, findings }) => {
    expect(findingsOf([allow("s3:GetObject", "*", when(condition))])).toEqual(findings);
  });

  test.each([
    { because: "an ARN is compared as a text", condition: { StringEquals: { "aws:SourceArn": "a" } } },
    { because: "a text is compared as an ARN", condition: { ArnLike: { "aws:SourceVpc": "*" } } },
    {
      because: "a wildcard is escaped",
      condition: { StringEquals: { "aws:SourceVpc": "${*}${?}" } },
    },
    {
      because: "seconds since 1970 are a date",
      condition: { DateLessThan: { "aws:EpochTime": "1767225600" } },
    },
    {
      because: "an unknown operator already has another finding",
      condition: { Equals: { "aws:TagKeys": "a*" } },
    },
    { because: "Null only tests the presence of a key", condition: { Null: { "aws:TagKeys": true } } },
    {
      because: "the type of a key is not known",
      condition: { BinaryEquals: { "aws:PrincipalTag/x": "QQ==" } },
    },
    {
      because: "no service publishes keys of bytes",
      condition: { BinaryEquals: { "aws:SourceVpc": "QQ==" } },
    },
    {
      because: "the key must exist",
      condition: { "ForAllValues:StringEquals": { "aws:TagKeys": "a" }, Null: { "AWS:tagkeys": "False" } },
    },
    {
      because: "another test requires the key",
      condition: {
        "ForAllValues:StringEquals": { "aws:TagKeys": ["a", "b"] },
        "ForAnyValue:StringEquals": { "aws:TagKeys": "a" },
      },
    },
    {
      because: "a tag of the request is also one of its tag keys",
      condition: {
        "ForAllValues:StringEquals": { "aws:TagKeys": ["a", "b"] },
        StringEquals: { "aws:RequestTag/a": "x" },
      },
    },
    {
      because: "keys that are no object already have another finding",
      condition: { StringEquals: "x", Bool: { "aws:SecureTransport": [["true"]] } },
    },
  ])("are not reported if $because", ({ condition }) => {
    expect(findingsOf([allow("s3:GetObject", "*", when(condition))])).toEqual([]);
  });

  test.each([
    { because: "IfExists", test: { StringEqualsIfExists: { "aws:RequestTag/a": "x" } } },
    { because: "a negation", test: { StringNotEquals: { "aws:RequestTag/a": "x" } } },
    { because: "another ForAllValues", test: { "ForAllValues:StringLike": { "aws:TagKeys": "a" } } },
    { because: "a tag of the resource", test: { StringEquals: { "aws:ResourceTag/a": "x" } } },
    { because: "an unknown operator", test: { Equals: { "aws:TagKeys": "x" } } },
  ])("are reported for a key that $because does not require", ({ test: other }) => {
    const condition = { "ForAllValues:StringEquals": { "aws:TagKeys": "a" }, ...other };
    const found = findingsOf([allow("s3:GetObject", "*", when(condition))]);

    expect(found.some((line) => line.includes("CON-001"))).toBe(true);
  });

  test("of a Deny hold without the key on purpose", () => {
    const condition = { "ForAllValues:StringEquals": { "aws:TagKeys": "a" } };

    expect(findingsOf([deny("s3:GetObject", "*", when(condition))])).toEqual([]);
  });

  test("are not the fix of a plain operator in a Deny, where they would refuse less", () => {
    const condition = { StringEquals: { "aws:TagKeys": "a" } };

    expect(findingsOf([deny("s3:GetObject", "*", when(condition))])).toEqual([
      expect.stringContaining("(write ForAnyValue:StringEquals)"),
    ]);
  });
});
