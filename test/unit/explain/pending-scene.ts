import type { PendingFacts } from "../../../src/explain/state/pending.ts";
import type { Action } from "../../../src/model/plan.ts";
import { NO_DELTA } from "../../../src/model/delta.ts";
import { digestOf } from "../../../src/model/values/digest.ts";
import { ORDERS_API } from "../../support/screens/world-keys.ts";
import { plan, view } from "../../support/screens/world-states.ts";

export const WAVE = digestOf("wave");
export const SWITCH = digestOf("switch");
export const AT_MS = Date.parse("2026-11-25T12:00:00Z");
export const AT = "2026-11-25T12:00:00.000Z";

export function factsWith(action: Partial<Action>, obstacle: string | null): PendingFacts {
  const entire = { call: "iam:CreateRole", target: "arn:aws:iam::1:role/a", delta: NO_DELTA, ...action };
  return {
    view: view(ORDERS_API, {
      plan: plan(ORDERS_API, { actions: [entire as Action] }),
      obstacle: obstacle === null ? null : { reason: obstacle, missing: null },
    }),
    declared: { kind: "not-declared", revision: null },
    manifestFix: null,
    effective: { kind: "unknown", reason: "" },
    isCompared: true,
    mode: "enforce",
    suspension: undefined,
    rejections: [],
    stricterHold: null,
    waveHold: null,
    comparisons: [],
    conditions: [],
    failing: null,
    home: { accountId: "1", region: null },
    target: "orders/orders-api@prod/eu-west-1",
    names: new Map(),
    kept: [],
  };
}
