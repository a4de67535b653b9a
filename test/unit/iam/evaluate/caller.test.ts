import { describe, expect, test } from "@jest/globals";
import { callerContext, parseCaller } from "../../../../src/iam/evaluate/caller.ts";
import { accessRequest } from "../../../../src/iam/evaluate/request.ts";
import { ACCOUNT, callerOf, QUEUE, ROLE, USER } from "./question.ts";

describe("a caller", () => {
  test.each([
    { text: "1111222233334", because: "the account id has a digit too many" },
    { text: "x111122223333", because: "an account id has digits only" },
    { text: "X lambda.amazonaws.com", because: "a service begins with its name" },
    { text: "lambda.amazonaws.comx", because: "a service ends with AWS's domain" },
    { text: `x${USER}`, because: "an ARN begins with arn" },
    { text: `${USER}\nx`, because: "an ARN is one line" },
  ])("is rejected: $because", ({ text }) => {
    expect(parseCaller(text)).toEqual({
      kind: "err",
      error: expect.stringMatching(/ARN of a role, session, user or account/),
    });
  });

  test("may be of another partition", () => {
    const arn = `arn:aws-cn:iam::${ACCOUNT}:root`;

    expect(parseCaller(arn)).toEqual({ kind: "ok", value: { kind: "account", accountId: ACCOUNT, arn } });
  });

  test.each([
    {
      caller: callerOf(`arn:aws:iam::${ACCOUNT}:user/team/eu/ann`),
      key: "aws:username",
      values: ["ann"],
      because: "the path of a user is not a part of the name",
    },
    {
      caller: callerOf(`arn:aws:sts::${ACCOUNT}:federated-user/bob`),
      key: "aws:principaltype",
      values: ["FederatedUser"],
      because: "the caller is a federated user",
    },
    {
      caller: callerOf(ACCOUNT),
      key: "aws:principaltype",
      values: ["Account"],
      because: "the caller is an account's root user",
    },
    {
      caller: { kind: "federated", provider: "accounts.google.com" } as const,
      key: "aws:federatedprovider",
      values: ["accounts.google.com"],
      because: "the caller is a user of an identity provider",
    },
  ])("has $key in its context: $because", ({ caller, key, values }) => {
    expect(callerContext(caller).get(key)).toEqual(values);
  });

  test.each([
    { resource: QUEUE, account: ACCOUNT, because: "the ARN names the account" },
    { resource: `x:aws:sqs:eu-west-1:${ACCOUNT}:q`, account: null, because: "the text is not an ARN" },
    {
      resource: `arn:aws:sqs:eu-west-1:${ACCOUNT}4:q`,
      account: null,
      because: "thirteen digits are not an account id",
    },
    {
      resource: `arn:aws:sqs:eu-west-1:x${ACCOUNT}:q`,
      account: null,
      because: "a letter before the digits makes no account id",
    },
  ])("requests a resource of account $account: $because", ({ resource, account }) => {
    const caller = callerOf(ROLE);

    expect(accessRequest({ caller, action: "sqs:SendMessage", resource }).resourceAccount).toBe(account);
  });
});
