import { describe, expect, test } from "@jest/globals";
import { denied, toConditions, assessUnread } from "../../../src/settle/conditions/conditions.ts";
import type { Drift } from "../../../src/model/drift.ts";
import type { Condition } from "../../../src/model/status.ts";
import { awsError } from "../../support/fakes/fake-aws.ts";
import { driftOf, HELD, planOf, skippedOf, writtenOf } from "../../support/pass/passes.ts";
import type { KeyOutcome } from "../../../src/settle/outcome/outcome.ts";
import { ROWS } from "./condition-rows.ts";
import {
  ACTIONS,
  DRIFT,
  EARLY,
  LATE,
  SUSPENSION,
  UNDER_WAY,
  apart,
  assessed,
  conditionTexts,
  withheldOutcome,
} from "./condition-facts.ts";

describe("a key of which a part could not be read", () => {
  const unread = ["function orders-api: region eu-west-1 is off"];

  test.each<{ readonly outcome: KeyOutcome; readonly because: string }>([
    { outcome: skippedOf({ kind: "nothing-due" }, { unread }), because: "nothing else differs" },
    { outcome: skippedOf({ kind: "observe" }, { unread }), because: "it is only observed" },
    {
      outcome: writtenOf({}, { readBack: { kind: "seen", drifts: [], unread, plan: planOf() } }),
      because: "the read-back was incomplete",
    },
  ])("never counts as matching Git: $because", ({ outcome }) => {
    const { sync, ready, drifted } = assessed(outcome);

    expect([sync, drifted]).toEqual(["Unknown", "as-before"]);
    expect(conditionTexts(outcome)).toEqual(UNDER_WAY);
    expect(ready.message).toBe(`some parts could not be read: ${unread[0]}`);
  });

  test("still shows why the rest does not match", () => {
    const outcome = skippedOf({ kind: "nothing-due" }, { ...apart, unread, verdict: HELD });

    expect(conditionTexts(outcome)).toMatchObject({ Ready: "False AwaitingApproval", ...DRIFT });
    expect(assessed(outcome).sync).toBe("OutOfSync");
  });
});

describe("a suspended key", () => {
  test("is Suspended with every other finding, and reconciles nothing", () => {
    const outcome = skippedOf({ kind: "suspended", suspension: SUSPENSION }, apart);

    expect(conditionTexts(outcome, SUSPENSION)).toEqual({
      Ready: "Unknown Progressing",
      ...DRIFT,
      Suspended: "True Suspended",
      kstatus: "InProgress",
    });
  });

  test.each(ROWS)("is Suspended when $because", ({ outcome }) => {
    expect(conditionTexts(outcome, SUSPENSION)).toMatchObject({ Suspended: "True Suspended" });
  });

  test("names the operator, the end and the reason", () => {
    expect(assessed(skippedOf({ kind: "nothing-due" }), SUSPENSION).suspended?.message).toBe(
      'until 2026-10-01 12:00:00Z by dana: "INC-1"',
    );
  });
});

describe("the conditions over time", () => {
  const at = (drifts: readonly Drift[], before: readonly Condition[], now: string): readonly Condition[] =>
    toConditions(assessed(skippedOf({ kind: "observe" }, { drifts })), before, now);

  test("the transition time moves with the status", () => {
    const before = at([], [], EARLY);

    const after = at([driftOf()], before, LATE);

    expect(after.map(({ type, lastTransitionTime }) => [type, lastTransitionTime])).toEqual([
      ["Drifted", LATE],
      ["Ready", EARLY],
    ]);
  });

  test("a failed read keeps the known Drifted and Stalled conditions", () => {
    const before = toConditions(assessed(withheldOutcome("quota")), [], EARLY);

    const after = toConditions(assessUnread("region eu-west-1 is off", undefined), before, LATE);

    for (const type of ["Drifted", "Stalled"]) {
      const kept = before.find((condition) => condition.type === type);
      expect(after.find((condition) => condition.type === type)).toBe(kept);
    }
  });

  test("a failed read adds no Drifted or Stalled condition", () => {
    const types = toConditions(assessUnread("x", undefined), [], LATE).map(({ type }) => type);

    expect(types).toEqual(["Ready", "Reconciling"]);
  });

  test("an account that denies reads never stalls its keys", () => {
    const before = toConditions(assessed(withheldOutcome("quota")), [], EARLY);

    const after = toConditions(denied(awsError("circuit"), undefined), before, LATE);

    expect(after.map(({ type, status, reason }) => `${type} ${status} ${reason}`)).toEqual([
      "Drifted True DriftDetected",
      "Ready False AccessDenied",
      "Reconciling True ProgressingWithRetry",
    ]);
  });

  test("a held plan is described by its pending approval, not by the rest of its undo", () => {
    const undone = writtenOf(
      { ...apart, verdict: HELD, undo: ACTIONS },
      { readBack: { kind: "seen", drifts: [driftOf({ cause: "revision" })], unread: [], plan: planOf() } },
    );
    const held = skippedOf(
      { kind: "nothing-due" },
      { ...apart, drifts: [driftOf({ cause: "revision" })], verdict: HELD },
    );

    expect(conditionTexts(undone)).toEqual(conditionTexts(held));
  });
});
