import { beforeEach, describe, expect, test } from "@jest/globals";
import { withSharedPlan } from "../../../../src/controller/pass/shared-plan.ts";
import type { Judged } from "../../../../src/judge/judgement.ts";
import { firstAccountRecord } from "../../../../src/model/records/account-record.ts";
import { outcomeView } from "../../../../src/settle/outcome/outcome-view.ts";
import { convergedAccount, emptyAccount } from "../../../support/pass/live-state.ts";
import { actionOf, BINDING, driftOf, judgedOf, KEY, passOf, planOf } from "../../../support/pass/passes.ts";
import { ReconcileWorld } from "./reconcile-world.ts";

const ACTION = actionOf({ call: "iam:CreateRole" });
const OTHER = actionOf({ call: "iam:DeleteRole" });
const JUDGED = judgedOf({ plan: planOf([ACTION]), drifts: [driftOf()] });

/** The same values in other objects, as the next pass computes them. */
function computedAgain(judged: Judged): Judged {
  return JSON.parse(JSON.stringify(judged)) as Judged;
}

describe("a judgement and what the last pass found", () => {
  test("equal actions and drifts are those of the last pass", () => {
    const { plan, drifts } = withSharedPlan(computedAgain(JUDGED), JUDGED);

    expect(plan.actions).toBe(JUDGED.plan.actions);
    expect(drifts).toBe(JUDGED.drifts);
  });

  test.each([
    ["the same plan and drift", JUDGED],
    ["another plan", judgedOf({ plan: planOf([OTHER]), drifts: [driftOf()] })],
    ["other drift", judgedOf({ plan: planOf([ACTION]), drifts: [driftOf({ tier: "metadata" })] })],
    ["no plan", { plan: null, drifts: [] }],
    ["nothing", undefined],
  ])("after %s it has the same content as before", (_, shown) => {
    expect(withSharedPlan(computedAgain(JUDGED), shown)).toEqual(JUDGED);
  });

  test("a plan of the same calls with another time or risk is the new one", () => {
    const waiting = { ...ACTION, due: { kind: "after-wait" }, risk: "high" } as const;
    const shown = { plan: { ...JUDGED.plan, actions: [waiting] }, drifts: JUDGED.drifts };

    expect(withSharedPlan(computedAgain(JUDGED), shown).plan).toEqual(JUDGED.plan);
  });

  test("the actions that an operator released stay members of the plan's approvable parts", () => {
    const part = { reason: "adds a Deny", actions: [OTHER], digest: planOf([OTHER]).digest };
    const before = judgedOf({ plan: planOf([ACTION], { approvable: [part] }) });
    const again = computedAgain(before);
    const approved = { ...again, released: again.plan.approvable.flatMap(({ actions }) => actions) };

    const { plan, released } = withSharedPlan(approved, before);

    expect(plan.approvable.flatMap(({ actions }) => actions)[0]).toBe(released[0]);
  });
});

describe("a pass after one whose plan waits for approval", () => {
  let world: ReconcileWorld;
  beforeEach(() => {
    world = new ReconcileWorld();
    world.start({ ...emptyAccount(), regions: convergedAccount(BINDING).regions });
  });

  test("has the waiting actions once in memory", async () => {
    const history = { ...passOf().history, record: firstAccountRecord(BINDING.accountId, "prod") };
    const [first] = (await world.run([BINDING], { history })).outcomes;
    const shown = first === undefined ? undefined : outcomeView(first, []);
    if (shown?.kind !== "judged") throw new Error("the binding was not judged");

    const [second] = (await world.run([BINDING], { history, shown: new Map([[KEY, shown]]) })).outcomes;

    expect(shown.plan.actions).not.toEqual([]);
    expect(second !== undefined && "judged" in second && second.judged.plan.actions).toBe(shown.plan.actions);
  });
});
