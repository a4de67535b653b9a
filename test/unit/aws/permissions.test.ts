import { describe, expect, test } from "@jest/globals";
import { IamActionData } from "../../../src/aws/action-data/action-data.ts";
import { WRITE_COMMANDS } from "../../../src/aws/apply/commands.ts";
import { PROBES } from "../../../src/aws/doctor/probes.ts";
import { AWS_CALLS, permissionFor, requiredPermissions } from "../../../src/aws/calls/permissions.ts";

describe("the table of permissions", () => {
  test("has every call that is made, and no other", () => {
    const listings = [
      "organizations:ListAccounts",
      "organizations:ListAccountsForParent",
      "organizations:ListOrganizationalUnitsForParent",
      "organizations:ListTagsForResource",
    ];
    const control = [
      "organizations:DescribePolicy",
      "organizations:ListParents",
      "organizations:ListPoliciesForTarget",
    ];
    const queue = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"];
    const references = ["cloudformation:DescribeStacks", "ssm:GetParameters"];
    const own = ["sts:AssumeRole", ...listings, ...control, ...queue, ...references];
    const made = [...own, ...Object.keys(PROBES), ...Object.keys(WRITE_COMMANDS)].sort();

    expect(AWS_CALLS).toEqual(made);
  });

  test("names only actions that AWS has, and `*` only where AWS takes no resource", async () => {
    const data = await new IamActionData().load([
      "cloudformation",
      "cloudtrail",
      "events",
      "iam",
      "lambda",
      "organizations",
      "sqs",
      "ssm",
      "sts",
      "tag",
    ]);

    for (const call of AWS_CALLS) {
      const facts = data.find(call);
      expect(facts?.action).toBe(call);
      expect([call, permissionFor(call).resource === "*"]).toEqual([call, facts?.wildcardOnly]);
      for (const { action } of permissionFor(call).also) expect(data.find(action)?.action).toBe(action);
    }
  });

  test("gives reads to the observer and writes to the writer and the binder", () => {
    for (const call of Object.keys(PROBES) as (keyof typeof PROBES)[])
      expect(permissionFor(call).identity).toBe("observer");
    for (const call of Object.keys(WRITE_COMMANDS) as (keyof typeof WRITE_COMMANDS)[])
      expect(["writer", "binder"]).toContain(permissionFor(call).identity);
  });

  test("gives the binder only the actions that set a function's role", () => {
    expect(requiredPermissions("binder").map((each) => each.action)).toEqual([
      "iam:PassRole",
      "lambda:UpdateFunctionConfiguration",
    ]);
  });

  test("never includes an action that reads secrets or code", () => {
    const actions = requiredPermissions("observer").map((each) => each.action);

    for (const action of ["kms:Decrypt", "lambda:GetFunction", "lambda:InvokeFunction"])
      expect(actions).not.toContain(action);
  });
});
