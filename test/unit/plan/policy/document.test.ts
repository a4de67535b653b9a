import { describe, expect, test } from "@jest/globals";
import { INSTANCE_TAG, OWNER_TAG } from "../../../../src/model/aws/tag.ts";
import { applyTo } from "../../../support/pass/apply.ts";
import {
  allow,
  appliedRecord,
  attachment,
  compiled,
  documentOf,
  NOW_MS,
  policy,
} from "../../../support/pass/bindings.ts";
import { context, planOfPolicy, stepsOf } from "../../../support/pass/plans.ts";
import { accountWith, emptyAccount, livePolicyOf } from "../../../support/pass/live-state.ts";
import { READ, WIDE, OTHER, type Scene, setting, planWith } from "./scene.ts";

describe("a policy that does not exist", () => {
  test("is created with its tags", () => {
    const plan = planOfPolicy(policy(compiled(READ)), context(emptyAccount()));

    expect(stepsOf(plan)).toEqual(["1 iam:CreatePolicy now"]);
    expect(plan.actions[0]).toMatchObject({
      input: {
        PolicyName: "gk_orders_audit-read",
        Path: "/grantkeeper/",
        PolicyDocument: documentOf(READ),
        Description: "Audit",
        Tags: [
          { Key: INSTANCE_TAG, Value: "test-1" },
          { Key: OWNER_TAG, Value: "orders/audit-read" },
        ],
      },
      delta: { allowed: [{ action: { kind: "one", name: "s3:GetObject" } }], noLongerAllowed: [] },
    });
  });

  test.each([
    { applied: READ, cause: "out-of-band", because: "it is created as it was applied" },
    { applied: OTHER, cause: "revision", because: "Git declares another document" },
  ])(
    "after it was deleted in AWS is a revert or a change of the revision: $because",
    ({ applied, cause }) => {
      const record = appliedRecord(policy(compiled(applied)));

      const plan = planOfPolicy(policy(compiled(READ)), context(emptyAccount(), { record }));

      expect(plan.actions).toMatchObject([{ call: "iam:CreatePolicy", cause }]);
    },
  );

  test("has no description if Git declares none", () => {
    const plan = planOfPolicy(policy(compiled(READ), { description: "" }), context(emptyAccount()));

    expect(plan.actions[0]?.input).not.toHaveProperty("Description");
  });

  test.each([
    {
      document: compiled(allow("s3:GetObject", "x".repeat(6_200))),
      kinds: ["quota"],
      because: "it is too large",
    },
    { document: compiled(), kinds: [], because: "it has no statement" },
  ])("is not created if $because", ({ document, kinds }) => {
    const plan = planOfPolicy(policy(document), context(emptyAccount()));

    expect(plan.actions).toEqual([]);
    expect(plan.withheld.map(({ kind }) => kind)).toEqual(kinds);
  });

  test("is not created if a policy on another path has its name", () => {
    const desired = policy(compiled(READ));
    const used = livePolicyOf(
      attachment("x").arn.replace("gk_orders_x", "old/GK_orders_audit-read") as never,
      ["{}"],
    );
    const plan = planOfPolicy(desired, context(accountWith({ policies: [used] })));

    expect(plan.withheld).toMatchObject([{ kind: "ownership-conflict" }]);
  });
});

describe("a changed document of a policy", () => {
  test.each<Scene & { steps: readonly string[]; because: string }>([
    {
      git: [WIDE],
      applied: [READ],
      versions: [[READ]],
      steps: ["1 iam:CreatePolicyVersion now", "1 iam:SetDefaultPolicyVersion after-wait"],
      because: "becomes a version that is not yet the default, since its id is known in the next pass",
    },
    {
      git: [WIDE],
      applied: [READ],
      versions: [[WIDE], [READ]],
      steps: ["1 iam:SetDefaultPolicyVersion now"],
      because: "becomes the default before the bindings change if it is wider",
    },
    {
      git: [READ],
      applied: [WIDE],
      versions: [[READ], [WIDE]],
      steps: ["10 iam:SetDefaultPolicyVersion now"],
      because: "becomes the default after the bindings change if it is narrower",
    },
    {
      git: [WIDE],
      applied: [READ],
      versions: [[OTHER], [OTHER], [OTHER], [OTHER], [READ]],
      steps: [
        "1 iam:DeletePolicyVersion now",
        "1 iam:CreatePolicyVersion now",
        "1 iam:SetDefaultPolicyVersion after-wait",
      ],
      because: "replaces the oldest of five versions",
    },
  ])("$because", ({ steps, ...scene }) => {
    const plan = planWith(scene);

    expect(stepsOf(plan)).toEqual(steps);
    expect(plan.withheld).toEqual([]);
  });

  test("causes the oldest version that is not the default to be deleted", () => {
    const plan = planWith({
      git: [WIDE],
      applied: [READ],
      versions: [[READ], [OTHER], [OTHER], [OTHER], [OTHER]],
      found: { defaultVersionId: "v1" },
    });

    expect(plan.actions[0]).toMatchObject({
      call: "iam:DeletePolicyVersion",
      input: { VersionId: "v2" },
      destructive: true,
    });
  });

  test("keeps the approval of the entire change in the second pass", () => {
    const scene: Scene = { git: [WIDE], applied: [READ], versions: [[READ]] };
    const { desired, planning } = setting(scene);
    const first = planOfPolicy(desired, planning);

    const after = applyTo(planning.live, first.actions.slice(0, 1), NOW_MS);
    const second = planOfPolicy(desired, { ...planning, live: after });

    expect(second.actions.map(({ call, input }) => [call, input])).toEqual(
      first.actions.slice(1).map(({ call, input }) => [call, input]),
    );
    expect(
      planOfPolicy(desired, { ...planning, live: applyTo(after, second.actions, NOW_MS) }).actions,
    ).toEqual([]);
  });

  test.each([
    { attachmentCount: 1, kinds: ["not-in-this-version"], because: "is held while roles attach the policy" },
    {
      attachmentCount: null,
      kinds: ["not-in-this-version"],
      because: "is held if AWS sends no attachment count",
    },
    { attachmentCount: 0, kinds: [], because: "becomes the default if no role attaches the policy" },
  ])("that is neither wider nor narrower $because", ({ attachmentCount, kinds }) => {
    const plan = planWith({ git: [OTHER], applied: [READ], versions: [[READ]], found: { attachmentCount } });

    expect(plan.withheld.map(({ kind }) => kind)).toEqual(kinds);
    expect(plan.actions.length > 0).toBe(kinds.length === 0);
  });

  test("is held if it is too large for AWS", () => {
    const plan = planWith({
      git: [allow("s3:GetObject", "x".repeat(6_200))],
      applied: [WIDE],
      versions: [[WIDE]],
    });

    expect(plan.withheld).toMatchObject([
      { kind: "quota", reason: expect.stringContaining("of 6144 characters") },
    ]);
  });

  test("becomes a new version without urgency if only a Sid differs", () => {
    const plan = planWith({ git: [{ Sid: "A", ...READ }], applied: [READ], versions: [[READ]] });

    expect(plan.actions.map(({ call }) => call)).toEqual([
      "iam:CreatePolicyVersion",
      "iam:SetDefaultPolicyVersion",
    ]);
  });
});
