import { recentWrites } from "../../../../src/diff/drift/recent-writes.ts";
import { describe, expect, test } from "@jest/globals";
import type { ObjectName } from "../../../../src/model/aws/ids.ts";
import { INSTANCE_TAG, OWNER_TAG } from "../../../../src/model/aws/tag.ts";
import { TRUST_DOCUMENT } from "../../../../src/iam/trust.ts";
import {
  allow,
  appliedRecord,
  awsAttachment,
  binding,
  BOUNDARY,
  compiled,
  desiredOf,
  documentOf,
  INSTANCE,
  NOW_MS,
  ORDERS_READ,
  ORIGIN,
  OTHER_BOUNDARY,
  policy,
} from "../../../support/pass/bindings.ts";
import { context, planOfBinding, stepsOf } from "../../../support/pass/plans.ts";
import {
  accountWith,
  emptyAccount,
  liveFunctionOf,
  livePolicyOf,
  liveRoleOf,
} from "../../../support/pass/live-state.ts";
import { AUDIT, WRITE, planWith } from "./scene.ts";
import { namesText } from "../../../../src/iam/row-text.ts";

const READ_WITH_SID = { Sid: "DynamodbRead0a1b2c3d", ...ORDERS_READ };

describe("a role that was deleted in AWS", () => {
  const cases = [
    { git: {}, cause: "out-of-band", because: "it is created as it was applied" },
    {
      git: { inline: compiled(ORDERS_READ, allow("sqs:SendMessage")) },
      cause: "revision",
      because: "Git allows more",
    },
    { git: { attachments: [AUDIT] }, cause: "revision", because: "Git attaches a policy" },
    { git: { boundary: null }, cause: "revision", because: "Git has another boundary" },
  ] as const;

  test.each(cases)("is a revert or a change of the revision: $because", ({ git, cause }) => {
    const desired = binding(git);
    const live = accountWith({
      found: liveFunctionOf(desired),
      policies: [livePolicyOf(AUDIT.arn, [documentOf(allow("s3:GetObject"))])],
    });

    const plan = planOfBinding(desired, context(live, { record: appliedRecord(binding()) }));

    expect(plan.actions.map(({ call }) => call)).toContain("iam:CreateRole");
    expect(new Set(plan.actions.map((action) => action.cause))).toEqual(new Set([cause]));
  });
});

describe("a role that does not exist", () => {
  test("is complete immediately: CreateRole has every setting, then the policies are added", () => {
    const desired = binding({ attachments: [AUDIT], inline: compiled(READ_WITH_SID) });
    const live = accountWith({
      found: liveFunctionOf(desired),
      policies: [livePolicyOf(AUDIT.arn, [documentOf(allow("s3:GetObject"))])],
    });

    const plan = planOfBinding(desired, context(live));

    expect(stepsOf(plan)).toEqual([
      "2 iam:CreateRole now",
      "6 iam:AttachRolePolicy now",
      "6 iam:PutRolePolicy now",
    ]);
    expect(plan.actions[0]).toMatchObject({
      input: {
        RoleName: "orders-api-eu-west-1",
        Path: "/grantkeeper/",
        AssumeRolePolicyDocument: TRUST_DOCUMENT,
        Description: "Orders API",
        MaxSessionDuration: 3600,
        PermissionsBoundary: BOUNDARY,
        Tags: [
          { Key: INSTANCE_TAG, Value: INSTANCE },
          { Key: OWNER_TAG, Value: "orders/orders-api" },
        ],
      },
      before: null,
      destructive: false,
    });
    expect(plan.actions[2]).toMatchObject({
      input: { PolicyName: "grantkeeper", PolicyDocument: documentOf(READ_WITH_SID) },
      delta: { allowed: [{ action: { kind: "one", name: "dynamodb:GetItem" }, origin: { line: 10 } }] },
    });
  });

  test("has no description, boundary or policy unless Git declares one", () => {
    const desired = binding({ description: "", boundary: null, inline: compiled() });

    const plan = planOfBinding(desired, context(emptyAccount()));

    expect(stepsOf(plan)).toEqual(["2 iam:CreateRole now"]);
    expect(plan.actions[0]?.input).not.toHaveProperty("Description");
    expect(plan.actions[0]?.input).not.toHaveProperty("PermissionsBoundary");
  });

  test.each([
    { what: "does not exist", live: emptyAccount() },
    {
      what: "exists",
      live: accountWith({ role: liveRoleOf(binding()), found: liveFunctionOf(binding()) }),
    },
  ])("a role that $what attaches a policy that the same pass creates first", ({ live }) => {
    const wanted = policy(compiled(allow("dynamodb:PutItem")), { name: "write" as ObjectName });
    const desired = binding({ attachments: [WRITE] });

    const plan = planOfBinding(desired, context(live, { desired: desiredOf([desired], [wanted]) }));

    const attached = plan.actions.find(({ call }) => call === "iam:AttachRolePolicy");
    expect(plan.withheld).toEqual([]);
    expect(attached?.delta.allowed.map(({ action }) => namesText(action))).toEqual(["dynamodb:PutItem"]);
  });

  test.each([
    {
      git: { boundary: { arn: OTHER_BOUNDARY, origin: ORIGIN } },
      kind: "dependency",
      steps: [],
      because: "its boundary does not exist",
    },
    {
      git: { inline: compiled(allow("s3:GetObject", `arn:aws:s3:::${"x".repeat(10_240)}`)) },
      kind: "quota",
      steps: [],
      because: "its inline policy is too large",
    },
    {
      git: { attachments: Array.from({ length: 11 }, (_, at) => awsAttachment(`P${at}`)) },
      kind: "quota",
      steps: [],
      because: "eleven policies exceed the quota by one",
    },
    {
      git: { attachments: [WRITE] },
      kind: "dependency",
      steps: ["2 iam:CreateRole now", "6 iam:PutRolePolicy now"],
      because: "one of our policies does not exist yet, while the rest is created",
    },
  ])("is held if $because", ({ git, kind, steps }) => {
    const plan = planOfBinding(binding(git), context(emptyAccount()));

    expect(plan.withheld).toMatchObject([{ kind }]);
    expect(stepsOf(plan)).toEqual(steps);
  });

  test("is not created again if we created it recently and do not see it yet", () => {
    const desired = binding();
    const create = {
      key: desired.key,
      atMs: NOW_MS - 1_000,
      call: "iam:CreateRole",
      step: 2,
      target: desired.role.arn,
      beforeHash: null,
      afterHash: null,
    } as const;

    const plan = planOfBinding(desired, context(emptyAccount(), { writes: recentWrites([create]) }));

    expect(plan.actions).toEqual([]);
    expect(plan.nextDueMs).toBe(NOW_MS + 60_000);
  });

  test("is restored after it was deleted in AWS", () => {
    const desired = binding();

    const plan = planOfBinding(desired, context(emptyAccount(), { record: appliedRecord(desired) }));

    expect(stepsOf(plan)).toEqual(["2 iam:CreateRole now", "6 iam:PutRolePolicy now"]);
    expect(plan.actions[0]?.cause).toBe("out-of-band");
  });
});

describe("a role that matches Git", () => {
  test("has an empty plan with a stable digest", () => {
    const plan = planWith({});

    expect(plan).toMatchObject({
      purpose: "converge",
      actions: [],
      approvable: [],
      withheld: [],
      nextDueMs: null,
    });
    expect(planWith({}).digest).toBe(plan.digest);
  });
});
