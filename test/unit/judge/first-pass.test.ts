import { describe, expect, test } from "@jest/globals";
import { judgePlans } from "../../../src/judge/judge-plans.ts";
import { digestOfSet } from "../../../src/model/values/digest.ts";
import {
  approvalOf,
  creating,
  deleting,
  functionKey,
  modifying,
  planOf,
  plansContext,
  reverting,
  NOT_STARTED,
} from "./plans.ts";
import { counts } from "./counted.ts";

describe("the first enforcing pass", () => {
  const plans = [
    modifying("a"),
    reverting("b"),
    creating("c"),
    deleting("d"),
    { ...modifying("e"), purpose: "undo" as const },
  ];

  test("holds everything that has actions, as one set", () => {
    const done = planOf(functionKey("z"), []);

    const verdicts = judgePlans(plansContext([...plans, done], { account: NOT_STARTED }));

    const subject = digestOfSet(plans.map(({ digest }) => digest));
    for (const { key } of plans)
      expect(verdicts.get(key)).toMatchObject({ kind: "hold", code: "first-enforcing-pass", subject });
    expect(verdicts.get(done.key)).toMatchObject({ kind: "allow" });
  });

  test("approved plans run, and the rest is held under a new digest", () => {
    const [a, ...rest] = plans;
    if (a === undefined) throw new Error("no plan");

    const verdicts = judgePlans(plansContext(plans, { account: NOT_STARTED, approvals: [approvalOf([a])] }));

    expect(verdicts.get(a.key)).toMatchObject({ kind: "allow" });
    const subject = digestOfSet(rest.map(({ digest }) => digest));
    for (const { key } of rest) expect(verdicts.get(key)).toMatchObject({ subject });
  });

  test.each([
    { isRecordLost: false, code: "first-enforcing-pass" },
    { isRecordLost: true, code: "lost-database" },
  ])("has the code $code if a record is lost: $isRecordLost", ({ isRecordLost, code }) => {
    const context = plansContext([creating("a"), modifying("b")], {
      account: { ...NOT_STARTED, isRecordLost },
    });

    expect(judgePlans(context).get(functionKey("a"))).toMatchObject({ kind: "hold", code });
  });

  test("the reason names the first run, and the facts missing from the record", () => {
    const account = { ...NOT_STARTED, isRecordLost: true };
    const context = plansContext([modifying("a")], { account, namespaceBindings: new Map() });

    expect(judgePlans(context).get(functionKey("a"))).toMatchObject({
      reason:
        "first enforcing run, and AWS has roles of this instance that the record did not write: suspensions may have been lost",
    });
  });

  test("a new record holds nothing once the account has started", () => {
    expect(
      counts(plans.slice(0, 3), { account: { started: true, isRecordLost: true, catalogueChanged: false } }),
    ).toEqual({ allow: 3 });
  });
});
