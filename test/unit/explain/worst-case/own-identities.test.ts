import { describe, expect, test } from "@jest/globals";
import { ownPolicy } from "../../../../src/aws/own/policies.ts";
import { sessionPolicy } from "../../../../src/aws/calls/session-policy.ts";
import { worstCase } from "../../../../src/explain/worst-case/worst-case.ts";
import type { WorstCaseVerdict } from "../../../../src/model/answers/worst-case.ts";
import { EXAMPLE } from "../../../../tools/pages/permissions.ts";
import { policyIn, policyText } from "../../../support/policies/own-policies.ts";

const { accountId, partition, instance } = EXAMPLE;
const [BOUNDARY = null] = EXAMPLE.boundaries;

function verdicts(
  identity: "observer" | "writer" | "binder",
  session: readonly string[] | null = null,
): Readonly<Record<string, WorstCaseVerdict>> {
  const policies = {
    identity: [policyIn(accountId, "identity", policyText(ownPolicy(identity, EXAMPLE)))],
    limits: session === null ? [] : [policyIn(accountId, "identity", sessionPolicy(session))],
    unread: null,
  };
  const found = worstCase(policies, { partition, accountId, instance, boundary: BOUNDARY });
  return Object.fromEntries(found.map(({ capability, verdict }) => [capability, verdict]));
}

describe("the worst case of the identities with the policies in docs/aws-permissions.md", () => {
  test("an observer can do nothing but read roles, policies and functions", () => {
    expect(new Set(Object.values(verdicts("observer")))).toEqual(new Set(["cannot"]));
  });

  test("a writer changes, tags and deletes only what is ours, inside a boundary, and adds only declared callers", () => {
    expect(verdicts("writer")).toEqual({
      "become-another-principal": "cannot",
      "change-other-permissions": "cannot",
      "create-role-without-boundary": "cannot",
      "change-boundaries": "cannot",
      "pass-roles": "cannot",
      "change-function-code": "cannot",
      "change-function-configuration": "cannot",
      "invoke-functions": "cannot",
      "change-callers": "limited",
      "open-to-the-public": "cannot",
      "change-our-permissions": "limited",
      "tag-as-ours": "limited",
      "take-over-instance": "cannot",
      "read-code-and-secrets": "cannot",
      delete: "limited",
      "tamper-with-trails": "cannot",
    });
  });

  const possible = (session: string): readonly string[] =>
    Object.entries(verdicts("writer", [session])).flatMap(([capability, verdict]) =>
      verdict === "cannot" ? [] : [capability],
    );

  test.each([
    {
      because: "a role changes, tags and deletes roles",
      session: `arn:aws:iam::${accountId}:role/grantkeeper/orders`,
      can: ["change-our-permissions", "tag-as-ours", "delete"],
    },
    {
      because: "a policy changes, tags and deletes policies, and no role",
      session: `arn:aws:iam::${accountId}:policy/grantkeeper/orders`,
      can: ["change-our-permissions", "tag-as-ours", "delete"],
    },
    {
      because: "a function changes callers, and nothing in IAM",
      session: `arn:aws:lambda:eu-west-1:${accountId}:function:orders-api`,
      can: ["change-callers"],
    },
    {
      because: "a function that the writer may not change changes nothing",
      session: `arn:aws:lambda:eu-west-1:${accountId}:function:payments`,
      can: [],
    },
  ])("a session of the writer for $because", ({ session, can }) => {
    expect(possible(session)).toEqual(can);
  });

  test("a binder only passes our roles and changes the configuration of the named functions, without a layer", () => {
    const limited = Object.entries(verdicts("binder")).filter(([, verdict]) => verdict !== "cannot");

    expect(limited).toEqual([
      ["pass-roles", "limited"],
      ["change-function-configuration", "limited"],
    ]);
  });
});
