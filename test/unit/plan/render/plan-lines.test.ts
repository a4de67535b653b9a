import { describe, expect, test } from "@jest/globals";
import { NO_DELTA } from "../../../../src/model/delta.ts";
import type { LastApplied } from "../../../../src/model/keys/last-applied.ts";
import type { Key } from "../../../../src/model/keys/key.ts";
import type { KeyPlan } from "../../../../src/model/plan.ts";
import { planTexts } from "../../../support/screens/plan-texts.ts";
import { renderPlanSummary } from "../../../../src/plan/render/plan-summary.ts";
import { row, grantPlan, view, NOTHING } from "./views.ts";

describe("the lines of a plan", () => {
  test("contain neither calls nor a verdict offline", () => {
    const delta = {
      allowed: [row({ sid: "x" }), row({ sid: "x", action: "sqs:ReceiveMessage" })],
      noLongerAllowed: [],
      unknownEffect: [],
    };
    const lines = planTexts([view({ plan: null, verdict: null, delta, file: null })]);

    expect(lines).toEqual([
      "orders/orders-api, not declared in Git",
      "  Changed in Git: prod/eu-west-1",
      '  + 2 actions  queue/orders-dlq  policy "hotfix"',
      "      sqs:ReceiveMessage, sqs:SendMessage",
    ]);
  });

  test("have texts for policies, principals, several targets and waits", () => {
    const policyKey = "policy/111122223333/orders/audit-read" as Key;
    const [action] = grantPlan().actions;
    if (action === undefined) throw new Error("no action");
    const plan: KeyPlan = {
      ...grantPlan(),
      actions: [
        action,
        { ...action, risk: "high", due: { kind: "after-wait" } },
        { ...action, due: { kind: "at", atMs: 1 } },
      ],
    };
    const delta = {
      allowed: [row({ effect: "Deny", principal: "*" })],
      noLongerAllowed: [],
      unknownEffect: [],
    };
    const views = ["a", "b", "c"].map((target) => view({ key: policyKey, target, plan, delta }));
    const text = planTexts([...views, view()]).join("\n");

    expect(text).toContain("orders/audit-read (policy)");
    expect(text).toContain("  Will change in AWS: a, b, c");
    expect(text).toContain("- Deny caller anyone    statement without Sid\n      may call sqs:SendMessage");
    expect(text).toContain("(after propagation)");
    expect(text).toContain("(not due yet), 3 per target; guardrails passed, risk high");
    const still = view({ key: "policy/111122223333/orders/other" as Key, plan: NOTHING });

    expect(renderPlanSummary([...views, still, view()])).toBe(
      "Plan: 1 function changes, 0 are unchanged; 1 policy changes, 1 is unchanged",
    );
  });

  test("never show the name of a grant for a policy that Grantkeeper does not write, even with its Sid", () => {
    const forged = row({ sid: "DynamodbRead0a1b2c3d", action: "iam:*", resource: "*" });
    const delta = { allowed: [forged], noLongerAllowed: [], unknownEffect: [] };

    expect(planTexts([view({ delta })])).toContain('  + iam:*  all resources  policy "hotfix"');
  });

  test("warn that anyone can invoke the function if no condition limits it", () => {
    const caller = row({ principal: "AWS *", action: "lambda:InvokeFunction", resource: "x", sid: "test1" });
    const delta = { allowed: [], noLongerAllowed: [caller], unknownEffect: [] };

    expect(planTexts([view({ delta })])).toContain('  - anyone can invoke    statement "test1"');
  });

  test("name the revision in effect if it is known", () => {
    const verdict = { kind: "refuse", reason: "RES-001: too wide", findings: [] } as const;
    const last = (applied: LastApplied): string => planTexts([view({ verdict, applied })]).join("\n");

    expect(last({ kind: "revision", hash: "4f0e2d1" })).toContain("  refused: 4f0e2d1 remains in effect\n");
    expect(last({ kind: "none" })).toContain("  refused: no applied revision is recorded\n");
    expect(last({ kind: "unknown" })).toContain("  refused: the applied revision was not read\n");
  });

  test("show the exact conditions of a caller and the account of a resource", () => {
    const condition = JSON.stringify({ StringEquals: { "aws:principalorgid": "o-attacker9999" } });
    const caller = row({ principal: "AWS *", action: "lambda:InvokeFunction", resource: "x", condition });
    const foreign = row({ action: "sqs:SendMessage", resource: "arn:aws:sqs:eu-west-1:999999999999:q" });
    const delta = { allowed: [caller, foreign], noLongerAllowed: [], unknownEffect: [] };

    const text = planTexts([view({ delta })]).join("\n");

    expect(text).toContain("+ caller anyone    organization o-attacker9999");
    expect(text).toContain("queue/q in account 999999999999");
  });

  test("show the reason of a broken manifest and count it as broken", () => {
    const broken = view({
      broken: 'teams/a.yaml:8:7: unknown grant "dynamo"',
      plan: NOTHING,
      delta: NO_DELTA,
    });

    expect(planTexts([broken])).toEqual(
      expect.arrayContaining([
        "  broken: the applied revision was not read",
        '    teams/a.yaml:8:7: unknown grant "dynamo"',
      ]),
    );
    expect(renderPlanSummary([broken])).toBe("Plan: 0 functions change, 1 is broken, 0 are unchanged");
  });

  test("are missing without a change", () => {
    expect(planTexts([view({ plan: NOTHING })])).toEqual([]);
    expect(planTexts([])).toEqual([]);
  });
});
