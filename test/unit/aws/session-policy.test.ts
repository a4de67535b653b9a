import { describe, expect, test } from "@jest/globals";
import { fencedSessionPolicy, sessionPolicy } from "../../../src/aws/calls/session-policy.ts";
import { accessRequest } from "../../../src/iam/evaluate/request.ts";
import { decisionOf, policyIn } from "../../support/policies/own-policies.ts";

const ACCOUNT = "111122223333";
const role = (name: string): string => `arn:aws:iam::${ACCOUNT}:role/grantkeeper/${name}`;
const policy = (name: string): string => `arn:aws:iam::${ACCOUNT}:policy/grantkeeper/${name}`;
const lambda = (name: string, region = "eu-west-1"): string =>
  `arn:aws:lambda:${region}:${ACCOUNT}:function:${name}`;
const KEYS = "arn:aws:kms:eu-west-1:*:key/*";
const caller = {
  kind: "role",
  accountId: ACCOUNT,
  roleArn: `arn:aws:iam::${ACCOUNT}:role/grantkeeper-system/writer`,
  sessionArn: null,
} as const;

interface Write {
  readonly action: string;
  readonly resource: string;
}

const put = (resource: string): Write => ({ action: "iam:PutRolePolicy", resource });
const add = (resource: string): Write => ({ action: "lambda:AddPermission", resource });

function allows(writes: readonly string[], request: Write): boolean {
  const text = sessionPolicy(writes);
  return (
    decisionOf(accessRequest({ caller, ...request }), policyIn(ACCOUNT, "identity", text)).kind === "allowed"
  );
}

describe("the policy of a session", () => {
  test.each([
    { because: "a role by its name", writes: [role("a")], write: put(role("a")) },
    {
      because: "the role of that name under another path",
      writes: [role("a")],
      write: put(role("team/a")),
    },
    {
      because: "a role that is gone, which has no path",
      writes: [role("a")],
      write: put(`arn:aws:iam::${ACCOUNT}:role/a`),
    },
    {
      because: "a policy by its name",
      writes: [policy("p")],
      write: { action: "iam:CreatePolicyVersion", resource: policy("p") },
    },
    { because: "a function", writes: [lambda("f")], write: add(lambda("f")) },
    { because: "the alias of a function", writes: [lambda("f")], write: add(lambda("f:live")) },
    { because: "a function whose alias is the target", writes: [lambda("f:live")], write: add(lambda("f")) },
    {
      because: "the role that a function gets",
      writes: [lambda("f"), role("a"), KEYS],
      write: { action: "iam:PassRole", resource: role("a") },
    },
  ])("allows $because", ({ writes, write }) => {
    expect(allows(writes, write)).toBe(true);
  });

  test.each([
    { because: "another role", writes: [role("a")], write: put(role("b")) },
    { because: "a role whose name only ends alike", writes: [role("a")], write: put(role("b-a")) },
    { because: "a role whose name only begins alike", writes: [role("a")], write: put(role("a-b")) },
    {
      because: "a role of another account",
      writes: [role("a")],
      write: put(role("a").replace(ACCOUNT, "444455556666")),
    },
    { because: "a role for a policy of the same name", writes: [policy("a")], write: put(role("a")) },
    { because: "a function that begins alike", writes: [lambda("f")], write: add(lambda("f-2")) },
    {
      because: "a function of another region",
      writes: [lambda("f")],
      write: add(lambda("f", "us-east-1")),
    },
    {
      because: "becoming the role that it writes",
      writes: [role("a")],
      write: { action: "sts:AssumeRole", resource: role("a") },
    },
    { because: "anything if it names no object", writes: [], write: put(role("a")) },
  ])("does not allow $because", ({ writes, write }) => {
    expect(allows(writes, write)).toBe(false);
  });

  const END_MS = Date.parse("2026-11-30T20:14:26Z");
  const atTime = (text: string, time: string) =>
    decisionOf(
      accessRequest({ caller, ...put(role("a")), context: { "aws:CurrentTime": time } }),
      policyIn(ACCOUNT, "identity", text),
    ).kind;

  test("with an end allows the same until it, and nothing after it", () => {
    const text = fencedSessionPolicy([role("a")], END_MS);

    expect(JSON.parse(text)).toEqual({
      Version: "2012-10-17",
      Statement: [
        (JSON.parse(sessionPolicy([role("a")])) as { readonly Statement: object }).Statement,
        {
          Effect: "Deny",
          Action: "*",
          Resource: "*",
          Condition: { DateGreaterThan: { "aws:CurrentTime": "2026-11-30T20:14:26Z" } },
        },
      ],
    });
    expect(atTime(text, "2026-11-30T20:14:26Z")).toBe("allowed");
    expect(atTime(text, "2026-11-30T20:14:27Z")).toBe("denied");
  });

  test("fits into AWS's 2,048 characters for the longest names", () => {
    const longest = "x".repeat(64);
    const path = `/grantkeeper/${"y".repeat(499)}/`;
    const writes = [lambda("f".repeat(140)), `arn:aws:iam::${ACCOUNT}:role${path}${longest}`, KEYS];

    expect(sessionPolicy(writes).length).toBeLessThan(2_048 / 2);
    expect(sessionPolicy([policy(`${"y".repeat(499)}/${longest}`)]).length).toBeLessThan(2_048 / 2);
  });
});
