import { describe, expect, test } from "@jest/globals";
import { holdsOf } from "../../../src/settle/account/holds.ts";
import { keyView } from "../../../src/settle/key/key-view.ts";
import { outcomeView, type KeyOutcome } from "../../../src/settle/outcome/outcome.ts";
import type { ApprovedPart } from "../../../src/model/approval.ts";
import type { Action } from "../../../src/model/plan.ts";
import { timeText } from "../../../src/text/phrases.ts";
import { digestOf } from "../../../src/model/values/digest.ts";
import { NOW_MS } from "../../support/pass/bindings.ts";
import { convergedAccount } from "../../support/pass/live-state.ts";
import {
  actionOf,
  BINDING,
  doneOf,
  driftOf,
  passOf,
  planOf,
  settleContext,
  skippedOf,
  writtenOf,
} from "../../support/pass/passes.ts";
import { settle } from "../../../src/settle/settle.ts";
import { complete } from "../../../src/model/values/steps.ts";
import type { AccountRecord } from "../../../src/model/records/account-record.ts";
import type { Pass } from "../../../src/judge/subject.ts";
import { alertsAfter } from "./alerts.ts";
import { recordAfter } from "./settled.ts";

const SWITCH = digestOf("switch");
const UNTIL = new Date(NOW_MS + 3_600_000).toISOString();
const APPROVED: ApprovedPart = { digest: SWITCH, by: "dana", until: UNTIL };
const BLOCKED: Partial<Action> = { due: { kind: "after-wait" } };
const HOTFIX = driftOf({ change: { kind: "inline-extra", policyName: "hotfix" } });
const OTHER_ROLE = driftOf({ change: { kind: "function-role" }, subject: BINDING.functionArn });

/** A function on another role, whose switch waits for an approval or for its role. */
function facts(approved: readonly ApprovedPart[], due: Partial<Action> = BLOCKED) {
  const after = BINDING.role.arn;
  const action = actionOf({ call: "lambda:UpdateFunctionConfiguration", after, ...due });
  const reason = "the function leaves arn:old, which Grantkeeper does not manage";
  const withheld = { kind: "approval-needed", subject: BINDING.functionArn, reason, fix: null } as const;
  return {
    approved,
    drifts: due === BLOCKED ? [OTHER_ROLE, HOTFIX] : [OTHER_ROLE],
    plan: planOf([], {
      approvable: [{ reason, actions: [action], digest: SWITCH }],
      withheld: [{ ...withheld, approval: SWITCH }],
    }),
  };
}

function waiting(approved: readonly ApprovedPart[], due: Partial<Action> = BLOCKED): KeyOutcome {
  return skippedOf({ kind: "nothing-due" }, facts(approved, due));
}

/** Of the role, besides the approved switch. */
function withActions(...actions: readonly Action[]): ReturnType<typeof facts> {
  const approved = facts([APPROVED]);
  return { ...approved, plan: { ...approved.plan, actions } };
}

function subjectsHeld(outcome: KeyOutcome, nowMs = NOW_MS): readonly string[] {
  const rules = { breaches: [], unread: [] };
  const shown = { live: convergedAccount(BINDING), rules, usedRoles: [], adoption: null };
  const view = keyView(outcomeView(outcome, []), shown);
  return holdsOf(passOf(), [view], { nowMs, waves: {} }).map(({ subject }) => subject);
}

describe("a part of a plan that awaits an approval of its own", () => {
  const heldFacts = (record: Partial<AccountRecord>, rejections: Pass["rejections"] = []) => {
    const pass = passOf();
    const history = { ...pass.history, record: { ...pass.history.record, ...record } };
    const done = doneOf([waiting([])], { ...pass, history, rejections });
    const { facts: all } = complete(settle(done, settleContext())).settlement;
    return all.filter(({ kind }) => kind === "plan-held");
  };

  test("is in the record once, with the digest that the approval names", () => {
    expect(heldFacts({})).toMatchObject([{ key: BINDING.key, subject: SWITCH, reason: expect.any(String) }]);
    expect(heldFacts({ heldSinceMs: { [SWITCH]: 1 } })).toEqual([]);
  });

  test("is not held again after it was rejected, with the times of a database that was lost", () => {
    const rejected = { subject: SWITCH, accountId: null, actor: "sam", reason: "no", at: UNTIL };

    expect(heldFacts({}, [rejected])).toEqual([]);
  });
});

describe("a switch that was approved and waits for its role", () => {
  test("awaits no approval, until that one ends", () => {
    const ended = NOW_MS + 3_600_000;

    const held = [waiting([]), waiting([APPROVED])].map((outcome) => subjectsHeld(outcome));

    expect(held).toEqual([[SWITCH], []]);
    expect(subjectsHeld(waiting([APPROVED]), ended)).toEqual([SWITCH]);
  });

  test.each<{ readonly outcome: KeyOutcome; readonly ready: object; readonly because: string }>([
    {
      outcome: waiting([]),
      ready: {
        status: "False",
        reason: "AwaitingApproval",
        message:
          'the function leaves arn:old, which Grantkeeper does not manage; the switch waits until its role matches Git: + policy "hotfix", not declared',
      },
      because: "no one approved it",
    },
    {
      outcome: waiting([APPROVED]),
      ready: {
        status: "False",
        reason: "RoleNotUsed",
        message: `the function runs on another role; its switch is approved by dana until ${timeText(UNTIL)}; the switch waits until its role matches Git: + policy "hotfix", not declared`,
      },
      because: "a difference that nothing reverts blocks it",
    },
    {
      outcome: skippedOf(
        { kind: "nothing-due" },
        withActions(actionOf({ due: { kind: "at", atMs: NOW_MS + 9_000 }, cause: "out-of-band" })),
      ),
      ready: { status: "False", reason: "RoleNotUsed" },
      because: "the revert of the difference that blocks it is not due yet",
    },
    {
      outcome: skippedOf({ kind: "nothing-due" }, withActions(actionOf())),
      ready: { status: "Unknown", reason: "Progressing" },
      because: "the change of the role is made now",
    },
    {
      outcome: waiting([APPROVED], { due: { kind: "at", atMs: NOW_MS + 9_000 } }),
      ready: {
        status: "Unknown",
        reason: "Progressing",
        message: `a change is approved by dana until ${timeText(UNTIL)}; the switch waits until ${timeText(new Date(NOW_MS + 9_000).toISOString())}: the last change of its role must reach AWS everywhere`,
      },
      because: "only time is against it",
    },
    {
      outcome: writtenOf(
        { ...facts([APPROVED]), plan: { ...facts([APPROVED]).plan, actions: [actionOf()] } },
        { readBack: { kind: "seen", unread: [], ...facts([APPROVED]) } },
      ),
      ready: { status: "False", reason: "RoleNotUsed" },
      because: "the pass wrote, and the role differs still",
    },
  ])("has Ready=$ready.reason: $because", ({ outcome, ready }) => {
    const conditions = recordAfter(outcome).status?.conditions ?? [];

    expect(conditions.find(({ type }) => type === "Ready")).toMatchObject(ready);
  });

  test("counts as a planned change", () => {
    const counts = [waiting([]), waiting([APPROVED])].map((one) => recordAfter(one).status?.plan?.actions);

    expect(counts).toEqual([0, 1]);
  });

  test("asks for no approval in the alert of its drift", () => {
    const nextOf = (outcome: KeyOutcome): unknown =>
      alertsAfter([outcome]).flatMap((alert) => (alert.kind === "drift-opened" ? [alert.next.kind] : []));

    expect(nextOf(waiting([]))).toEqual(["needs-approval"]);
    expect(nextOf(waiting([APPROVED]))).toEqual(["left-alone"]);
  });

  test("is not approved by the approval of another part", () => {
    expect(subjectsHeld(waiting([{ ...APPROVED, digest: digestOf("another") }]))).toEqual([SWITCH]);
  });
});

describe("an approved part of a plan outside of its change window", () => {
  const reason = "the change window office, which opens at 2026-12-01 08:30:00Z";
  const heldBack = { code: "change-window", reason } as const;
  const readyAfter = (outcome: KeyOutcome) =>
    recordAfter(outcome)?.status?.conditions.find(({ type }) => type === "Ready");

  test("waits for the window", () => {
    const outcome = skippedOf({ kind: "nothing-due" }, { ...facts([APPROVED]), heldBack });

    expect(readyAfter(outcome)).toMatchObject({
      reason: "ChangeWindowClosed",
      message: expect.stringContaining(`it waits for ${reason}`),
    });
  });

  test("waits for a function that it depends on, under a reason of its own", () => {
    const dependency = {
      code: "depends-on",
      reason: "orders/db@prod/eu-west-1 (dependsOn): it is suspended",
    } as const;
    const outcome = skippedOf({ kind: "nothing-due" }, { ...facts([APPROVED]), heldBack: dependency });

    expect(readyAfter(outcome)).toMatchObject({
      reason: "WaitingForDependency",
      message: expect.stringContaining(`it waits for ${dependency.reason}`),
    });
  });

  test("waits for nothing but itself if it is a revert", () => {
    const outcome = skippedOf(
      { kind: "nothing-due" },
      { ...facts([APPROVED], { ...BLOCKED, cause: "out-of-band" }), heldBack },
    );

    expect(readyAfter(outcome)?.reason).not.toBe("ChangeWindowClosed");
  });
});
