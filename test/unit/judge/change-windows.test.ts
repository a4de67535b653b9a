import { describe, expect, test } from "@jest/globals";
import { judgePlans, type PlansContext } from "../../../src/judge/judge-plans.ts";
import type { Gate, Wait } from "../../../src/judge/windows/gates.ts";
import { heldBackBy, withoutHeldParts } from "../../../src/judge/windows/waiting-holds.ts";
import type { Authors } from "../../../src/model/authors.ts";
import { NO_DELTA, type Delta, type DeltaRow } from "../../../src/model/delta.ts";
import type { KeyPlan } from "../../../src/model/plan.ts";
import type { WaitCause } from "../../../src/model/verdict.ts";
import {
  action,
  approvalOf,
  creating,
  deleting,
  finding,
  modifying,
  NOT_STARTED,
  plansContext,
  planOf,
  reverting,
} from "./plans.ts";

const OPENS_AT = "2026-12-01T08:30:00.000Z";
const REASON = "the change window office, which opens at 2026-12-01 08:30:00Z";
const OFFICE: WaitCause = { code: "change-window", windows: ["office"] };
const WINDOW: Wait = { cause: OFFICE, reason: REASON, opensAt: OPENS_AT };
const closedBy = (first: Wait, ...others: readonly Wait[]): Gate => ({
  kind: "closed",
  waits: [first, ...others],
  until: null,
});
const CLOSED = closedBy(WINDOW);
const OPEN: Gate = { kind: "open", until: "2026-11-25T12:10:00.000Z" };

function verdictsOf(plans: readonly KeyPlan[], gate: Gate, facts: Partial<PlansContext> = {}) {
  const gates = new Map(plans.map(({ key }) => [key, gate]));
  return judgePlans(plansContext(plans, { gates, ...facts }));
}

function verdictOf(plan: KeyPlan, gate: Gate, facts: Partial<PlansContext> = {}) {
  return verdictsOf([plan], gate, facts).get(plan.key);
}

const overriding = (plan: KeyPlan, facts: Partial<ReturnType<typeof approvalOf>> = {}) =>
  approvalOf([plan], { overrides: OFFICE, ...facts });

describe("a closed change window", () => {
  test.each([
    { plan: modifying("a"), because: "Git changed the function" },
    { plan: creating("a"), because: "Git declares a new function" },
    { plan: deleting("a"), because: "Git removed the function" },
    {
      plan: planOf(modifying("a").key, [
        action(modifying("a").key, { cause: "out-of-band" }),
        action(modifying("a").key),
      ]),
      because: "a change of Git comes with a revert: the undo reverts alone",
    },
  ])("holds a plan until it opens: $because", ({ plan }) => {
    expect(verdictOf(plan, CLOSED)).toMatchObject({
      kind: "hold",
      code: "change-window",
      reason: `waits for ${REASON}`,
      opensAt: OPENS_AT,
    });
  });

  test.each([
    { plan: reverting("a"), because: "a change in AWS is reverted" },
    { plan: { ...modifying("a"), purpose: "undo" as const }, because: "the last applied state is restored" },
    { plan: planOf(modifying("a").key, []), because: "there is nothing to write" },
  ])("lets a plan through: $because", ({ plan }) => {
    expect(verdictOf(plan, CLOSED)).toEqual({ kind: "allow" });
  });

  test("holds the plans of a namespace together, and those of another by themselves", () => {
    const plans = [modifying("a"), modifying("b"), modifying("c", "payments")];

    const subjects = [...verdictsOf(plans, CLOSED).values()].map((one) => one.kind === "hold" && one.subject);

    expect(new Set(subjects).size).toBe(2);
    expect(subjects[0]).toBe(subjects[1]);
  });

  test("that can't be used names no time", () => {
    const verdict = verdictOf(modifying("a"), closedBy({ ...WINDOW, reason: "a correction", opensAt: null }));

    expect(verdict).toMatchObject({ kind: "hold", code: "change-window" });
    expect(verdict).not.toHaveProperty("opensAt");
  });

  test("comes after what refuses a plan and what needs an approval", () => {
    const plan = modifying("a");
    const approvers = new Map([[plan.key, ["security"]]]);
    const catalogue = { started: true, isRecordLost: false, catalogueChanged: true };
    const findings = new Map([[plan.key, [finding(plan.key)]]]);

    expect(verdictOf(plan, CLOSED, { findings })).toMatchObject({ kind: "refuse" });
    expect(verdictOf(plan, CLOSED, { approvers })).toMatchObject({ code: "profile-approval" });
    expect(verdictOf(plan, CLOSED, { account: catalogue })).toMatchObject({ code: "catalogue-changed" });
    expect(verdictOf(plan, CLOSED, { account: NOT_STARTED })).toMatchObject({ code: "first-enforcing-pass" });
  });

  test("holds a plan that was approved for another reason, under another digest", () => {
    const plan = modifying("a");
    const account = { started: true, isRecordLost: false, catalogueChanged: true };

    const before = verdictOf(plan, CLOSED, { account });
    const after = verdictOf(plan, CLOSED, { account, approvals: [approvalOf([plan])] });

    expect(after).toMatchObject({ code: "change-window" });
    expect(after?.kind === "hold" && after.subject).not.toBe(before?.kind === "hold" && before.subject);
  });

  test("holds a first enforcing pass that is approved", () => {
    const plan = creating("a");

    expect(verdictOf(plan, CLOSED, { account: NOT_STARTED, approvals: [approvalOf([plan])] })).toMatchObject({
      code: "change-window",
    });
  });
});

describe("an open change window", () => {
  test("lets a plan through until the window and its overrun have ended", () => {
    expect(verdictOf(modifying("a"), OPEN)).toEqual({ kind: "allow", until: "2026-11-25T12:10:00.000Z" });
  });

  test("does not extend an approval that ends before", () => {
    const plan = modifying("a");
    const account = { started: true, isRecordLost: false, catalogueChanged: true };
    const approvals = [approvalOf([plan], { expiresAt: "2026-11-25T12:05:00.000Z" })];

    expect(verdictOf(plan, OPEN, { account, approvals })).toEqual({
      kind: "allow",
      until: "2026-11-25T12:05:00.000Z",
    });
  });

  test("limits no revert", () => {
    expect(verdictOf(reverting("a"), OPEN)).toEqual({ kind: "allow" });
  });
});

describe("an approved part of a plan", () => {
  const { key } = modifying("a");

  test("is not written before its window opens, or its account can be verified", () => {
    const earliestAt = "2026-11-25T12:30:00.000Z";
    const order = closedBy({ ...WINDOW, opensAt: null, earliestAt });

    expect(heldBackBy(modifying("a"), CLOSED)).toMatchObject({ earliestAt: OPENS_AT });
    expect(heldBackBy(modifying("a"), order)).toMatchObject({ earliestAt });
  });

  const parts = [action(key), action(key, { cause: "out-of-band" })];

  test("waits for a closed window, unless it is a revert", () => {
    expect(withoutHeldParts(parts, CLOSED)).toEqual([parts[1]]);
    expect(withoutHeldParts(parts, OPEN)).toEqual(parts);
    expect(withoutHeldParts(parts, null)).toEqual(parts);
  });
});

describe("a function that another one depends on and that is not in sync", () => {
  const reason = "orders/db@prod/eu-west-1 (dependsOn): it differs from Git";
  const cause: WaitCause = { code: "depends-on", key: modifying("db").key };
  const DB: Wait = { cause, reason, opensAt: null };
  const DEPENDENT = closedBy(DB);
  const ROW = {} as DeltaRow;
  const REMOVED: Delta = { ...NO_DELTA, noLongerAllowed: [ROW] };
  const changing = (delta: Delta) => planOf(modifying("a").key, [action(modifying("a").key, { delta })]);
  const ending = (plan: KeyPlan) => action(plan.key, { endsExposure: true });

  test("holds a change from Git, which no approval and no override of a window lets through", () => {
    const plan = modifying("a");

    for (const approvals of [[], [approvalOf([plan])], [overriding(plan)]])
      expect(verdictOf(plan, DEPENDENT, { approvals })).toMatchObject({
        kind: "hold",
        code: "depends-on",
        reason: `waits for ${reason}`,
      });
  });

  test.each([
    { plan: reverting("a"), because: "it reverts a change in AWS" },
    {
      plan: planOf(modifying("a").key, [action(modifying("a").key), ending(modifying("a"))]),
      because: "it ends an exposure",
    },
    { plan: { ...modifying("a"), purpose: "undo" as const }, because: "it restores the last applied state" },
    { plan: changing(REMOVED), because: "it only removes access" },
    {
      plan: planOf(modifying("a").key, [...changing(REMOVED).actions, action(modifying("a").key)]),
      because: "a tag changes with the access that it removes",
    },
  ])("does not hold a plan if $because", ({ plan }) => {
    expect([verdictOf(plan, DEPENDENT), heldBackBy(plan, DEPENDENT)]).toEqual([{ kind: "allow" }, null]);
  });

  test.each([
    { plan: changing({ ...REMOVED, allowed: [ROW] }), because: "it also adds access" },
    {
      plan: changing({ ...REMOVED, unknownEffect: [{ kind: "comparison-limit" }] }),
      because: "it may add access",
    },
    { plan: { ...changing(REMOVED), purpose: "delete" as const }, because: "it removes the function" },
  ])("holds a plan that removes access if $because", ({ plan }) => {
    expect(verdictOf(plan, DEPENDENT)).toMatchObject({ code: "depends-on" });
    const db = "function/222222222222/eu-west-1/orders/db";
    expect(heldBackBy(plan, DEPENDENT)).toEqual({ code: "depends-on", reason, dependsOn: db });
  });

  test("holds an approved part back, unless it only removes access", () => {
    const parts = [...modifying("a").actions, ...changing(REMOVED).actions];

    expect(withoutHeldParts(parts, DEPENDENT)).toEqual(changing(REMOVED).actions);
    expect(withoutHeldParts(parts, CLOSED)).toEqual([]);
  });

  test("lets exactly the plan through that an operator overrides it for, who is no author of the change", () => {
    const plan = modifying("a");
    const made: Authors = { people: ["eve@example.com"], assistants: [], unknown: null };
    const facts = { authors: new Map([[plan.key, made]]) };
    const by = (mail: string, over = plan) => [approvalOf([over], { overrides: cause, mails: [mail] })];

    expect(verdictOf(plan, DEPENDENT, { ...facts, approvals: by("dana@example.com") })).toEqual({
      kind: "allow",
      until: "2026-11-25T13:00:00.000Z",
    });
    expect(verdictOf(plan, DEPENDENT, { ...facts, approvals: by("eve@example.com") })).toMatchObject({
      code: "depends-on",
      authors: ["eve@example.com"],
    });
    expect(verdictOf(plan, DEPENDENT, { approvals: by("dana@example.com", modifying("b")) })).toMatchObject({
      kind: "hold",
    });
    expect(verdictOf(plan, CLOSED, { approvals: by("dana@example.com") })).toMatchObject({
      code: "change-window",
    });
  });

  test("holds the removal of a function that others depend on", () => {
    expect(verdictOf(deleting("a"), DEPENDENT)).toMatchObject({ code: "depends-on" });
  });
});
