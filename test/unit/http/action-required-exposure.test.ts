import { describe, expect, test } from "@jest/globals";
import type { Arn } from "../../../src/model/aws/arn.ts";
import { NO_DELTA, type DeltaRow } from "../../../src/model/delta.ts";
import type { AdoptionUndoRecord } from "../../../src/model/keys/adoption-undo.ts";
import { digestOfText } from "../../../src/model/values/digest.ts";
import type { ConditionReason } from "../../../src/model/status.ts";
import { ORDERS_API } from "../../support/screens/world-keys.ts";
import { drift, record, view } from "../../support/screens/world-states.ts";
import type { FakeState } from "../../support/fakes/fake-state.ts";
import { LONG_AGO, calm, itemsOf, withStatus, badly } from "../../support/screens/action-required.ts";
import { deltaRow, type RowTexts } from "../../support/policies/delta-rows.ts";
import { recordedDelta } from "../../../src/iam/row-text.ts";

const row = (change: Partial<RowTexts>): DeltaRow =>
  deltaRow({ action: "*", resource: "*", risk: "escalation", ...change });

describe("access beyond what is declared", () => {
  const statement = {
    kind: "statement-extra",
    qualifier: null,
    sid: "try",
    ours: false,
    danger: "public",
  } as const;
  const open = drift(ORDERS_API, {
    change: statement,
    cause: "initial",
    delta: { ...NO_DELTA, allowed: [row({ principal: "AWS *", risk: "exposure" })] },
  });
  const escalated = drift(ORDERS_API, { delta: { ...NO_DELTA, allowed: [row({})] } });
  const seen = (...drifts: readonly (typeof open)[]): FakeState => ({
    ...calm(),
    views: new Map([[ORDERS_API, view(ORDERS_API, { drifts })]]),
  });

  test("is named: who can invoke it, by which statement, since when", async () => {
    expect(await itemsOf(seen(open))).toMatchObject([
      {
        kind: "exposed",
        message: "anyone can invoke it",
        details: ['statement "try", not declared, and no revision was applied yet'],
        security: true,
      },
    ]);
  });

  test("on an alias that was first read after a revision was applied is not reported as new", async () => {
    const onAlias = drift(ORDERS_API, { ...open, change: { ...statement, qualifier: "blue" } });

    expect(await itemsOf(seen(onAlias))).toMatchObject([
      { details: ['statement "try" on blue, not declared, and there when its policy was first read'] },
    ]);
  });

  test("by an undeclared policy is an escalation, even in observe, where it is not reverted", async () => {
    const state = { ...seen(escalated), records: [record(ORDERS_API, badly("ObserveOnly"))] };

    expect(await itemsOf(state)).toMatchObject([
      { kind: "escalated", details: ['policy "hotfix", added in AWS, not declared'], security: true },
    ]);
  });

  test("names the rules that would refuse it: those about callers at an exposure", async () => {
    const breach = (rule: string, severity: "block" | "warn") => ({ rule, severity, why: "", findings: 1 });
    const breaches = [breach("ESC-*", "block"), breach("INV-003", "block"), breach("RES-004", "warn")];
    const found = view(ORDERS_API, { drifts: [open, escalated], liveRules: { breaches, unread: [] } });

    expect(await itemsOf({ ...calm(), views: new Map([[ORDERS_API, found]]) })).toMatchObject([
      { kind: "exposed", details: [expect.any(String), "breaks INV-003: grantkeeper rules show INV-003"] },
      { kind: "escalated", details: [expect.any(String), "breaks ESC-*: grantkeeper rules"] },
    ]);
  });

  test.each([
    { of: { ...escalated, certainty: "pending" as const }, because: "our own write is not visible yet" },
    {
      of: { ...escalated, cause: "revision" as const },
      because: "Git removes it: that is a change of ours",
    },
  ])("is not listed: $because", async ({ of }) => {
    expect(await itemsOf(seen(of))).toEqual([]);
  });

  test.each([
    { shown: null, because: "after a restart, before the account was read" },
    {
      shown: { plan: null, desired: null, drifts: [] },
      because: "while its manifest has an error, and nothing can be compared",
    },
    {
      shown: { plan: null, unread: ["its function"], drifts: [] },
      because: "while the function cannot be read",
    },
  ])("is still named from the record $because", async ({ shown }) => {
    const opened = row({ principal: "AWS *", risk: "exposure", sid: "try" });
    const delta = recordedDelta({ ...NO_DELTA, allowed: [opened] });
    const drifted = { since: LONG_AGO, fields: ["statement-extra"], delta, actor: null };
    const views = new Map(shown === null ? [] : [[ORDERS_API, view(ORDERS_API, shown)]]);

    const items = await itemsOf({ ...withStatus({ drift: drifted }), views });

    expect(items.find(({ kind }) => kind === "exposed")).toMatchObject({
      details: ['statement "try", as last read'],
      since: LONG_AGO,
    });
  });
});

describe("a function", () => {
  test("whose role does not exist is named, even in observe", async () => {
    const state = {
      ...calm(),
      records: [record(ORDERS_API, badly("ObserveOnly"))],
      views: new Map([[ORDERS_API, view(ORDERS_API, { functionRole: "absent" })]]),
    };

    expect(await itemsOf(state)).toMatchObject([
      {
        kind: "no-role",
        message: "Lambda cannot assume its role",
        details: ["role/grantkeeper/orders-api-eu-west-1 does not exist"],
        // It is deployed with the declared role already.
        hint: "grantkeeper describe orders/orders-api@prod/eu-west-1",
      },
    ]);
  });
});

test("a missing role of an account that cannot be read now is shown as last read", async () => {
  const state = calm();
  const failing = { code: "Unavailable", reason: "no answer", fix: null, sinceMs: Date.parse(LONG_AGO) };
  const accounts = state.overview.accounts.map((account) => ({
    ...account,
    record: account.record === null ? null : { ...account.record, failing },
  }));
  const items = await itemsOf({
    ...state,
    overview: { ...state.overview, accounts },
    records: [record(ORDERS_API, badly("ObserveOnly"))],
    views: new Map([[ORDERS_API, view(ORDERS_API, { functionRole: "absent" })]]),
  });

  expect(items.find(({ kind }) => kind === "no-role")?.details).toEqual([
    "role/grantkeeper/orders-api-eu-west-1 does not exist, as last read",
  ]);
});

describe("a function that runs on another role", () => {
  const SHARED = "arn:aws:iam::111122223333:role/orders-shared";
  const { liveFunction } = view(ORDERS_API);
  const onShared = (allowed: readonly DeltaRow[], reason: ConditionReason = "RoleNotUsed") => ({
    ...calm(),
    records: [record(ORDERS_API, badly(reason))],
    views: new Map([
      [
        ORDERS_API,
        view(ORDERS_API, {
          liveFunction: liveFunction === null ? null : { ...liveFunction, roleArn: SHARED as Arn },
          drifts: [
            drift(ORDERS_API, {
              change: { kind: "function-role" },
              live: SHARED,
              delta: { ...NO_DELTA, allowed },
            }),
          ],
        }),
      ],
    ]),
  });
  const deploy = "deploy it with role/grantkeeper/orders-api-eu-west-1";

  test("is an escalation if that role allows more, even in observe, and is named once", async () => {
    for (const reason of ["RoleNotUsed", "ObserveOnly"] as const)
      expect(await itemsOf(onShared([row({ action: "*", risk: "escalation" })], reason))).toMatchObject([
        {
          kind: "escalated",
          security: true,
          message: "it runs on another role, with permissions beyond the declared ones",
          details: ["role/orders-shared, not role/grantkeeper/orders-api-eu-west-1"],
          hint: deploy,
        },
      ]);
  });

  test("is not to be deployed with a declared role that does not exist yet, as in observe", async () => {
    const state = onShared([row({ action: "*", risk: "escalation" })], "ObserveOnly");
    const [[key, shown] = [ORDERS_API, view(ORDERS_API)]] = state.views;
    const absent = { kind: "absent" } as const;
    const readings = { declaredRole: absent, function: absent, otherRole: null };

    const [item] = await itemsOf({ ...state, views: new Map([[key, { ...shown, readings }]]) });

    expect(item?.hint).toBe("enforce it first: role/grantkeeper/orders-api-eu-west-1 does not exist yet");
  });

  test("is not to be deployed with the declared role after an undo, nor where the binder sets the role", async () => {
    const state = onShared([row({ action: "*", risk: "escalation" })]);
    const [[key, shown] = [ORDERS_API, view(ORDERS_API)]] = state.views;
    const { desired } = shown;
    if (desired === null || !("functionRole" in desired)) throw new Error("no binding");
    const managed = { ...shown, desired: { ...desired, functionRole: "manage" } } as const;
    const adoptionUndo: AdoptionUndoRecord = {
      subject: digestOfText("the plan of the undo"),
      way: "switch",
      to: SHARED,
      actor: "dana",
      orderedMs: 0,
      begunMs: 1,
      state: "done",
      sinceMs: 2,
      reason: null,
      until: null,
    };
    const records = state.records.map((one) => ({ ...one, adoptionUndo }));

    const [after] = await itemsOf({ ...state, records });
    const [bound] = await itemsOf({ ...state, views: new Map([[key, managed]]) });

    expect([after?.hint, bound?.hint]).toEqual(
      Array(2).fill("grantkeeper describe orders/orders-api@prod/eu-west-1"),
    );
  });

  test("is not shown as allowing what the declared role or its boundary only denies", async () => {
    const rows = [row({ effect: "Deny", action: "iam:*", risk: "escalation" })];

    expect(await itemsOf(onShared(rows))).toMatchObject([
      {
        kind: "escalated",
        message: "it runs on another role, without a Deny of the declared one or its boundary",
      },
    ]);
  });

  test("is one item if that role allows an escalation and an exposure", async () => {
    const rows = [row({ action: "*", risk: "escalation" }), row({ action: "lambda:*", risk: "exposure" })];

    expect(await itemsOf(onShared(rows))).toMatchObject([{ kind: "escalated" }]);
  });

  test("is exposed if that role can only open resources, without a caller", async () => {
    expect(
      await itemsOf(onShared([row({ action: "lambda:AddPermission", risk: "exposure" })])),
    ).toMatchObject([
      { kind: "exposed", message: "it runs on another role, which can open resources to others" },
    ]);
  });

  test("only lacks its declared role if the other role allows nothing risky", async () => {
    expect(await itemsOf(onShared([]))).toMatchObject([{ kind: "no-role", security: false, hint: deploy }]);
  });
});
