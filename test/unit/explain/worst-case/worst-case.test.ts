import { describe, expect, test } from "@jest/globals";
import type { CapabilityVerdict } from "../../../../src/model/answers/worst-case.ts";
import { TAG, OURS, type WorstCaseRow, answerTo, allow } from "./answers.ts";

const FENCE = { Sid: "Fence", Effect: "Deny", NotAction: ["iam:*", "lambda:*"], Resource: "*" };

const CASES: readonly WorstCaseRow[] = [
  {
    because: "an administrator can do everything",
    of: "become-another-principal",
    statements: [allow("*")],
    verdict: "can",
  },
  {
    because: "NotAction allows what it does not name",
    of: "pass-roles",
    statements: [{ Effect: "Allow", NotAction: "s3:*", Resource: "*" }],
    verdict: "can",
  },
  {
    because: "the case of an action and wildcards in it do not matter",
    of: "pass-roles",
    statements: [allow("IAM:pass?ole")],
    verdict: "can",
  },
  {
    because: "a resource limits it",
    of: "pass-roles",
    statements: [allow("iam:PassRole", { Resource: OURS })],
    verdict: "limited",
  },
  {
    because: "an exception limits it",
    of: "pass-roles",
    statements: [allow("iam:PassRole", { Resource: undefined, NotResource: OURS })],
    verdict: "limited",
  },
  {
    because: "a condition whose value the attacker chooses limits it",
    of: "pass-roles",
    statements: [
      allow("iam:PassRole", { Condition: { StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" } } }),
    ],
    verdict: "limited",
  },
  {
    because: "a Deny on everything wins",
    of: "pass-roles",
    statements: [allow("*"), { Effect: "Deny", Action: "iam:Pass*", Resource: "*" }],
    verdict: "cannot",
  },
  {
    because: "a Deny on some resources only limits it",
    of: "pass-roles",
    statements: [allow("*"), { Effect: "Deny", Action: "iam:PassRole", Resource: OURS }],
    verdict: "limited",
  },
  {
    because: "a Deny under a condition that the attacker avoids only limits it",
    of: "pass-roles",
    statements: [
      allow("*"),
      { Effect: "Deny", Action: "*", Resource: "*", Condition: { Bool: { "aws:SecureTransport": "false" } } },
    ],
    verdict: "limited",
  },
  {
    because: "nothing but IAM itself opens IAM",
    of: "pass-roles",
    statements: [],
    verdict: "cannot",
  },
  {
    because: "without a Deny the policy of a function may let the identity in",
    of: "invoke-functions",
    statements: [],
    verdict: "limited",
  },
  {
    because: "a Deny of all other actions closes that way",
    of: "tamper-with-trails",
    statements: [FENCE],
    verdict: "cannot",
  },
  {
    because: "one allowed layer is code",
    of: "change-function-code",
    statements: [
      FENCE,
      allow("lambda:UpdateFunctionConfiguration", {
        Condition: { ArnLike: { "lambda:Layer": "arn:aws:lambda:*:*:layer:a:*" } },
      }),
      { Effect: "Deny", Action: ["lambda:Create*", "lambda:Publish*", "lambda:*Code"], Resource: "*" },
    ],
    verdict: "can",
  },
  {
    because: "a Deny of every layer keeps code out",
    of: "change-function-code",
    statements: [
      allow("lambda:UpdateFunctionConfiguration"),
      { Effect: "Deny", Action: "lambda:*", Resource: "*", Condition: { Null: { "lambda:Layer": "false" } } },
      { Effect: "Deny", Action: ["lambda:Create*", "lambda:Publish*", "lambda:*Code"], Resource: "*" },
    ],
    verdict: "cannot",
  },
  {
    because: "a star in StringEquals is a value that a request can have",
    of: "change-function-code",
    statements: [
      FENCE,
      allow("lambda:UpdateFunctionConfiguration", {
        Condition: { StringEquals: { "lambda:Layer": "prod*" } },
      }),
      { Effect: "Deny", Action: ["lambda:Create*", "lambda:Publish*", "lambda:*Code"], Resource: "*" },
    ],
    verdict: "can",
  },
  {
    because: "a boundary without the action keeps it out",
    of: "pass-roles",
    statements: [allow("*")],
    boundary: [allow("s3:*")],
    verdict: "cannot",
  },
  {
    because: "a boundary on some resources limits it",
    of: "pass-roles",
    statements: [allow("*")],
    boundary: [allow("iam:PassRole", { Resource: OURS })],
    verdict: "limited",
  },
  {
    because: "a boundary on other resources keeps it out",
    of: "pass-roles",
    statements: [allow("iam:PassRole", { Resource: OURS })],
    boundary: [allow("iam:PassRole", { Resource: OURS.replace("role/", "policy/") })],
    verdict: "cannot",
  },
  {
    because: "a boundary on all resources but others limits it",
    of: "pass-roles",
    statements: [allow("iam:PassRole", { Resource: OURS })],
    boundary: [{ Effect: "Allow", Action: "iam:*", NotResource: OURS.replace("role/", "policy/") }],
    verdict: "limited",
  },
  {
    because: "a wide boundary does not limit it",
    of: "pass-roles",
    statements: [allow("*")],
    boundary: [allow("*")],
    verdict: "can",
  },
  {
    because: "a statement that is not understood may allow anything",
    of: "pass-roles",
    statements: [{ Effect: "Allow", Action: "iam:PassRole", Resource: "*", Surprise: true }],
    verdict: "unknown",
  },
];

describe("the worst case of an identity", () => {
  test.each(CASES)("$because ($of: $verdict)", ({ verdict, ...question }) => {
    expect(answerTo(question).verdict).toBe(verdict);
  });

  test("is unknown if a policy was not read, unless a Deny that was read is certain", () => {
    const unread = "not read: arn:aws:iam::111122223333:policy/x";

    expect(answerTo({ of: "pass-roles", statements: [] }, unread)).toMatchObject({
      verdict: "unknown",
      reason: unread,
    });
    expect(
      answerTo({ of: "pass-roles", statements: [allow("iam:PassRole", { Resource: OURS })] }, unread),
    ).toMatchObject({
      verdict: "unknown",
    });
    expect(
      answerTo({ of: "pass-roles", statements: [{ Effect: "Deny", Action: "iam:*", Resource: "*" }] }, unread)
        .verdict,
    ).toBe("cannot");
  });

  test("names the statements that allow it with their limits, each once", () => {
    const Condition = { StringEquals: { [TAG]: "prod" } };
    const found: CapabilityVerdict = answerTo({
      of: "change-our-permissions",
      statements: [{ Sid: "Owned", Effect: "Allow", Action: "iam:*RolePolicy", Resource: OURS, Condition }],
    });

    expect(found.statements).toEqual([
      {
        effect: "Allow",
        sid: "Owned",
        from: "identity",
        actions: [
          "iam:AttachRolePolicy",
          "iam:DeleteRolePolicy",
          "iam:DetachRolePolicy",
          "iam:PutRolePolicy",
          "iam:UpdateAssumeRolePolicy",
        ],
        resources: { negated: false, values: [OURS] },
        conditions: [{ operator: "StringEquals", key: TAG.toLowerCase(), values: ["prod"] }],
      },
    ]);
  });

  test("names the actions that a resource policy may allow", () => {
    expect(answerTo({ of: "invoke-functions", statements: [] }).byResourcePolicy).toEqual([
      "lambda:InvokeAsync",
      "lambda:InvokeFunction",
      "lambda:InvokeFunctionUrl",
    ]);
  });
});
