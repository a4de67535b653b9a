import { describe, expect, test } from "@jest/globals";
import { judgePlans, type PlansContext } from "../../../src/judge/judge-plans.ts";
import { digestOfSet } from "../../../src/model/values/digest.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import { type KeyPlan } from "../../../src/model/plan.ts";
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
  NOT_STARTED,
} from "./plans.ts";

/** `allow` or the code, with how many plans have it. */
function counts(
  plans: readonly KeyPlan[],
  facts: Partial<PlansContext> = {},
): Readonly<Record<string, number>> {
  const verdicts = [...judgePlans(plansContext(plans, facts)).values()];
  const codes = verdicts.map((verdict) => (verdict.kind === "hold" ? verdict.code : verdict.kind));
  return Object.fromEntries([...Map.groupBy(codes, (code) => code)].map(([code, all]) => [code, all.length]));
}
const UPGRADED = { started: true, freshDatabase: false, catalogueChanged: true };

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
    expect(verdicts.get(done.key)).toEqual({ kind: "allow" });
  });

  test("approved plans run, and the rest is held under a new digest", () => {
    const [a, ...rest] = plans;
    if (a === undefined) throw new Error("no plan");

    const verdicts = judgePlans(plansContext(plans, { account: NOT_STARTED, approvals: [approvalOf([a])] }));

    expect(verdicts.get(a.key)).toEqual({ kind: "allow" });
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
