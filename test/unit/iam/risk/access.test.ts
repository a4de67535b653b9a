import { describe, expect, test } from "@jest/globals";
import { readStatement } from "../../../../src/iam/read/statement.ts";
import { memberDanger } from "../../../../src/iam/risk/access.ts";
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
    { danger: "public", because: "all principals may invoke it", statement: invoke("*") },
    { danger: "public", because: "all AWS principals may invoke it", statement: invoke({ AWS: "*" }) },
    {
      danger: "public",
      because: "all principals except some may invoke it",
      statement: { ...(invoke("*") as object), Principal: undefined, NotPrincipal: SERVICE },
    },
    {
      danger: "public",
      because: "its URL requires no authentication",
      statement: invoke("*", { StringEquals: { "lambda:FunctionUrlAuthType": "NONE" } }),
    },
    {
      danger: "public",
      because: "a URL with any authentication is open to every account",
      statement: invoke("*", { StringEquals: { "lambda:FunctionUrlAuthType": "AWS_IAM" } }),
    },
    {
      danger: "public",
      because: "a condition on the URL's use is no restriction",
      statement: invoke("*", { Bool: { "lambda:InvokedViaFunctionUrl": "true" } }),
    },
    {
      danger: "public",
      because: "the organization is tested only if it is known",
      statement: invoke("*", { StringEqualsIfExists: { "aws:PrincipalOrgID": "o-1" } }),
    },
    {
      danger: "public",
      because: "ForAllValues holds without the key",
      statement: invoke("*", { "ForAllValues:StringEquals": { "aws:PrincipalOrgID": "o-1" } }),
    },
    {
      danger: "public",
      because: "all but one organization is almost everyone",
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
      because: "the organization need not be ours",
      statement: invoke("*", { StringEquals: { "aws:PrincipalOrgID": "o-1" } }),
    },
    {
      danger: "foreign-account",
      because: "a part of an organization need not be ours",
      statement: invoke("*", { "ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": "o-1/*" } }),
    },
    {
      danger: "public",
      because: "any organization is no restriction",
      statement: invoke("*", { StringLike: { "aws:PrincipalOrgID": "o-*" } }),
    },
    {
      danger: "none",
      because: "only this account of the organization may",
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
      because: "one dangerous action of several is enough",
      statement: invoke({ AWS: "444455556666" }, {}, ["lambda:InvokeFunction", "lambda:AddPermission"]),
    },
    {
      danger: "public",
      because: "access for everyone is worse than for another account",
      statement: invoke({ AWS: ["*", "444455556666"] }, {}, "lambda:*"),
    },
    {
      danger: "none",
      because: "the account itself may change the code",
      statement: invoke({ AWS: "111122223333" }, {}, "lambda:UpdateFunctionCode"),
    },
    {
      danger: "none",
      because: "the event source token is named",
      statement: invoke("*", { StringEquals: { "lambda:EventSourceToken": "t" } }),
    },
    {
      danger: "none",
      because: "the source is in this account",
      statement: invoke("*", { ArnLike: { "AWS:SourceArn": "arn:aws:sns:eu-west-1:111122223333:*" } }),
    },
    {
      danger: "none",
      because: "a star is not a wildcard for StringEquals",
      statement: invoke("*", { StringEquals: { "aws:SourceArn": "*" } }),
    },
    {
      danger: "foreign-account",
      because: "everyone in another account may",
      statement: invoke("*", { StringEquals: { "aws:PrincipalAccount": "444455556666" } }),
    },
    { danger: "no-source", because: "the service may for any customer", statement: invoke(SERVICE) },
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
      because: "the beginning of an account id matches many accounts",
      statement: invoke(SERVICE, { StringLike: { "aws:SourceAccount": "1*" } }),
    },
    {
      danger: "none",
      because: "the service may for one topic",
      statement: invoke(SERVICE, { ArnLike: { "aws:SourceArn": "arn:aws:sns:eu-west-1:111122223333:t" } }),
    },
    {
      danger: "none",
      because: "the service may for one bucket, whose ARN has no account",
      statement: invoke(SERVICE, { ArnLike: { "aws:SourceArn": "arn:aws:s3:::b" } }),
    },
    {
      danger: "foreign-account",
      because: "the service may for a topic of another account",
      statement: invoke(SERVICE, { ArnLike: { "aws:SourceArn": "arn:aws:sns:eu-west-1:444455556666:t" } }),
    },
    {
      danger: "none",
      because: "one of two conditions limits it to this account",
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
      because: "a federated principal is not in this account",
      statement: invoke({ Federated: "accounts.google.com" }),
    },
    {
      danger: "none",
      because: "a deleted principal matches no caller",
      statement: invoke({ AWS: "AROAEXAMPLEEXAMPLE" }),
    },
    {
      danger: "public",
      because: "the worst of several principals counts",
      statement: invoke({ AWS: ["111122223333", "*", "444455556666"], ...SERVICE }),
    },
    {
      danger: "none",
      because: "the effect is Deny",
      statement: { ...(invoke("*") as object), Effect: "Deny" },
    },
    {
      danger: "none",
      because: "an opaque statement is another finding",
      statement: { ...(invoke("*") as object), Fresh: 1 },
    },
  ])("$danger: $because", ({ statement, danger }) => {
    const member = readStatement(JSON.parse(JSON.stringify(statement)), CONTEXT);

    expect(memberDanger(member, CONTEXT)).toBe(danger);
  });

  test("a dialect without principals has no danger", () => {
    const statement = { Effect: "Allow", Action: "s3:GetObject", Resource: "*" };
    const context = { ...CONTEXT, dialect: "identity" } as const;

    expect(memberDanger(readStatement(statement, context), context)).toBe("none");
  });
});
