import { describe, expect, test } from "@jest/globals";
import { modeLines as tonedModeLines, type ModeChange } from "../../../../src/workbench/plan/mode-changes.ts";
import { NO_DELTA, type DeltaRow, OWN_INLINE } from "../../../../src/model/delta.ts";
import type { PlanView } from "../../../../src/plan/render/plan-view.ts";
import { ORIGIN } from "../../../support/pass/bindings.ts";
import { actionOf, HELD, KEY, planOf } from "../../../support/pass/passes.ts";
import { deltaRow } from "../../../support/policies/delta-rows.ts";
import { lineText } from "../../../../src/text/screen-line.ts";

const CHANGE: ModeChange = {
  account: "prod",
  accountId: "111122223333",
  from: "observe",
  to: "enforce",
  functions: 8,
  origin: { ...ORIGIN, file: "platform/accounts.yaml", line: 29, column: 9 },
  processMode: "enforce",
};

function row(action: string): DeltaRow {
  return deltaRow({ action, resource: "*", from: "inline debug-2025", sid: action });
}

function view(actions: readonly string[], verdict: PlanView["verdict"]): PlanView {
  return {
    key: KEY,
    file: null,
    target: "prod/eu-west-1",
    plan: planOf([actionOf()]),
    delta: { ...NO_DELTA, noLongerAllowed: actions.map(row) },
    isObserved: false,
    notes: [],
    findings: [],
    broken: null,
    brokenBase: null,
    applied: { kind: "none" },
    isNew: false,
    published: null,
    isPreapproved: false,
    approvers: [],
    verdict,
    unchanged: null,
  };
}

function modeLines(...of: Parameters<typeof tonedModeLines>): readonly string[] {
  return tonedModeLines(...of).map(lineText);
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

  test("names what an approval releases apart from what needs none, and nothing that is refused", () => {
    const refused = view(["sqs:R"], { kind: "refuse", reason: "RES-001: x", findings: [] });

    const lines = modeLines(CHANGE, [view(["sqs:A"], { kind: "allow" }), view(["sqs:B"], HELD), refused]);

    expect(lines.slice(1)).toEqual([
      "  Grantkeeper starts to write 8 functions; 3 of them differ from Git",
      "  Will change in AWS first (1 call):",
      '  - orders/orders-api: sqs:A all resources, policy "debug-2025"',
      "  Will change in AWS first, after approval (1 call):",
      '  - orders/orders-api: sqs:B all resources, policy "debug-2025"',
    ]);
  });

  test("names no policy for declared permissions: Grantkeeper writes them in its own policy", () => {
    const added = { ...row("sqs:A"), from: OWN_INLINE };
    const lines = modeLines(CHANGE, [{ ...view([], HELD), delta: { ...NO_DELTA, allowed: [added] } }]);

    expect(lines.at(-1)).toBe("  + orders/orders-api: sqs:A all resources");
  });

  test("promises no writes while the process itself runs in observe", () => {
    const lines = modeLines({ ...CHANGE, processMode: "observe" }, [view(["sqs:A"], { kind: "allow" })]);

    expect(lines).toEqual([
      "warning: platform/accounts.yaml:29:9: account prod: observe → enforce",
      "  Grantkeeper itself runs in observe: it still writes nothing",
    ]);
  });

  test("promises no approval that nothing waits for", () => {
    const lines = modeLines(CHANGE, [view(["sqs:A"], { kind: "allow" })]);

    expect(lines).toContain("  Will change in AWS first (1 call):");
  });

  test.each([
    { change: { ...CHANGE, processMode: null }, because: "AWS was not read" },
    { change: { ...CHANGE, from: "enforce", to: "observe" } as const, because: "it stops writing" },
  ])("lists nothing where $because", ({ change }) => {
    expect(modeLines(change, [view(["sqs:A"], HELD)]).join("\n")).not.toContain("Will change");
  });
});
