import { describe, expect, test } from "@jest/globals";
import { dangerOf } from "../../../../src/iam/risk/access.ts";
import type { DocumentContext } from "../../../../src/iam/document.ts";

const CONTEXT: DocumentContext = { dialect: "resource", partition: "aws", accountId: "111122223333" };
const SERVICE = { Service: "sns.amazonaws.com" };

function invoke(
  principal: unknown,
  condition: unknown = {},
  action: unknown = "lambda:InvokeFunction",
): unknown {
  return {
    Sid: "s",
    Effect: "Allow",
    Principal: principal,
    Action: action,
    Resource: "arn:aws:lambda:eu-west-1:111122223333:function:f",
    Condition: condition,
  };
}

describe("a statement of a function's policy is", () => {
  test.each([
    { danger: "public", because: "everybody may", statement: invoke("*") },
    { danger: "public", because: "everybody may, written as a type", statement: invoke({ AWS: "*" }) },
    {
      danger: "public",
      because: "everybody but some may",
      statement: { ...(invoke("*") as object), Principal: undefined, NotPrincipal: SERVICE },
    },
    {
      danger: "public",
      because: "its URL asks for nothing",
      statement: invoke("*", { StringEquals: { "lambda:FunctionUrlAuthType": "NONE" } }),
    },
    {
      danger: "public",
      because: "a URL for any signature is for anybody with an account",
      statement: invoke("*", { StringEquals: { "lambda:FunctionUrlAuthType": "AWS_IAM" } }),
    },
    {
      danger: "public",
      because: "through a URL is no restriction",
      statement: invoke("*", { Bool: { "lambda:InvokedViaFunctionUrl": "true" } }),
    },
    {
      danger: "public",
      because: "the organization is tested only where it is known",
      statement: invoke("*", { StringEqualsIfExists: { "aws:PrincipalOrgID": "o-1" } }),
    },
    {
      danger: "public",
      because: "ForAllValues passes without the key",
      statement: invoke("*", { "ForAllValues:StringEquals": { "aws:PrincipalOrgID": "o-1" } }),
    },
    {
      danger: "public",
      because: "all but one organization is nearly everybody",
      statement: invoke("*", { StringNotEquals: { "aws:PrincipalOrgID": "o-1" } }),
    },
    {
      danger: "public",
      because: "any source is no source",
      statement: invoke("*", { ArnLike: { "aws:SourceArn": "*" } }),
    },
    {
      danger: "public",
      because: "any topic of any account is no source",
      statement: invoke("*", { ArnLike: { "aws:SourceArn": "arn:aws:sns:*:*:*" } }),
    },
    {
      danger: "public",
      because: "any part of an ARN is no source",
      statement: invoke("*", { ArnLike: { "aws:SourceArn": "arn:aws:sns*" } }),
    },
    {
      danger: "public",
      because: "any bucket is no source",
      statement: invoke("*", { ArnLike: { "aws:SourceArn": "arn:aws:s3:::*" } }),
    },
    {
      danger: "foreign-account",
      because: "nobody said that the organization is ours",
      statement: invoke("*", { StringEquals: { "aws:PrincipalOrgID": "o-1" } }),
    },
    {
      danger: "foreign-account",
      because: "nor a part of an organization",
      statement: invoke("*", { "ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": "o-1/*" } }),
    },
    {
      danger: "public",
      because: "any organization is none",
      statement: invoke("*", { StringLike: { "aws:PrincipalOrgID": "o-*" } }),
    },
    {
      danger: "none",
      because: "of the organization this account alone",
      statement: invoke("*", {
        StringEquals: { "aws:PrincipalOrgID": "o-1", "aws:PrincipalAccount": "111122223333" },
      }),
    },
    {
      danger: "takeover",
      because: "another account may change the code",
      statement: invoke({ AWS: "444455556666" }, {}, "lambda:UpdateFunctionCode"),
    },
    {
      danger: "takeover",
      because: "an organization may do anything with it",
      statement: invoke("*", { StringEquals: { "aws:PrincipalOrgID": "o-1" } }, "lambda:*"),
    },
    {
      danger: "takeover",
      because: "one action of several is enough",
      statement: invoke({ AWS: "444455556666" }, {}, ["lambda:InvokeFunction", "lambda:AddPermission"]),
    },
    {
      danger: "public",
      because: "everybody is worse than another account",
      statement: invoke({ AWS: ["*", "444455556666"] }, {}, "lambda:*"),
    },
    {
      danger: "none",
      because: "the account itself may change the code",
      statement: invoke({ AWS: "111122223333" }, {}, "lambda:UpdateFunctionCode"),
    },
    {
      danger: "none",
      because: "the token is named",
      statement: invoke("*", { StringEquals: { "lambda:EventSourceToken": "t" } }),
    },
    {
      danger: "none",
      because: "the source is of this account",
      statement: invoke("*", { ArnLike: { "AWS:SourceArn": "arn:aws:sns:eu-west-1:111122223333:*" } }),
    },
    {
      danger: "none",
      because: "in StringEquals a star is a star",
      statement: invoke("*", { StringEquals: { "aws:SourceArn": "*" } }),
    },
    {
      danger: "foreign-account",
      because: "everybody in another account may",
      statement: invoke("*", { StringEquals: { "aws:PrincipalAccount": "444455556666" } }),
    },
    { danger: "no-source", because: "the service may for anybody", statement: invoke(SERVICE) },
    {
      danger: "no-source",
      because: "the service may for any topic",
      statement: invoke(SERVICE, { ArnLike: { "aws:SourceArn": "arn:aws:sns:*:*:*" } }),
    },
    {
      danger: "no-source",
      because: "the service may for any bucket",
      statement: invoke(SERVICE, { ArnLike: { "aws:SourceArn": "arn:aws:s3:::*" } }),
    },
    {
      danger: "none",
      because: "the service may for any bucket of this account",
      statement: invoke(SERVICE, {
        ArnLike: { "aws:SourceArn": "arn:aws:s3:::*" },
        StringEquals: { "aws:SourceAccount": "111122223333" },
      }),
    },
    {
      danger: "none",
      because: "a pattern without a star is one account",
      statement: invoke(SERVICE, { StringLike: { "aws:SourceAccount": "111122223333" } }),
    },
    {
      danger: "no-source",
      because: "the beginning of an account is many accounts",
      statement: invoke(SERVICE, { StringLike: { "aws:SourceAccount": "1*" } }),
    },
    {
      danger: "none",
      because: "the service may for one topic",
      statement: invoke(SERVICE, { ArnLike: { "aws:SourceArn": "arn:aws:sns:eu-west-1:111122223333:t" } }),
    },
    {
      danger: "none",
      because: "the service may for one bucket, which names no account",
      statement: invoke(SERVICE, { ArnLike: { "aws:SourceArn": "arn:aws:s3:::b" } }),
    },
    {
      danger: "foreign-account",
      because: "the service may for a topic of another account",
      statement: invoke(SERVICE, { ArnLike: { "aws:SourceArn": "arn:aws:sns:eu-west-1:444455556666:t" } }),
    },
    {
      danger: "none",
      because: "one of two ties is this account alone",
      statement: invoke(SERVICE, {
        ArnLike: {
          "aws:SourceArn": ["arn:aws:sns:eu-west-1:444455556666:t", "arn:aws:sns:eu-west-1:111122223333:t"],
        },
        StringEquals: { "aws:SourceAccount": "111122223333" },
      }),
    },
    { danger: "none", because: "the account itself may", statement: invoke({ AWS: "111122223333" }) },
    { danger: "foreign-account", because: "another account may", statement: invoke({ AWS: "444455556666" }) },
    {
      danger: "foreign-account",
      because: "who federates is not of this account",
      statement: invoke({ Federated: "accounts.google.com" }),
    },
    {
      danger: "none",
      because: "a deleted principal is nobody",
      statement: invoke({ AWS: "AROAEXAMPLEEXAMPLE" }),
    },
    {
      danger: "public",
      because: "the worst of several principals counts",
      statement: invoke({ AWS: ["111122223333", "*", "444455556666"], ...SERVICE }),
    },
    { danger: "none", because: "it denies", statement: { ...(invoke("*") as object), Effect: "Deny" } },
    {
      danger: "none",
      because: "it is not understood, which is another finding",
      statement: { ...(invoke("*") as object), Fresh: 1 },
    },
  ])("$danger: $because", ({ statement, danger }) => {
    expect(dangerOf(JSON.parse(JSON.stringify(statement)), CONTEXT)).toBe(danger);
  });

  test("none where the dialect has no principals", () => {
    const statement = { Effect: "Allow", Action: "s3:GetObject", Resource: "*" };

    expect(dangerOf(statement, { ...CONTEXT, dialect: "identity" })).toBe("none");
  });
});
