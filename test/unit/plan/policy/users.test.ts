import { recentWrites } from "../../../../src/diff/drift/recent-writes.ts";
import { describe, expect, test } from "@jest/globals";
import {
  appliedRecord,
  binding,
  compiled,
  desiredOf,
  documentOf,
  NOW_MS,
  policy,
  SETTLE_MS,
} from "../../../support/pass/bindings.ts";
import { context, planOfPolicy, stepsOf } from "../../../support/pass/plans.ts";
import { accountWith } from "../../../support/pass/live-state.ts";
import { READ, WIDE, OTHER, USER, live, planWith } from "./scene.ts";

describe("the roles that attach a policy", () => {
  test("match Git without a boundary too", () => {
    const plain = { ...USER, role: { ...USER.role, boundary: null } };
    const plan = planWith({
      git: [READ],
      applied: [WIDE],
      versions: [[READ], [WIDE]],
      user: plain,
      userApplied: plain,
    });

    expect(stepsOf(plan)).toEqual(["10 iam:SetDefaultPolicyVersion now"]);
  });

  const without = binding();

  test("detach it before it becomes wider", () => {
    const plan = planWith({ git: [WIDE], applied: [READ], versions: [[WIDE], [READ]], user: without });

    expect(stepsOf(plan)).toEqual(["1 iam:SetDefaultPolicyVersion after-wait"]);
  });

  test("match Git before it becomes narrower", () => {
    const changing = { ...USER, role: { ...USER.role, inline: compiled(OTHER) } };
    const never = planWith({
      git: [READ],
      applied: [WIDE],
      versions: [[READ], [WIDE]],
      at: { records: new Map() },
    });

    expect(
      stepsOf(planWith({ git: [READ], applied: [WIDE], versions: [[READ], [WIDE]], user: changing })),
    ).toEqual(["10 iam:SetDefaultPolicyVersion after-wait"]);
    expect(stepsOf(never)).toEqual(["10 iam:SetDefaultPolicyVersion after-wait"]);
  });

  test("complete their recent additions before it becomes narrower", () => {
    const put = {
      key: USER.key,
      atMs: NOW_MS - 1_000,
      call: "iam:PutRolePolicy",
      step: 6,
      target: USER.role.arn,
      beforeHash: null,
      afterHash: null,
    } as const;
    const late = { ...put, step: 10 } as const;
    const plan = planWith({
      git: [READ],
      applied: [WIDE],
      versions: [[READ], [WIDE]],
      at: { writes: recentWrites([put, late]) },
    });

    expect(stepsOf(plan)).toEqual(["10 iam:SetDefaultPolicyVersion at"]);
    expect(plan.nextDueMs).toBe(NOW_MS - 1_000 + SETTLE_MS);
  });

  test("are not those of other accounts, nor roles that do not exist", () => {
    const elsewhere = { ...binding(), accountId: "444455556666" as never };
    const desired = policy(compiled(WIDE));
    const account = accountWith({ policies: [live(desired, [documentOf(WIDE), documentOf(READ)])] });
    const planning = context(account, {
      record: appliedRecord(policy(compiled(READ))),
      desired: desiredOf([
        elsewhere,
        { ...without, key: "function/111122223333/eu-west-1/orders/b" as never },
      ]),
    });

    expect(stepsOf(planOfPolicy(desired, planning))).toEqual(["1 iam:SetDefaultPolicyVersion now"]);
  });
});
