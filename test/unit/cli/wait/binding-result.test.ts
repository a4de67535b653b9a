import { describe, expect, test } from "@jest/globals";
import type { BindingObject } from "../../../../src/api/bindings.ts";
import { bindingResult, plannedRevert, type ResultContext } from "../../../../src/cli/wait/binding-result.ts";
import { recordedPlan } from "../../../../src/plan/render/recorded.ts";
import type { Action } from "../../../../src/model/plan.ts";
import type { KeyStatus } from "../../../../src/model/status.ts";
import { actionOf, planOf } from "../../../support/pass/passes.ts";
import { NOW } from "../../../support/fakes/fake-control.ts";
import { ORDERS_API } from "../../../support/screens/world-keys.ts";
import { condition, record } from "../../../support/screens/world-states.ts";

const DUE_MS = Date.parse(NOW) + 900_000;
const REVERT = actionOf({ key: ORDERS_API, cause: "out-of-band", due: { kind: "at", atMs: DUE_MS } });

function resultOf(change: Partial<KeyStatus>, context: Partial<ResultContext>) {
  const status = { ...record(ORDERS_API, change).status, lastVerifiedAt: NOW };
  const binding = { spec: { key: ORDERS_API, source: {} }, status } as unknown as BindingObject;
  const none = {
    holds: [],
    comparedAll: false,
    calls: new Map(),
    dueAt: new Map(),
    reverts: new Map(),
    nowMs: Date.parse(NOW),
  };
  const { state, text } = bindingResult(binding, { ...none, ...context });
  return { state, text };
}

function waitsFor(actions: readonly Action[], isComplete = true): Partial<ResultContext> {
  const revert = plannedRevert(recordedPlan(planOf(actions, { nextDueMs: DUE_MS })), isComplete);
  return {
    dueAt: new Map([[ORDERS_API, new Date(DUE_MS).toISOString()]]),
    reverts: new Map(revert === null ? [] : [[ORDERS_API, revert]]),
  };
}

const PENDING = {
  sync: "OutOfSync",
  conditions: [condition({ status: "Unknown", reason: "Progressing", message: "waits" })],
} as const;
const calls = new Map([[ORDERS_API, 2]]);

describe("a binding with drift that waits for its revert", () => {
  test("is in effect with drift, and shows the calls of the revision and the time of the revert", () => {
    expect(resultOf(PENDING, { ...waitsFor([REVERT]), calls })).toEqual({
      state: "drifted",
      text: "2 calls made; the revision is in effect; drift, Grantkeeper reverts it at 12:15Z",
    });
  });

  test.each([
    {
      because: "a call of the revision is left",
      context: waitsFor([REVERT, actionOf({ key: ORDERS_API, cause: "revision" })]),
    },
    { because: "a part was not read", context: waitsFor([REVERT], false) },
  ])("is not in effect if $because", ({ context }) => {
    expect(resultOf(PENDING, context)).toEqual({
      state: "not-applied",
      text: "drift, Grantkeeper reverts it at 12:15Z",
    });
  });
});

test("a binding that awaits an approval shows the calls that were made", () => {
  const held = {
    sync: "OutOfSync",
    conditions: [condition({ status: "False", reason: "AwaitingApproval", message: "a Deny" })],
  } as const;

  expect(resultOf(held, { calls })).toEqual({
    state: "not-applied",
    text: "2 calls made; not applied, a Deny",
  });
});

test("a binding that Git changed since its comparison is not compared, also while it is suspended", () => {
  const ready = condition({ status: "Unknown", reason: "NotCompared", message: "changed in Git" });
  const suspended = condition({ type: "Suspended", reason: "Suspended" });

  for (const conditions of [[ready], [ready, suspended]])
    expect(resultOf({ sync: "Unknown", plan: null, conditions }, {})).toEqual({
      state: "not-compared",
      text: "not compared with the new revision yet",
    });
});
