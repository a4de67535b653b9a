import { describe, expect, test } from "@jest/globals";
import type { Statement } from "../../../../src/model/aws/policy-document.ts";
import { ACCOUNT, calledBy, judged } from "../judged.ts";
import { type Condition, statement, aws, service, fencedWith, ofRules } from "./account-world.ts";

describe("BND-003", () => {
  test.each([
    { principal: `arn:aws:sts::${ACCOUNT}:assumed-role/deploy/session`, because: "a session of a role" },
    { principal: `arn:aws:sts::${ACCOUNT}:federated-user/dana`, because: "a federated user" },
  ])("refuses $because", ({ principal }) => {
    expect(ofRules(["BND-003"], fencedWith(statement(aws(principal))))).toEqual(["BND-003 block"]);
  });

  test("names the role to write instead", () => {
    const session = statement(aws(`arn:aws:sts::${ACCOUNT}:assumed-role/deploy/session`));
    const [found] = judged(calledBy([session]));

    expect(found?.fix).toBe(`name the role, with its path: arn:aws:iam::${ACCOUNT}:role/deploy`);
  });

  test.each([
    { caller: statement(aws(`arn:aws:iam::${ACCOUNT}:role/deploy`)), because: "a role" },
    {
      caller: {
        ...statement(aws(`arn:aws:sts::${ACCOUNT}:assumed-role/deploy/session`)),
        Effect: "Deny" as const,
      },
      because: "a Deny for a session",
    },
  ])("allows $because", ({ caller }) => {
    expect(ofRules(["BND-003"], fencedWith(caller))).toEqual([]);
  });
});

const sourced = (arn: string, more: Condition = {}): Statement =>
  statement(service("events"), { ArnLike: { "aws:SourceArn": arn }, ...more });

describe("INV-005", () => {
  test.each([
    { caller: sourced("arn:aws:events:eu-west-1:*:rule/nightly"), because: "a rule of any account" },
    { caller: sourced("arn:aws:events:eu-west-1:22222222222?:rule/nightly"), because: "ten accounts" },
    { caller: sourced("arn:aws:events:*:*:rule/nightly"), because: "a rule of any account and region" },
    {
      caller: sourced("arn:aws:events:eu-west-1:*:rule/nightly", {
        StringLike: { "aws:SourceAccount": "2*" },
      }),
      because: "an account that is itself a pattern",
    },
  ])("refuses $because", ({ caller }) => {
    expect(ofRules(["INV-005"], fencedWith(caller))).toEqual(["INV-005 block"]);
  });

  test.each([
    { caller: sourced(`arn:aws:events:eu-west-1:${ACCOUNT}:rule/*`), because: "every rule of the account" },
    { caller: sourced(`arn:aws:events:eu-west-1:${ACCOUNT}:rule/n?ghtly`), because: "a name with a ?" },
    { caller: sourced(`arn:aws:events:*:${ACCOUNT}:rule/nightly`), because: "every region" },
    { caller: sourced(`arn:aws:execute-api:eu-west-1:${ACCOUNT}:*/prod/GET/x`), because: "every API" },
    { caller: sourced(`arn:aws:logs:eu-west-1:${ACCOUNT}:log-group:*`), because: "every log group" },
    {
      caller: sourced(`arn:aws:secretsmanager:eu-west-1:${ACCOUNT}:secret:psp-*-??????`),
      because: "every secret with that prefix",
    },
  ])("warns of $because", ({ caller }) => {
    expect(ofRules(["INV-005"], fencedWith(caller))).toEqual(["INV-005 warn"]);
  });

  test.each([
    { caller: sourced(`arn:aws:events:eu-west-1:${ACCOUNT}:rule/nightly`), because: "one rule" },
    {
      caller: sourced(`arn:aws:execute-api:eu-west-1:${ACCOUNT}:a1b2c3/*/*/orders/*`),
      because: "the stages and routes of one API",
    },
    {
      caller: sourced(`arn:aws:logs:eu-west-1:${ACCOUNT}:log-group:/aws/lambda/x:*`),
      because: "the streams of one log group",
    },
    {
      caller: sourced(`arn:aws:secretsmanager:eu-west-1:${ACCOUNT}:secret:psp-key-??????`),
      because: "a secret, whose ARN ends with six characters of AWS",
    },
    {
      caller: statement(service("events"), {
        StringEquals: { "aws:SourceArn": `arn:aws:events:eu-west-1:${ACCOUNT}:rule/*` },
      }),
      because: "a star that is compared as text",
    },
    {
      caller: sourced("arn:aws:events:eu-west-1:*:rule/nightly", {
        StringEquals: { "aws:SourceAccount": ACCOUNT },
      }),
      because: "an open account that another condition names",
    },
    {
      caller: { ...sourced("arn:aws:events:eu-west-1:*:rule/nightly"), Effect: "Deny" as const },
      because: "a Deny",
    },
  ])("allows $because", ({ caller }) => {
    expect(ofRules(["INV-005"], fencedWith(caller))).toEqual([]);
  });
});
