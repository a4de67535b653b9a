import { REVISION } from "../../support/record/audit-facts.ts";
import { expect, test } from "@jest/globals";
import { pendingChanges, type PendingFacts } from "../../../src/explain/state/pending.ts";
import type { Action } from "../../../src/model/action.ts";
import { NO_DELTA } from "../../../src/model/delta.ts";
import type { PendingReason } from "../../../src/model/answers/permission-state.ts";
import { ORDERS_API, plan, view } from "../../support/screens/api-world.ts";

const AT_MS = Date.parse("2026-11-25T12:00:00Z");
const AT = "2026-11-25T12:00:00.000Z";

function factsWith(action: Partial<Action>, obstacle: string | null): PendingFacts {
  const whole = { call: "iam:CreateRole", target: "arn:aws:iam::1:role/a", delta: NO_DELTA, ...action };
  return {
    view: view(ORDERS_API, {
      plan: plan(ORDERS_API, { actions: [whole as Action] }),
      obstacle: obstacle === null ? null : { reason: obstacle, missing: null },
    }),
    declared: { kind: "not-declared", revision: null },
    manifestFix: null,
    effective: { kind: "unknown", reason: "" },
    isCompared: true,
    mode: "enforce",
    suspension: undefined,
    rejections: [],
    conditions: [],
    failing: null,
    home: { accountId: "1", region: null },
    target: "orders/orders-api@prod/eu-west-1",
    names: new Map(),
    kept: [],
  };
}

test.each<{
  readonly action: Pick<Action, "cause" | "due">;
  readonly obstacle?: string;
  readonly reason: PendingReason;
  readonly because: string;
}>([
  {
    action: { cause: "revision", due: { kind: "at", atMs: AT_MS } },
    reason: { kind: "propagation", until: AT },
    because: "a replaced permission stays until the addition has propagated",
  },
  {
    action: { cause: "revision", due: { kind: "after-wait" } },
    reason: { kind: "propagation", until: null },
    because: "earlier writes are not done yet",
  },
  {
    action: { cause: "revision", due: { kind: "now" } },
    reason: { kind: "applying" },
    because: "it is due",
  },
  {
    action: { cause: "out-of-band", due: { kind: "at", atMs: AT_MS } },
    reason: { kind: "drift", revertsAt: AT },
    because: "a change in AWS is in its grace period",
  },
  {
    action: { cause: "out-of-band", due: { kind: "now" } },
    reason: { kind: "drift", revertsAt: null },
    because: "a change in AWS is reverted now",
  },
  {
    action: { cause: "out-of-band", due: { kind: "now" } },
    obstacle: "AccessDenied",
    reason: { kind: "failed", reason: "AccessDenied" },
    because: "AWS refused it",
  },
])("an action is pending as $reason.kind: $because", ({ action, obstacle = null, reason }) => {
  expect(pendingChanges(factsWith(action, obstacle)).map((change) => change.reason)).toEqual([reason]);
});

test("a broken manifest is pending with the hint of its error", () => {
  const message = `teams/search/index.yaml:17:9: unknown grant "dynamo"`;
  const declared = { kind: "broken", revision: REVISION, file: "teams/search/index.yaml", message } as const;
  const facts = { ...factsWith({ due: { kind: "now" } }, null), declared };

  const [first] = pendingChanges({ ...facts, manifestFix: 'did you mean "dynamodb"?' });

  expect(first).toMatchObject({ reason: { kind: "broken", message }, hint: 'did you mean "dynamodb"?' });
});
