import { describe, expect, test } from "@jest/globals";
import { judgePlans, type PlansContext } from "../../../src/judge/judge-plans.ts";
import type { Gate, Wait } from "../../../src/judge/windows/gates.ts";
import { furtherWaits } from "../../../src/judge/windows/waiting-holds.ts";
import type { Authors } from "../../../src/model/authors.ts";
import type { KeyPlan } from "../../../src/model/plan.ts";
import type { WaitCause } from "../../../src/model/verdict.ts";
import { approvalOf, modifying, plansContext } from "./plans.ts";

const OPENS_AT = "2026-12-01T08:30:00.000Z";
const REASON = "the change window office, which opens at 2026-12-01 08:30:00Z";
const OFFICE: WaitCause = { code: "change-window", windows: ["office"] };
const WINDOW: Wait = { cause: OFFICE, reason: REASON, opensAt: OPENS_AT };
const STAGING: Wait = {
  cause: { code: "account-order", account: "staging", windows: ["order"] },
  reason: "account staging (change window order): it is not read now",
  opensAt: null,
};
const closedBy = (first: Wait, ...others: readonly Wait[]): Gate => ({
  kind: "closed",
  waits: [first, ...others],
  until: null,
});
const CLOSED = closedBy(WINDOW);

function verdictOf(plan: KeyPlan, gate: Gate, facts: Partial<PlansContext> = {}) {
  const gates = new Map([[plan.key, gate]]);
  return judgePlans(plansContext([plan], { gates, ...facts })).get(plan.key);
}

const overriding = (plan: KeyPlan, facts: Partial<ReturnType<typeof approvalOf>> = {}) =>
  approvalOf([plan], { overrides: OFFICE, ...facts });

describe("the override of a change window", () => {
  const plan = modifying("a");
  const made: Authors = { people: ["eve@example.com"], assistants: [], unknown: null };
  const authors = new Map([[plan.key, made]]);

  test("lets exactly its plan through until it ends", () => {
    const approvals = [overriding(plan)];

    expect(verdictOf(plan, CLOSED, { approvals })).toEqual({
      kind: "allow",
      until: "2026-11-25T13:00:00.000Z",
    });
    expect(verdictOf(modifying("b"), CLOSED, { approvals })).toMatchObject({ kind: "hold" });
  });

  test("that has ended lets nothing through", () => {
    const approvals = [overriding(plan, { expiresAt: "2026-11-25T11:59:59.000Z" })];

    expect(verdictOf(plan, CLOSED, { approvals })).toMatchObject({ kind: "hold" });
  });

  test("is no approval for another reason", () => {
    const account = { started: true, isRecordLost: false, catalogueChanged: true };

    expect(verdictOf(plan, CLOSED, { account, approvals: [overriding(plan)] })).toMatchObject({
      code: "catalogue-changed",
    });
  });

  test("by an author of the change does not count", () => {
    const byAuthor = overriding(plan, { mails: ["eve@example.com"] });
    const byOther = overriding(plan, { mails: ["dana@example.com"] });

    expect(verdictOf(plan, CLOSED, { authors, approvals: [byAuthor] })).toMatchObject({
      code: "change-window",
      authors: ["eve@example.com"],
    });
    expect(verdictOf(plan, CLOSED, { authors, approvals: [byOther] })).toMatchObject({ kind: "allow" });
  });
});

describe("the override of one of several waits of a plan", () => {
  const plan = modifying("a");
  const DB: Wait = { cause: { code: "depends-on", key: modifying("db").key }, reason: "db", opensAt: null };
  const VAULT: Wait = { ...DB, cause: { code: "depends-on", key: modifying("vault").key }, reason: "vault" };
  const all = closedBy(WINDOW, STAGING, DB, VAULT);
  const by = (...waits: readonly Wait[]) =>
    waits.map(({ cause }) => approvalOf([plan], { overrides: cause }));
  const subjectOf = (approvals: readonly ReturnType<typeof approvalOf>[]) => {
    const verdict = verdictOf(plan, all, { approvals });
    return verdict?.kind === "hold" ? verdict.subject : null;
  };

  test.each([
    { overridden: [WINDOW], left: STAGING },
    { overridden: [WINDOW, STAGING], left: DB },
    { overridden: [WINDOW, STAGING, DB], left: VAULT },
    { overridden: [STAGING, DB, VAULT], left: WINDOW },
  ])("leaves the wait for $left.reason", ({ overridden, left }) => {
    expect(verdictOf(plan, all, { approvals: by(...overridden) })).toMatchObject({
      kind: "hold",
      code: left.cause.code,
      cause: left.cause,
    });
  });

  test("needs another digest for each of them", () => {
    const subjects = [[], [WINDOW], [WINDOW, STAGING], [WINDOW, STAGING, DB]].map((some) =>
      subjectOf(by(...some)),
    );

    expect(new Set(subjects).size).toBe(4);
  });

  test("of each of them lets the plan through, and no longer than its window is open", () => {
    const approvals = by(STAGING, DB);
    const until = "2026-11-25T12:10:00.000Z";
    const open: Gate = { kind: "closed", waits: [STAGING, DB], until };

    expect(verdictOf(plan, open, { approvals })).toEqual({ kind: "allow", until });
  });

  test.each([
    { cause: { code: "change-window", windows: ["office", "night"] }, because: "another window" },
    { cause: { code: "account-order", account: "canary", windows: ["order"] }, because: "another account" },
    { cause: { code: "account-order", account: "staging", windows: ["slow"] }, because: "another order" },
  ] satisfies readonly { cause: WaitCause; because: string }[])("does not cover $because", ({ cause }) => {
    const approvals = by(WINDOW, STAGING, DB);

    expect(verdictOf(plan, closedBy({ ...WINDOW, cause }), { approvals })).toMatchObject({ cause });
  });

  test("covers fewer windows than those that were closed when it was given", () => {
    const approvals = [approvalOf([plan], { overrides: { ...OFFICE, windows: ["night", "office"] } })];

    expect(verdictOf(plan, CLOSED, { approvals })).toMatchObject({ kind: "allow" });
  });

  test("shows those that are left, and not those that are overridden already", () => {
    const verdict = verdictOf(plan, all, { approvals: by(STAGING) }) ?? { kind: "allow" };
    const isOverridden = (cause: WaitCause) => cause === STAGING.cause;

    expect(furtherWaits(plan, all, { verdict, isOverridden }).map((one) => one.reason)).toEqual([
      "db",
      "vault",
    ]);
  });
});
