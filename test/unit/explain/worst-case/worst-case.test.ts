import { describe, expect, test } from "@jest/globals";
import { worstCase } from "../../../../src/explain/worst-case/worst-case.ts";
import type { CapabilityVerdict } from "../../../../src/model/answers/worst-case.ts";
import { policyIn, policyText } from "../../../support/policies/own-policies.ts";

const ACCOUNT = "111122223333";
const DEFAULT = `arn:aws:iam::${ACCOUNT}:policy/grantkeeper-boundary/platform-default`;
const SUBJECT = { partition: "aws", accountId: ACCOUNT, instance: "prod", boundary: DEFAULT };
const TAG = "aws:ResourceTag/grantkeeper.dev/instance";
const OURS = `arn:aws:iam::${ACCOUNT}:role/grantkeeper/*`;
const FENCE = { Sid: "Fence", Effect: "Deny", NotAction: ["iam:*", "lambda:*"], Resource: "*" };

interface Case {
  readonly because: string;
  readonly of: string;
  readonly statements: readonly object[];
  readonly boundary?: readonly object[];
  readonly verdict: string;
}

function answer(
  { of, statements, boundary }: Omit<Case, "because" | "verdict">,
  unread: string | null = null,
) {
  const policies = {
    identity: [policyIn(ACCOUNT, "identity", policyText(statements))],
    limits: boundary === undefined ? [] : [policyIn(ACCOUNT, "boundary", policyText(boundary))],
    unread,
  };
  const found = worstCase(policies, SUBJECT).find(({ capability }) => capability === of);
  if (found === undefined) throw new Error(`no capability ${of}`);
  return found;
}

function allow(action: string | readonly string[], more: object = {}): object {
  return { Sid: "Some", Effect: "Allow", Action: action, Resource: "*", ...more };
}

function setting(boundary: unknown, operator = "StringEquals"): object {
  return allow("iam:PutRolePermissionsBoundary", {
    Condition: { [operator]: { "iam:PermissionsBoundary": boundary } },
  });
}

const CASES: readonly Case[] = [
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
    because: "a required boundary prevents a role without one",
    of: "create-role-without-boundary",
    statements: [
      allow("iam:CreateRole", { Condition: { StringEquals: { "iam:PermissionsBoundary": "arn:x" } } }),
    ],
    verdict: "cannot",
  },
  {
    because: "a boundary that is required only if one is given prevents nothing",
    of: "create-role-without-boundary",
    statements: [
      allow("iam:CreateRole", {
        Condition: { StringEqualsIfExists: { "iam:PermissionsBoundary": "arn:x" } },
      }),
    ],
    verdict: "can",
  },
  {
    because: "only the account's default can be set",
    of: "change-boundaries",
    statements: [setting(DEFAULT)],
    verdict: "cannot",
  },
  {
    because: "another boundary can be chosen",
    of: "change-boundaries",
    statements: [setting([DEFAULT, DEFAULT.replace("default", "wide")])],
    verdict: "can",
  },
  {
    because: "any boundary can be set",
    of: "change-boundaries",
    statements: [allow("iam:PutRolePermissionsBoundary")],
    verdict: "can",
  },
  {
    because: "a pattern of boundaries has more than the default",
    of: "change-boundaries",
    statements: [setting(`${DEFAULT}*`, "StringLike")],
    verdict: "can",
  },
  {
    because: "a boundary can be removed from our roles",
    of: "change-boundaries",
    statements: [allow("iam:DeleteRolePermissionsBoundary", { Resource: OURS })],
    verdict: "limited",
  },
  {
    because: "a Deny where the boundary is missing prevents it",
    of: "create-role-without-boundary",
    statements: [
      allow("*"),
      {
        Effect: "Deny",
        Action: "*",
        Resource: "*",
        Condition: { Null: { "iam:PermissionsBoundary": "true" } },
      },
    ],
    verdict: "cannot",
  },
  {
    because: "our path and our tag keep other roles out of reach",
    of: "change-other-permissions",
    statements: [
      allow("iam:PutRolePolicy", { Resource: OURS, Condition: { StringEquals: { [TAG]: "prod" } } }),
    ],
    verdict: "cannot",
  },
  {
    because: "without the tag, a role below our path is not safe",
    of: "change-other-permissions",
    statements: [allow("iam:PutRolePolicy", { Resource: OURS })],
    verdict: "limited",
  },
  {
    because: "a path that only begins alike is not ours",
    of: "change-other-permissions",
    statements: [
      allow("iam:PutRolePolicy", {
        Resource: `arn:aws:iam::${ACCOUNT}:role/grantkeeper*`,
        Condition: { StringEquals: { [TAG]: "prod" } },
      }),
    ],
    verdict: "limited",
  },
  {
    because: "a tag value with a variable may be the attacker's",
    of: "change-other-permissions",
    statements: [
      allow("iam:PutRolePolicy", {
        Resource: OURS,
        Condition: { StringEquals: { [TAG]: "${aws:PrincipalTag/i}" } },
      }),
    ],
    verdict: "limited",
  },
  {
    because: "a statement that names another instance takes it over",
    of: "take-over-instance",
    statements: [allow("iam:TagRole", { Condition: { StringLike: { [TAG]: "te*" } } })],
    verdict: "can",
  },
  {
    because: "a statement that excludes only another instance than ours lets the rest be taken over",
    of: "take-over-instance",
    statements: [allow("iam:TagRole", { Condition: { StringNotEquals: { [TAG]: "prod" } } })],
    verdict: "can",
  },
  {
    because: "a statement for our own tag takes nothing over",
    of: "take-over-instance",
    statements: [allow("iam:TagRole", { Condition: { StringEquals: { [TAG]: "prod" } } })],
    verdict: "cannot",
  },
  {
    because: "a Deny of one other instance leaves the third",
    of: "take-over-instance",
    statements: [
      allow("iam:TagRole"),
      { Effect: "Deny", Action: "*", Resource: "*", Condition: { StringEquals: { [TAG]: "test" } } },
    ],
    verdict: "limited",
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
    expect(answer(question).verdict).toBe(verdict);
  });

  test("is unknown if a policy was not read, unless a Deny that was read is certain", () => {
    const unread = "not read: arn:aws:iam::111122223333:policy/x";

    expect(answer({ of: "pass-roles", statements: [] }, unread)).toMatchObject({
      verdict: "unknown",
      reason: unread,
    });
    expect(
      answer({ of: "pass-roles", statements: [allow("iam:PassRole", { Resource: OURS })] }, unread),
    ).toMatchObject({
      verdict: "unknown",
    });
    expect(
      answer({ of: "pass-roles", statements: [{ Effect: "Deny", Action: "iam:*", Resource: "*" }] }, unread)
        .verdict,
    ).toBe("cannot");
  });

  test("names the statements that allow it with their limits, each once", () => {
    const Condition = { StringEquals: { [TAG]: "prod" } };
    const found: CapabilityVerdict = answer({
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
    expect(answer({ of: "invoke-functions", statements: [] }).byResourcePolicy).toEqual([
      "lambda:InvokeAsync",
      "lambda:InvokeFunction",
      "lambda:InvokeFunctionUrl",
    ]);
  });
});
