import { describe, expect, test } from "@jest/globals";
import { ACCOUNT, DEFAULT, TAG, OURS, type WorstCaseRow, answerTo, allow } from "./answers.ts";

function setting(boundary: unknown, operator = "StringEquals"): object {
  return allow("iam:PutRolePermissionsBoundary", {
    Condition: { [operator]: { "iam:PermissionsBoundary": boundary } },
  });
}

const OWNED: readonly WorstCaseRow[] = [
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
];

describe("the worst case of an identity for what Grantkeeper owns", () => {
  test.each(OWNED)("$because ($of: $verdict)", ({ verdict, ...question }) => {
    expect(answerTo(question).verdict).toBe(verdict);
  });
});
