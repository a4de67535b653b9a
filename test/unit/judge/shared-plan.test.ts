import { describe, expect, test } from "@jest/globals";
import { recentWrites } from "../../../src/diff/drift/recent-writes.ts";
import { judge } from "../../../src/judge/judge.ts";
import type { KeyJudgement } from "../../../src/judge/judgement.ts";
import type { ShownPlan } from "../../../src/judge/inputs.ts";
import { withSharedPlan, type PlannedSubject } from "../../../src/judge/plan-subject.ts";
import { emptyKeyRecord } from "../../../src/model/keys/key-record.ts";
import { NOW_MS } from "../../support/pass/bindings.ts";
import { convergedAccount } from "../../support/pass/live-state.ts";
import { actionOf, BINDING, driftOf, KEY, passOf, planOf, subjectOf } from "../../support/pass/passes.ts";

const ACTION = actionOf({ call: "iam:CreateRole" });
const OTHER = actionOf({ call: "iam:DeleteRole" });
const SHOWN: ShownPlan = { plan: planOf([ACTION]), drifts: [driftOf()] };
const COMPARED = {
  kind: "compared",
  drifts: SHOWN.drifts,
  leftAlone: [],
  notes: [],
  waitsForFunction: false,
  unread: [],
} as const;
const PLANNED: PlannedSubject = { kind: "planned", comparison: COMPARED, plan: planOf([ACTION]) };
const UNKNOWN: PlannedSubject = { kind: "unknown", reason: "not read" };

/** The same values in other objects, as the next pass computes them. */
function computedAgain(planned: PlannedSubject): PlannedSubject {
  return JSON.parse(JSON.stringify(planned)) as PlannedSubject;
}

describe("a plan that is computed again", () => {
  test("has the actions and drifts that are shown, if they are equal", () => {
    const planned = withSharedPlan(computedAgain(PLANNED), SHOWN);

    expect(planned.kind === "planned" && planned.plan.actions).toBe(SHOWN.plan?.actions);
    expect(planned.kind === "planned" && planned.comparison.drifts).toBe(SHOWN.drifts);
  });

  test.each([
    ["the same plan and drift", PLANNED, SHOWN],
    ["another plan", PLANNED, { ...SHOWN, plan: planOf([OTHER]) }],
    [
      "the same calls at another time",
      PLANNED,
      { ...SHOWN, plan: planOf([{ ...ACTION, due: { kind: "after-wait" } }]) },
    ],
    ["other drift", PLANNED, { ...SHOWN, drifts: [driftOf({ tier: "metadata" })] }],
    ["no plan", PLANNED, { plan: null, drifts: [] }],
    ["nothing", PLANNED, undefined],
    ["a plan, while AWS was not read", UNKNOWN, SHOWN],
  ] as const)("after %s has the same content as before", (_, planned, shown) => {
    expect(withSharedPlan(computedAgain(planned), shown)).toEqual(planned);
  });
});

describe("a pass after one whose plan waits for approval", () => {
  function judged(shown: ReadonlyMap<typeof KEY, ShownPlan>): KeyJudgement {
    const live = { ...convergedAccount(BINDING), roles: new Map() };
    const context = { ...passOf([BINDING], { shown }), live, writes: recentWrites([]), nowMs: NOW_MS };
    const [found] = judge(context, [subjectOf(emptyKeyRecord(KEY))]).judged;
    if (found === undefined) throw new Error("the binding was not judged");
    return found;
  }

  test("has the waiting actions once in memory", () => {
    const first = judged(new Map());
    const second = judged(new Map([[KEY, first]]));

    expect(first.plan.actions).not.toEqual([]);
    expect(second.plan.actions).toBe(first.plan.actions);
    expect(second).toEqual(first);
  });
});
