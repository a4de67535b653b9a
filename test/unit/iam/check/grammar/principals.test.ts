import { describe, expect, test } from "@jest/globals";
import { nearestName } from "../../../../../src/text/nearest-name.ts";
import { checkStatement } from "../../../../../src/iam/check/grammar/statement.ts";
import type { Dialect } from "../../../../../src/model/aws/policy-document.ts";
import { ALLOW } from "./statements.ts";

const TRUST = { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" };
const INVOKE = { ...ALLOW, Principal: { AWS: "111122223333" }, Action: "lambda:InvokeFunction" };

describe("a statement with principals", () => {
  test.each<{ dialect: Dialect; statement: unknown; messages: readonly string[] }>([
    { dialect: "trust", statement: TRUST, messages: [] },
    {
      dialect: "trust",
      statement: { ...TRUST, Principal: { AWS: "*", Federated: "x", CanonicalUser: "y" } },
      messages: [],
    },
    {
      dialect: "trust",
      statement: { ...TRUST, Principal: "*" },
      messages: ['IAM refuses the bare "*" in a trust policy'],
    },
    {
      dialect: "trust",
      statement: { ...TRUST, Resource: "*" },
      messages: ["Resource has no place in a statement of a trust policy"],
    },
    {
      dialect: "trust",
      statement: ALLOW,
      messages: [
        "Principal is missing",
        'a role can\'t be asked for "s3:GetObject"',
        "Resource has no place in a statement of a trust policy",
      ],
    },
    {
      dialect: "trust",
      statement: { ...TRUST, Principal: [] },
      messages: ["Principal is not an object"],
    },
    {
      dialect: "trust",
      statement: { ...TRUST, Principal: {}, Action: "sts:*" },
      messages: ["Principal is empty"],
    },
    {
      dialect: "trust",
      statement: { ...TRUST, Principal: { Aws: "*" } },
      messages: ['"Aws" is not a type of principal'],
    },
    {
      dialect: "trust",
      statement: { ...TRUST, Principal: { constructor: "*" } },
      messages: ['"constructor" is not a type of principal'],
    },
    {
      dialect: "trust",
      statement: { ...TRUST, Principal: { AWS: "r", Service: ["lambda"] } },
      messages: ['"r" is no account, whole ARN of IAM or STS, or "*"', '"lambda" is not a service'],
    },
    { dialect: "resource", statement: INVOKE, messages: [] },
    {
      dialect: "resource",
      statement: { ...INVOKE, Principal: { AWS: "arn:aws:iam::111122223333:role/*" } },
      messages: ['"arn:aws:iam::111122223333:role/*" is no account, whole ARN of IAM or STS, or "*"'],
    },
    {
      dialect: "resource",
      statement: { ...INVOKE, Principal: { Service: ["alexa-appkit.amazon.com", "s3.amazonaws.com.cn"] } },
      messages: [],
    },
    { dialect: "resource", statement: { ...INVOKE, Principal: "*", Sid: "gk_1-2" }, messages: [] },
    {
      dialect: "resource",
      statement: { ...INVOKE, Sid: "a.b" },
      messages: ['Sid "a.b" is not allowed'],
    },
    {
      dialect: "resource",
      statement: { ...ALLOW, NotPrincipal: { AWS: 1 } },
      messages: ["NotPrincipal.AWS is not a string"],
    },
  ])("of a $dialect policy has the faults $messages", ({ dialect, statement, messages }) => {
    expect(checkStatement(statement, dialect).map((fault) => fault.message)).toEqual(messages);
  });
});

test.each([
  { name: "effect", nearest: "Effect", because: "only the case differs" },
  { name: "StringLik", nearest: "StringLike", because: "one letter is missing" },
  { name: "Bol", nearest: "Bool", because: "the nearest of several is chosen" },
  { name: "Matches", nearest: undefined, because: "no name is near" },
])("the nearest name of $name is $nearest: $because", ({ name, nearest }) => {
  expect(nearestName(name, ["StringNotLike", "Null", "Bowls", "Bool", "StringLike", "Effect"])).toBe(nearest);
});
