import { describe, expect, test } from "@jest/globals";
import { NO_DELTA } from "../../../../src/model/delta.ts";
import type { Digest } from "../../../../src/model/values/digest.ts";
import type { Finding } from "../../../../src/model/finding.ts";
import { planTexts } from "../../../support/screens/plan-texts.ts";
import { renderPlanSummary } from "../../../../src/plan/render/plan-summary.ts";
import { isHeld } from "../../../../src/plan/render/plan-view.ts";
import { binding, ORIGIN } from "../../../support/pass/bindings.ts";
import { mayDo, grantPlan, view, NOTHING } from "./views.ts";

describe("the parts of a plan that wait or are refused, as text", () => {
  test("are shown for a refusal, with its hint", () => {
    const finding: Finding = {
      rule: "ESC-PassRole",
      severity: "block",
      key: binding().key,
      origin: { ...ORIGIN, line: 19 },
      evidence: "{}",
      why: "iam:PassRole on * lets this function hand any role to a new function",
      fix: "name the role",
      waiver: { kind: "none" },
    };
    const refused = view({
      findings: [finding, { ...finding, origin: null }],
      verdict: { kind: "refuse", reason: "x", findings: [finding] },
    });
    const byReason = view({ verdict: { kind: "refuse", reason: "no boundary", findings: [] } });

    expect(planTexts([refused])).toEqual([
      "orders/orders-api, teams/orders/orders-api.yaml",
      "  refused by ESC-PassRole (line 19), ESC-PassRole: the applied revision was",
      "    not read",
      "    ESC-PassRole: iam:PassRole on * lets this function hand any role to a new",
      "      function",
      "    hint:  name the role",
      "    ESC-PassRole: iam:PassRole on * lets this function hand any role to a new",
      "      function",
      "    hint:  name the role",
      "  Would change in AWS: prod/eu-west-1",
      "  + dynamodb read  table/customers  line 10",
    ]);
    expect(planTexts([byReason])).toContain("    no boundary");
    expect(renderPlanSummary([refused])).toBe("Plan: 0 functions change, 1 is refused, 0 are unchanged");
  });

  const subject = `sha256:7f3a91c2${"0".repeat(56)}` as Digest;
  const waiting = { kind: "hold", code: "change-window", subject } as const;

  test("that wait for a change window are no one's to approve", () => {
    const reason = "waits for the change window office";
    const held = view({
      plan: grantPlan(),
      verdict: { ...waiting, reason, opensAt: "2026-12-02T10:00:00.000Z" },
    });

    expect(isHeld(held)).toBe(false);
    expect(planTexts([held]).join("\n")).toMatch(
      /Will change in AWS when its change window opens[^]*\n {2}waits for the change window office\n.*7f3a91c2/,
    );
  });

  test("that wait without a time name what allows them, and the command that shows whether it has", () => {
    const reason = "may wait for account staging";
    const held = view({ plan: grantPlan(), verdict: { ...waiting, code: "account-order", reason } });

    expect(planTexts([held]).join("\n")).toMatch(
      /Will change in AWS after the accounts that come first are verified[^]*\n {2}may wait for account staging\n {4}hint: {2}grantkeeper get changewindows\n/,
    );
  });

  test("are shown with the command to run next", () => {
    const digest = `sha256:7f3a91c2${"0".repeat(56)}` as Digest;
    const held = view({
      plan: {
        ...grantPlan(),
        approvable: [{ reason: "a restriction", actions: [], digest }],
        withheld: [
          { kind: "restriction-added", subject: "x", reason: "a restriction", fix: null, approval: digest },
          { kind: "quota", subject: "x", reason: "too large", fix: "split it" },
          { kind: "dependency", subject: "x", reason: "not there yet", fix: null },
        ],
      },
      verdict: {
        kind: "hold",
        code: "limit-deletes",
        reason: "would delete 4 roles, limit 3",
        subject: digest,
      },
    });

    expect(planTexts([held]).join("\n")).toContain(
      [
        "  awaiting approval: would delete 4 roles, limit 3",
        "    hint:  grantkeeper describe approval 7f3a91c2",
        "  after approval: a restriction",
        "    hint:  grantkeeper describe approval 7f3a91c2",
        "  not applied: too large",
        "    hint:  split it",
        "  not applied: not there yet",
      ].join("\n"),
    );
    expect(renderPlanSummary([held])).toContain("1 is held");
    expect(planTexts([held])).toContain("  Will change in AWS after approval: prod/eu-west-1");
  });

  test("are shown with the changes that approval would make", () => {
    const digest = `sha256:7f3a91c2${"0".repeat(56)}` as Digest;
    const [action] = grantPlan().actions;
    if (action === undefined) throw new Error("no action");
    const actions = [{ ...action, delta: mayDo("sqs:SendMessage") }];
    const approvable = [{ reason: "the function leaves role x", actions, digest }];
    const view1 = view({ plan: { ...NOTHING, approvable }, delta: NO_DELTA });

    expect(planTexts([view1])).toEqual(
      expect.arrayContaining([
        "  after approval: the function leaves role x",
        '    + sqs:SendMessage  queue/orders-dlq  policy "hotfix"',
      ]),
    );
    expect(isHeld(view1)).toBe(true);
  });

  test.each([
    { kind: "ownership-conflict", held: true, because: "the role of another owner waits for an operator" },
    { kind: "not-in-this-version", held: true, because: "a recreated role waits for an operator" },
    { kind: "dependency", held: false, because: "a pending read needs no operator" },
    { kind: "unmodifiable", held: false, because: "a write of another pipeline needs no operator" },
  ] as const)("$because", ({ kind, held }) => {
    const withheld = [{ kind, subject: "x", reason: "y", fix: null }];
    const one = view({ plan: { ...NOTHING, withheld } });

    expect(isHeld(one)).toBe(held);
    expect(renderPlanSummary([one])).toContain(held ? "1 is held" : "0 functions change, 1 is not applied");
  });
});
