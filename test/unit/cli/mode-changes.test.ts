import { describe, expect, test } from "@jest/globals";
import { modeLines, type ModeChange } from "../../../src/cli/plan/mode-changes.ts";
import { NO_DELTA, type DeltaRow } from "../../../src/model/delta.ts";
import type { PlanView } from "../../../src/plan/render/plan.ts";
import { ORIGIN } from "../../support/bindings.ts";
import { actionOf, HELD, KEY, planOf } from "../../support/passes.ts";

const CHANGE: ModeChange = {
  account: "prod",
  accountId: "111122223333",
  from: "observe",
  to: "enforce",
  functions: 8,
  origin: { ...ORIGIN, file: "platform/accounts.yaml", line: 29, column: 9 },
  isLive: true,
};

function row(action: string): DeltaRow {
  return {
    effect: "Allow",
    principal: null,
    action,
    resource: "*",
    condition: "",
    from: "inline debug-2025",
    sid: action,
    origin: null,
    certainty: "proved",
    risk: "none",
    otherCondition: null,
    limit: null,
  };
}

function view(actions: readonly string[], verdict: PlanView["verdict"]): PlanView {
  return {
    key: KEY,
    file: null,
    target: "prod/eu-west-1",
    plan: planOf([actionOf()]),
    delta: { ...NO_DELTA, noLongerAllowed: actions.map(row) },
    notes: [],
    findings: [],
    broken: null,
    applied: null,
    verdict,
    unchanged: null,
  };
}

describe("an account that starts to enforce", () => {
  test("lists what changes first after approval, up to three lines", () => {
    const actions = ["sqs:A", "sqs:B", "sqs:C", "sqs:D"];

    expect(modeLines(CHANGE, [view(actions, HELD)]).slice(1)).toEqual([
      "  Grantkeeper starts to write 8 functions; 1 of them differs from Git",
      "  Will change in AWS first, after approval (1 call):",
      '  - orders/orders-api: sqs:A all resources, policy "debug-2025"',
      '  - orders/orders-api: sqs:B all resources, policy "debug-2025"',
      '  - orders/orders-api: sqs:C all resources, policy "debug-2025"',
      "  …",
    ]);
  });

  test("promises no approval that nothing waits for", () => {
    const lines = modeLines(CHANGE, [view(["sqs:A"], { kind: "allow" })]);

    expect(lines).toContain("  Will change in AWS first (1 call):");
  });

  test.each([
    { change: { ...CHANGE, isLive: false }, because: "AWS was not read" },
    { change: { ...CHANGE, from: "enforce", to: "observe" } as const, because: "it stops to write" },
  ])("lists nothing where $because", ({ change }) => {
    expect(modeLines(change, [view(["sqs:A"], HELD)]).join("\n")).not.toContain("Will change");
  });
});
