import { describe, expect, test } from "@jest/globals";
import { ownPolicy } from "../../../../src/aws/own/policies.ts";
import { worstCase } from "../../../../src/explain/worst-case/worst-case.ts";
import type { WorstCaseVerdict } from "../../../../src/model/answers/worst-case.ts";
import { EXAMPLE } from "../../../../tools/pages/permissions.ts";
import { policyIn, policyText } from "../../../support/policies/own-policies.ts";

const { accountId, partition, instance } = EXAMPLE;

function verdicts(identity: "observer" | "writer" | "binder"): Readonly<Record<string, WorstCaseVerdict>> {
  const policies = {
    identity: [policyIn(accountId, "identity", policyText(ownPolicy(identity, EXAMPLE)))],
    boundary: null,
    unread: null,
  };
  const found = worstCase(policies, { partition, accountId, instance });
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
      "change-boundaries": "limited",
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

  test("a binder only passes our roles and changes the configuration of the named functions, without a layer", () => {
    const limited = Object.entries(verdicts("binder")).filter(([, verdict]) => verdict !== "cannot");

    expect(limited).toEqual([
      ["pass-roles", "limited"],
      ["change-function-configuration", "limited"],
    ]);
  });
});
