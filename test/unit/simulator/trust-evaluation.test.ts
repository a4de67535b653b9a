import { describe, expect, test } from "@jest/globals";
import { isTrustedBySimulator } from "../../../src/simulator/sts/trust-evaluation.ts";

const CALLER = "arn:aws:iam::111122223333:role/base";

function trusts(statement: object, context: Readonly<Record<string, readonly string[]>> = {}): boolean {
  const full = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { AWS: CALLER }, ...statement };
  const trust = JSON.stringify({ Version: "2012-10-17", Statement: full });
  return isTrustedBySimulator(trust, { action: "sts:AssumeRole", principals: new Set([CALLER]), context });
}

describe("actions and principals", () => {
  test.each([
    {
      statement: { Action: ["sts:TagSession", "STS:assumerole"] },
      trusted: true,
      because: "actions ignore case",
    },
    { statement: { Action: "sts:*" }, trusted: true, because: "a wildcard covers the action" },
    { statement: { Action: "sts:TagSession" }, trusted: false, because: "another action does not match" },
    {
      statement: { Action: undefined, NotAction: "sts:TagSession" },
      trusted: true,
      because: "NotAction covers the rest",
    },
    {
      statement: { Action: undefined, NotAction: "sts:*" },
      trusted: false,
      because: "NotAction leaves out what it names",
    },
    {
      statement: { Principal: { AWS: [CALLER, "x"] } },
      trusted: true,
      because: "one of the principals is enough",
    },
    { statement: { Principal: { AWS: `${CALLER}2` } }, trusted: false, because: "an ARN is not a prefix" },
    {
      statement: { Principal: { AWS: "arn:aws:iam::111122223333:role/*" } },
      trusted: false,
      because: "an ARN is not a pattern",
    },
    {
      statement: { Principal: { Service: "lambda.amazonaws.com" } },
      trusted: false,
      because: "a service is not the caller",
    },
  ])("$because", ({ statement, trusted }) => {
    expect(trusts(statement)).toBe(trusted);
  });
});

describe("conditions", () => {
  const context = {
    "sts:externalid": ["id-1"],
    "aws:tagkeys": ["a", "b"],
    "aws:multifactorauthpresent": ["false"],
  };

  test.each([
    { condition: { StringEquals: { "STS:ExternalID": "id-1" } }, trusted: true, because: "keys ignore case" },
    {
      condition: { StringEquals: { "sts:ExternalId": ["x", "id-1"] } },
      trusted: true,
      because: "one of the values is enough",
    },
    {
      condition: { StringEquals: { "sts:ExternalId": "ID-1" } },
      trusted: false,
      because: "values are case-sensitive",
    },
    {
      condition: { StringEqualsIgnoreCase: { "sts:ExternalId": "ID-1" } },
      trusted: true,
      because: "an IgnoreCase operator ignores case",
    },
    {
      condition: { StringEquals: { "sts:ExternalId": "id-?" } },
      trusted: false,
      because: "StringEquals knows no wildcards",
    },
    {
      condition: { StringLike: { "sts:ExternalId": "i*-?" } },
      trusted: true,
      because: "StringLike knows wildcards",
    },
    { condition: { StringLike: { "sts:ExternalId": "id.1" } }, trusted: false, because: "a dot is a dot" },
    {
      condition: { StringNotEquals: { "sts:ExternalId": ["x", "id-1"] } },
      trusted: false,
      because: "a negated operator must miss all values",
    },
    {
      condition: { StringNotLike: { "sts:ExternalId": "x*" } },
      trusted: true,
      because: "a negated operator holds if no value matches",
    },
    {
      condition: { StringNotEquals: { "aws:none": "x" } },
      trusted: true,
      because: "a negated operator holds without the key",
    },
    {
      condition: { StringEquals: { "aws:none": "x" } },
      trusted: false,
      because: "a key that is absent equals nothing",
    },
    {
      condition: { StringEqualsIfExists: { "aws:none": "x" } },
      trusted: true,
      because: "IfExists lets an absent key pass",
    },
    {
      condition: { StringEqualsIfExists: { "sts:ExternalId": "x" } },
      trusted: false,
      because: "IfExists compares a present key",
    },
    { condition: { Null: { "aws:none": "true" } }, trusted: true, because: "Null true asks for absence" },
    {
      condition: { Null: { "sts:ExternalId": true } },
      trusted: false,
      because: "Null true fails on a present key",
    },
    {
      condition: { Null: { "sts:ExternalId": "false" } },
      trusted: true,
      because: "Null false asks for presence",
    },
    {
      condition: { Bool: { "aws:MultiFactorAuthPresent": true } },
      trusted: false,
      because: "a JSON boolean is compared as text",
    },
    {
      condition: { "ForAllValues:StringEquals": { "aws:TagKeys": ["a", "b", "c"] } },
      trusted: true,
      because: "all values are listed",
    },
    {
      condition: { "ForAllValues:StringEquals": { "aws:TagKeys": "a" } },
      trusted: false,
      because: "one value is not listed",
    },
    {
      condition: { "ForAllValues:StringEquals": { "aws:none": "a" } },
      trusted: true,
      because: "ForAllValues holds for an empty list",
    },
    {
      condition: { "ForAnyValue:StringEquals": { "aws:TagKeys": "b" } },
      trusted: true,
      because: "one listed value is enough",
    },
    {
      condition: { "ForAnyValue:StringEquals": { "aws:none": "b" } },
      trusted: false,
      because: "ForAnyValue fails for an empty list",
    },
    {
      condition: { StringEquals: { "sts:ExternalId": "id-1", "aws:none": "x" } },
      trusted: false,
      because: "every key must hold",
    },
  ])("$because", ({ condition, trusted }) => {
    expect(trusts({ Condition: condition }, context)).toBe(trusted);
  });

  test("an operator that is not simulated is reported, not guessed", () => {
    const condition = { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } };

    expect(() => trusts({ Condition: condition }, context)).toThrow(
      "condition operator IpAddress is not simulated",
    );
  });
});
