import { describe, expect, test } from "@jest/globals";
import { judgePlans, type PlansContext } from "../../../src/judge/judge-plans.ts";
import { digestOfSet } from "../../../src/model/values/digest.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import type { KeyPlan } from "../../../src/model/plan.ts";
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

  test.each<{ plans: readonly KeyPlan[]; facts: Partial<PlansContext>; code: string; because: string }>([
    {
      plans: [creating("a")],
      facts: {},
      code: "first-enforcing-pass",
      because: "a new record without roles of ours in AWS",
    },
    {
      plans: [creating("a"), modifying("b")],
      facts: {},
      code: "lost-database",
      because: "a new record, but a role of ours exists",
    },
    {
      plans: [creating("a"), planOf(functionKey("b"), [])],
      facts: {},
      code: "lost-database",
      because: "a new record, but a role of ours matches Git",
    },
    {
      plans: [
        creating("a"),
        planOf(functionKey("b"), [], {
          withheld: [{ kind: "ownership-conflict", subject: "arn", reason: "theirs", fix: null }],
        }),
      ],
      facts: {},
      code: "first-enforcing-pass",
      because: "a role of another owner proves nothing",
    },
    {
      plans: [creating("a"), planOf("policy/222222222222/orders/p" as Key, [])],
      facts: {},
      code: "first-enforcing-pass",
      because: "a policy is shared and proves nothing",
    },
    {
      plans: [creating("a"), modifying("b")],
      facts: { namespaceBindings: new Map([["orders", 1]]) },
      code: "first-enforcing-pass",
      because: "this record applied some of them itself",
    },
    {
      plans: [creating("a"), modifying("b")],
      facts: { account: NOT_STARTED },
      code: "first-enforcing-pass",
      because: "an old record and a new account",
    },
  ])("$because", ({ plans, facts, code }) => {
    const context = plansContext(plans, {
      account: { ...NOT_STARTED, freshDatabase: true },
      namespaceBindings: new Map(),
      ...facts,
    });

    expect(judgePlans(context).get(functionKey("a"))).toMatchObject({ kind: "hold", code });
  });

  test("the reason names the first run, and the facts missing from the record", () => {
    const account = { ...NOT_STARTED, freshDatabase: true };
    const context = plansContext([modifying("a")], { account, namespaceBindings: new Map() });

    expect(judgePlans(context).get(functionKey("a"))).toMatchObject({
      reason:
        "first enforcing run, and AWS has roles of this instance that are not in the record: suspensions may have been lost",
    });
  });

  test("a new record holds nothing once the account has started", () => {
    expect(
      counts(plans.slice(0, 3), { account: { started: true, freshDatabase: true, catalogueChanged: false } }),
    ).toEqual({ allow: 3 });
  });
});
