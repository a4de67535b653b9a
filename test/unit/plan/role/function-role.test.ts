import { recentWrites } from "../../../../src/diff/drift/recent-writes.ts";
import { describe, expect, test } from "@jest/globals";
import {
  allow,
  appliedRecord,
  attachment,
  binding,
  BOUNDARY,
  deny,
  desiredAccount,
  documentOf,
  NOW_MS,
  SETTLE_MS,
} from "../../../support/pass/bindings.ts";
import { context, planOfBinding, stepsOf } from "../../../support/pass/plans.ts";
import { accountWith, liveFunctionOf } from "../../../support/pass/live-state.ts";
import { OLD, ACCOUNT, NO_NEEDS, managed, type Scene, planWith } from "./function-scene.ts";

describe("a function on another role", () => {
  test('is only reported under "verify"', () => {
    expect(planWith({ desired: binding() })).toMatchObject({ actions: [], withheld: [], approvable: [] });
  });

  test('is switched under "manage", with the gained and lost permissions', () => {
    const plan = planWith({});

    expect(stepsOf(plan)).toEqual(["8 lambda:UpdateFunctionConfiguration now"]);
    expect(plan.actions).toMatchObject([
      {
        input: { FunctionName: "orders-api", Role: managed().role.arn },
        before: OLD.arn,
        after: managed().role.arn,
        risk: "high",
        delta: {
          allowed: [{ action: { kind: "one", name: "dynamodb:GetItem" } }],
          noLongerAllowed: [{ action: { kind: "one", name: "s3:*" } }],
        },
      },
    ]);
  });

  test.each<Scene & { kind: string; because: string }>([
    { at: { account: desiredAccount() }, kind: "dependency", because: "the account has no binder role" },
    {
      found: { aliases: { kind: "present", value: [{ name: "live", versions: ["1", "2"] }] } },
      kind: "waiting",
      because: "an alias divides its traffic",
    },
    {
      found: { aliases: { kind: "unknown", reason: "AccessDenied" } },
      kind: "waiting",
      because: "its aliases were not read",
    },
    {
      at: {
        record: appliedRecord(managed(), {
          revertsMs: { [`${managed().functionArn}#function-role`]: [NOW_MS - 1] },
        }),
      },
      kind: "contended",
      because: "the role was once set back in AWS",
    },
    {
      found: { needs: { ...NO_NEEDS, tracing: true } },
      kind: "unmet-need",
      because: "the new role lacks a permission that the service needs",
    },
  ])("is not switched if $because", ({ kind, ...scene }) => {
    const plan = planWith(scene);

    expect(plan.actions).toEqual([]);
    expect(plan.withheld).toMatchObject([{ kind }]);
  });

  test("needs approval if its old role is not ours", () => {
    for (const old of [
      { tags: [] },
      { arn: "arn:aws:iam::111122223333:role/other/orders-shared" as never },
    ]) {
      const plan = planWith({ old });

      expect(plan.actions).toEqual([]);
      expect(plan.approvable).toMatchObject([{ actions: [{ call: "lambda:UpdateFunctionConfiguration" }] }]);
    }
  });

  test("needs another approval if its new role's boundary limits more, and more again after an approval", () => {
    const old = { boundary: null, tags: [] };
    const parts = [[], [deny("iam:*")], [deny("iam:*"), deny("sqs:*")]].map((denials) =>
      planWith({ old, boundary: documentOf(allow("*"), ...denials) }).approvable.at(0),
    );

    expect(parts.map((part) => part?.actions[0]?.limitedBy?.arn)).toEqual([undefined, BOUNDARY, BOUNDARY]);
    expect(new Set(parts.map((part) => part?.digest)).size).toBe(3);
    expect(parts[2]?.reason).toContain(
      "boundary platform-default also limits what policies of other resources",
    );
  });

  test("waits until the new role is complete", () => {
    const plan = planWith({ target: { inline: [] } });

    expect(stepsOf(plan)).toEqual([
      "6 iam:PutRolePolicy now",
      "8 lambda:UpdateFunctionConfiguration after-wait",
    ]);
  });

  test("waits for a role that something else keeps incomplete, although no more is reverted there", () => {
    const revertsMs = { [`${managed().role.arn}#inline`]: [1, 2, 3, 4].map((ms) => NOW_MS - ms) };
    const at = { record: appliedRecord(managed(), { revertsMs }) };

    for (const old of [{}, { tags: [] }]) {
      const { actions, approvable, withheld } = planWith({ target: { inline: [] }, old, at });
      const switches = [...actions, ...approvable.flatMap((part) => part.actions)];

      expect(switches.map(({ call, due }) => [call, due.kind])).toEqual([
        ["lambda:UpdateFunctionConfiguration", "after-wait"],
      ]);
      expect(withheld.map(({ kind }) => kind)).toContain("contended");
    }
  });

  test("waits until the last write to the new role has propagated", () => {
    const put = {
      key: managed().key,
      atMs: NOW_MS - 1_000,
      call: "iam:PutRolePolicy",
      step: 6,
      target: managed().role.arn,
      beforeHash: null,
      afterHash: null,
    } as const;
    const plan = planWith({ at: { writes: recentWrites([put]) } });

    expect(stepsOf(plan)).toEqual(["8 lambda:UpdateFunctionConfiguration at"]);
    expect(plan.nextDueMs).toBe(NOW_MS - 1_000 + SETTLE_MS);
  });

  test("waits until the last write to a policy that the new role attaches has propagated", () => {
    const attached = attachment("orders-read");
    const widened = {
      key: attached.policy ?? managed().key,
      atMs: NOW_MS - 1_000,
      call: "iam:CreatePolicyVersion",
      step: 1,
      target: attached.arn,
      beforeHash: null,
      afterHash: null,
    } as const;
    const plan = planWith({
      desired: managed({ attachments: [attached] }),
      at: { writes: recentWrites([widened]) },
    });

    expect(stepsOf(plan)).toEqual(["8 lambda:UpdateFunctionConfiguration at"]);
    expect(plan.nextDueMs).toBe(NOW_MS - 1_000 + SETTLE_MS);
  });

  test("is not switched to a role that does not exist", () => {
    const desired = managed();
    const live = accountWith({ found: liveFunctionOf(desired, { roleArn: OLD.arn }) });
    const plan = planOfBinding(desired, context(live, { account: ACCOUNT }));

    expect(stepsOf(plan)).toEqual(["2 iam:CreateRole now", "6 iam:PutRolePolicy now"]);
    expect(plan.withheld).toMatchObject([
      { kind: "waiting", reason: expect.stringContaining("does not exist yet") },
    ]);
  });
});
