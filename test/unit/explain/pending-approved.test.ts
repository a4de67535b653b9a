import { expect, test } from "@jest/globals";
import { pendingChanges } from "../../../src/explain/state/pending.ts";
import { actionOf, BINDING, driftOf } from "../../support/pass/passes.ts";
import { ORDERS_API } from "../../support/screens/world-keys.ts";
import { plan, view } from "../../support/screens/world-states.ts";
import { SWITCH, AT, factsWith } from "./pending-scene.ts";

test("an approved switch is pending with who approved it and what it waits for, and asks for no approval", () => {
  const action = actionOf({
    call: "lambda:UpdateFunctionConfiguration",
    due: { kind: "after-wait" },
    after: BINDING.role.arn,
  });
  const drifts = [
    driftOf({ change: { kind: "tag-extra", tag: "team" } }),
    driftOf({ change: { kind: "description" } }),
  ];
  const approved = [{ digest: SWITCH, by: "dana", until: AT }];
  const part = { reason: "the function leaves its role", actions: [action], digest: SWITCH };
  const shown = view(ORDERS_API, {
    plan: { ...plan(ORDERS_API), actions: [], approvable: [part] },
    approved,
    drifts,
  });

  const [change] = pendingChanges({ ...factsWith({ due: { kind: "now" } }, null), view: shown });

  expect(change).toMatchObject({
    reason: {
      kind: "approved",
      digest: SWITCH,
      reason: `approved by dana until 2026-11-25 12:00:00Z; the switch waits until its role matches Git: ! tag team on its role is not declared (and 1 more)`,
    },
    hint: null,
  });
});

test("an approved removal waits for no role: its approval ends its grace period", () => {
  const action = actionOf({
    call: "iam:DeleteRolePolicy",
    due: { kind: "at", atMs: Date.parse("2026-11-25T11:45:00Z") },
  });
  const approved = [{ digest: SWITCH, by: "dana", until: AT }];
  const part = { reason: "removes a Deny", actions: [action], digest: SWITCH };
  const shown = view(ORDERS_API, {
    plan: { ...plan(ORDERS_API), actions: [], approvable: [part] },
    approved,
  });

  const [change] = pendingChanges({ ...factsWith({ due: { kind: "now" } }, null), view: shown });

  expect(change?.reason).toEqual({
    kind: "approved",
    digest: SWITCH,
    reason: "approved by dana until 2026-11-25 12:00:00Z",
  });
});

test.each([
  { cause: "initial", waits: "; it waits for account staging: it must match Git until 12:00:00Z" },
  { cause: "out-of-band", waits: "" },
] as const)(
  "an approved change ($cause) names the closed change window that it waits for",
  ({ cause, waits }) => {
    const part = { reason: "public", actions: [actionOf({ cause })], digest: SWITCH };
    const shown = view(ORDERS_API, {
      plan: { ...plan(ORDERS_API), actions: [], approvable: [part] },
      approved: [{ digest: SWITCH, by: "dana", until: AT }],
      heldBack: { code: "change-window", reason: "account staging: it must match Git until 12:00:00Z" },
    });

    const [change] = pendingChanges({ ...factsWith({ due: { kind: "now" } }, null), view: shown });

    expect(change?.reason).toMatchObject({
      kind: "approved",
      reason: `approved by dana until 2026-11-25 12:00:00Z${waits}`,
    });
  },
);

test("after a push a suspension is a fact of now, and what the last pass found is marked", () => {
  const suspension = {
    id: "s-1",
    scope: { accountId: null, namespace: null, key: ORDERS_API },
    reason: "INC-1",
    actor: "dana",
    at: AT,
    until: AT,
  };
  const facts = { ...factsWith({ due: { kind: "now" } }, null), suspension };
  const shown = (isCompared: boolean) =>
    pendingChanges({ ...facts, isCompared, kept: ["nightly"] }).map(({ reason, isOutdated = false }) => [
      reason.kind,
      isOutdated,
    ]);

  expect(shown(true)).toEqual([
    ["suspended", false],
    ["kept", false],
  ]);
  expect(shown(false)).toEqual([
    ["suspended", false],
    ["not-compared", false],
    ["differs", true],
    ["kept", true],
  ]);
});
