import { describe, expect, test } from "@jest/globals";
import { judgePlans, type PlansContext } from "../../../src/judge/judge-plans.ts";
import { digestOfSet } from "../../../src/model/values/digest.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import type { KeyPlan } from "../../../src/model/plan.ts";
import {
  action,
  approvalOf,
  creating,
  deleting,
  functionKey,
  modifying,
  names,
  planOf,
  plansContext,
  reverting,
  many,
} from "./plans.ts";
import { counts } from "./counted.ts";

const UPGRADED = { started: true, isRecordLost: false, catalogueChanged: true };

describe("limits", () => {
  const keys = (count: number): ReadonlySet<Key> =>
    new Set(names(count).map((name) => functionKey(`before-${name}`)));

  test.each<{ plans: readonly KeyPlan[]; facts?: Partial<PlansContext>; verdicts: object; because: string }>([
    { plans: many(3, deleting), verdicts: { allow: 3 }, because: "as many deletes as the limit" },
    { plans: many(4, deleting), verdicts: { "limit-deletes": 4 }, because: "one delete past the limit" },
    {
      plans: [...many(2, deleting), ...names(2).map((name) => deleting(name, "search"))],
      verdicts: { allow: 4 },
      because: "each namespace is counted separately",
    },
    {
      plans: [...many(2, deleting), ...names(2).map((name) => deleting(name, "search"))],
      facts: { teamLimits: new Map([["orders", { deletes: 1 }]]) },
      verdicts: { "limit-deletes": 2, allow: 2 },
      because: "the limit of a Team counts for its namespace alone",
    },
    {
      plans: many(4, deleting),
      facts: { teamLimits: new Map([["orders", { deletes: 9 }]]) },
      verdicts: { "limit-deletes": 4 },
      because: "a Team cannot exceed the operator's limit",
    },
    {
      plans: many(2, modifying),
      facts: { teamLimits: new Map([["orders", { changedCount: 1, changedShare: 0 }]]) },
      verdicts: { "limit-changes": 2 },
      because: "a Team may limit changes as well",
    },
    {
      plans: many(2, deleting),
      facts: { deletedAlready: new Map([["orders", keys(2)]]) },
      verdicts: { "limit-deletes": 2 },
      because: "deletes of earlier passes count",
    },
    {
      plans: [modifying("f")],
      facts: { deletedAlready: new Map([["orders", keys(9)]]) },
      verdicts: { allow: 1 },
      because: "earlier deletes hold no other plan",
    },
    { plans: many(10, modifying), verdicts: { allow: 10 }, because: "as many changes as the count" },
    {
      plans: many(11, modifying),
      verdicts: { "limit-changes": 11 },
      because: "one change past the count, more than the share",
    },
    {
      plans: many(11, modifying),
      facts: { namespaceBindings: new Map([["orders", 55]]) },
      verdicts: { allow: 11 },
      because: "exactly the share of a large namespace",
    },
    {
      plans: many(12, modifying),
      facts: { namespaceBindings: new Map([["orders", 55]]) },
      verdicts: { "limit-changes": 12 },
      because: "more than the share of a large namespace",
    },
    {
      plans: many(11, modifying),
      facts: { namespaceBindings: new Map() },
      verdicts: { "limit-changes": 11 },
      because: "a namespace without a record",
    },
    {
      plans: many(6, modifying),
      facts: { changedAlready: new Map([["orders", keys(6)]]) },
      verdicts: { "limit-changes": 6 },
      because: "changes of earlier passes count",
    },
    {
      plans: many(10, modifying),
      facts: { changedAlready: new Map([["orders", new Set(names(10).map((name) => functionKey(name)))]]) },
      verdicts: { allow: 10 },
      because: "a key counts once",
    },
    {
      plans: [planOf("policy/222222222222/orders/p" as Key, [action("policy/222222222222/orders/p" as Key)])],
      facts: { changedAlready: new Map([["orders", keys(15)]]) },
      verdicts: { allow: 1 },
      because: "a ManagedPolicy is not a binding",
    },
    {
      plans: many(9, modifying),
      facts: {
        changedAlready: new Map([
          ["orders", new Set(["policy/222222222222/orders/p" as Key, "policy/222222222222/orders/q" as Key])],
        ]),
      },
      verdicts: { allow: 9 },
      because: "a ManagedPolicy of an earlier pass is not a binding",
    },
    {
      plans: many(30, creating),
      verdicts: { allow: 30 },
      because: "a first creation is not counted",
    },
    {
      plans: [...many(30, reverting), modifying("g")],
      verdicts: { allow: 31 },
      because: "a revert is not counted",
    },
    {
      plans: names(30).map((name) => ({ ...modifying(name), purpose: "undo" as const })),
      verdicts: { allow: 30 },
      because: "undo plans are not counted",
    },
    {
      plans: names(30).map((name) => planOf(functionKey(name), [])),
      verdicts: { allow: 30 },
      because: "a plan without actions is not counted",
    },
    {
      plans: [...many(9, modifying), ...["x", "y"].map((name) => deleting(name))],
      verdicts: { "limit-changes": 11 },
      because: "a delete is a change as well",
    },
    {
      plans: [...many(7, modifying), ...["w", "x", "y", "z"].map((name) => deleting(name))],
      verdicts: { "limit-deletes": 4, "limit-changes": 7 },
      because: "a plan is held once",
    },
  ])("$because", ({ plans, facts = {}, verdicts }) => {
    expect(counts(plans, facts)).toEqual(verdicts);
  });

  test("plans over a limit are held under the digest of their set, and the rest runs", () => {
    const [over, rest] = [many(4, deleting), [modifying("a"), creating("b"), reverting("c")]];

    const verdicts = judgePlans(plansContext([...over, ...rest]));

    const subject = digestOfSet(over.map(({ digest }) => digest));
    const reason = "would delete 4 of namespace orders, limit 3";
    for (const { key } of over)
      expect(verdicts.get(key)).toEqual({ kind: "hold", code: "limit-deletes", reason, subject });
    for (const { key } of rest) expect(verdicts.get(key)).toEqual({ kind: "allow" });
  });

  test("the message about changes states the total", () => {
    const [verdict] = judgePlans(plansContext(many(11, modifying))).values();

    expect(verdict).toMatchObject({
      reason: "would change 11 of 20 functions of namespace orders, limit 10 and 20 %",
    });
  });
});

describe("a changed catalogue", () => {
  test("holds its changes, and no revert", () => {
    const undo = { ...modifying("d"), purpose: "undo" as const };

    const verdicts = judgePlans(
      plansContext([modifying("a"), reverting("b"), creating("c"), undo, deleting("e")], {
        account: UPGRADED,
      }),
    );

    expect([...verdicts.values()].map((verdict) => verdict.kind)).toEqual([
      "hold",
      "allow",
      "allow",
      "allow",
      "hold",
    ]);
    expect(verdicts.get(functionKey("a"))).toMatchObject({ code: "catalogue-changed" });
  });

  test("comes before the limits: one approval is enough", () => {
    expect(counts(many(12, modifying), { account: UPGRADED })).toEqual({ "catalogue-changed": 12 });
    expect(
      counts(many(12, modifying), { account: UPGRADED, approvals: [approvalOf(many(12, modifying))] }),
    ).toEqual({ allow: 12 });
  });
});
