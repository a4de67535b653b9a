import { describe, expect, test } from "@jest/globals";
import { isApproved } from "../../../src/judge/approvals/approved.ts";
import { judgePlans } from "../../../src/judge/judge-plans.ts";
import { actionDigest, planDigest, type KeyPlan } from "../../../src/model/plan.ts";
import { digestOfSet } from "../../../src/model/values/digest.ts";
import {
  action,
  approvalOf,
  deleting,
  finding,
  functionKey,
  modifying,
  NOW_MS,
  planOf,
  plansContext,
  many,
  NOT_STARTED,
} from "./plans.ts";

describe("findings", () => {
  const plan = modifying("a");
  const { key } = plan;
  const lifted = { kind: "lifted", waiver: "w", until: "2027-01-01T00:00:00Z" } as const;
  const expired = { ...lifted, kind: "expired" } as const;

  test.each([
    { findings: [finding(key)], plan, kind: "refuse", because: "a blocking rule refuses the plan" },
    {
      findings: [finding(key, { severity: "warn" })],
      plan,
      kind: "allow",
      because: "a warning refuses nothing",
    },
    { findings: [finding(key, { waiver: lifted })], plan, kind: "allow", because: "a waiver lifts the rule" },
    {
      findings: [finding(key, { waiver: expired })],
      plan,
      kind: "refuse",
      because: "an expired waiver lifts nothing",
    },
    {
      findings: [finding(key)],
      plan: planOf(key, []),
      kind: "refuse",
      because: "an existing breach is refused too, so that it is visible",
    },
    {
      findings: [finding(key)],
      plan: { ...plan, purpose: "undo" as const },
      kind: "allow",
      because: "an undo plan applies another state",
    },
    {
      findings: [finding(key)],
      plan: { ...plan, purpose: "delete" as const },
      kind: "allow",
      because: "a delete grants nothing",
    },
  ])("$because", ({ findings, plan: judged, kind }) => {
    const verdicts = judgePlans(plansContext([judged], { findings: new Map([[key, findings]]) }));

    expect(verdicts.get(key)?.kind).toBe(kind);
  });

  test("the first blocking one is the reason, all are listed", () => {
    const warning = finding(key, { severity: "warn", rule: "SIZ-001" });
    const findings = [warning, finding(key), finding(key, { rule: "TAG-001" })];

    const verdict = judgePlans(plansContext([plan], { findings: new Map([[key, findings]]) })).get(key);

    expect(verdict).toEqual({
      kind: "refuse",
      reason: "RES-001, TAG-001: too wide",
      findings: findings.slice(1),
    });
  });

  test("a refused plan counts towards no limit and belongs to no set", () => {
    const plans = many(4, deleting);
    const refused = modifying("f-900");

    const verdicts = judgePlans(
      plansContext([...plans, refused], { findings: new Map([[refused.key, [finding(refused.key)]]]) }),
    );

    expect(verdicts.get(refused.key)?.kind).toBe("refuse");
    expect(verdicts.get(functionKey("f-000"))).toMatchObject({
      subject: digestOfSet(plans.map(({ digest }) => digest)),
    });
  });
});

describe("an approval", () => {
  const key = functionKey("a");
  const steps = ["1", "2", "3", "4"].map((name) => action(key, { input: { RoleName: name } }));
  const entire = planOf(key, steps);
  const pick = (...at: readonly number[]): KeyPlan =>
    planOf(
      key,
      at.flatMap((index) => steps[index] ?? []),
    );
  const other = action(key, { input: { RoleName: "other" } });

  test.each<{ left: KeyPlan; approval?: object; kind: string; because: string }>([
    { left: entire, kind: "allow", because: "the same actions" },
    { left: pick(2, 3), kind: "allow", because: "the remaining actions after half of the work" },
    { left: pick(0, 3), kind: "allow", because: "some of them, in their order" },
    { left: pick(3, 0), kind: "hold", because: "another order" },
    { left: pick(1, 1), kind: "hold", because: "one of them twice" },
    { left: planOf(key, [...steps, other]), kind: "hold", because: "one action more" },
    { left: planOf(key, [other]), kind: "hold", because: "another action" },
    {
      left: planOf(key, [action(key, { ...steps[0], after: "other" })]),
      kind: "hold",
      because: "the same call with another result",
    },
    {
      left: planOf(key, [action(key, { ...steps[0], due: { kind: "after-wait" }, risk: "high" })]),
      kind: "allow",
      because: "time and risk are not part of it",
    },
    {
      left: entire,
      approval: { expiresAt: new Date(NOW_MS).toISOString() },
      kind: "hold",
      because: "an expired approval",
    },
    {
      left: entire,
      approval: { expiresAt: "soon" },
      kind: "hold",
      because: "an approval with an unreadable end",
    },
    { left: entire, approval: { actions: {} }, kind: "hold", because: "an approval of a revision" },
    {
      left: entire,
      approval: { actions: { [functionKey("b")]: steps.map(actionDigest) } },
      kind: "hold",
      because: "an approval of another key",
    },
  ])("$because", ({ left, approval = {}, kind }) => {
    const verdicts = judgePlans(
      plansContext([left], { account: NOT_STARTED, approvals: [approvalOf([entire], approval)] }),
    );

    expect(verdicts.get(key)?.kind).toBe(kind);
  });

  test("the verdict has the end of the approval that lasts longest", () => {
    const approvals = ["13:00", "14:00", "13:30"].map((time) =>
      approvalOf([entire], { expiresAt: `2026-11-25T${time}:00.000Z` }),
    );

    expect(judgePlans(plansContext([entire], { account: NOT_STARTED, approvals })).get(key)).toEqual({
      kind: "allow",
      until: "2026-11-25T14:00:00.000Z",
    });
  });

  test("two approvals do not add up", () => {
    const approvals = [approvalOf([pick(0, 1)]), approvalOf([pick(2, 3)])];

    expect(judgePlans(plansContext([entire], { account: NOT_STARTED, approvals })).get(key)?.kind).toBe(
      "hold",
    );
  });
});

describe("a part that only an operator may approve", () => {
  const key = functionKey("a");
  const actions = [
    action(key, { call: "iam:DetachRolePolicy" }),
    action(key, { call: "lambda:RemovePermission" }),
  ];
  const part = { reason: "removes a Deny", actions, digest: planDigest(key, { actions }) };

  test("waits until an operator approves it", () => {
    expect(isApproved(key, { actions }, { approvals: [], nowMs: NOW_MS })).toBe(false);
    expect(
      isApproved(key, { actions }, { approvals: [approvalOf([planOf(key, actions)])], nowMs: NOW_MS }),
    ).toBe(true);
  });

  test("holds no other action of its plan", () => {
    const plan = planOf(key, [action(key)], { approvable: [part] });

    expect(judgePlans(plansContext([plan])).get(key)).toEqual({ kind: "allow" });
  });

  test("is not released by an approval of the plan's other actions", () => {
    expect(isApproved(key, { actions }, { approvals: [approvalOf([modifying("a")])], nowMs: NOW_MS })).toBe(
      false,
    );
  });
});
