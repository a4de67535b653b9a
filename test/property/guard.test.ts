import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { judgePlans, type PlansContext } from "../../src/judge/judge-plans.ts";
import { actionDigest, planDigest, type KeyPlan } from "../../src/model/plan.ts";
import { digestOfSet } from "../../src/model/values/digest.ts";
import type { Key } from "../../src/model/keys/key.ts";
import type { Verdict } from "../../src/model/verdict.ts";
import { FC_RUNS } from "../support/fc-runs.ts";
import { action, approvalOf, finding, functionKey, plansContext, reverting } from "../unit/judge/plans.ts";

/** Plans from few keys and few actions, so that limits, approvals and findings meet. */
const cause = fc.constantFrom<"revision" | "out-of-band" | "initial">("revision", "out-of-band", "initial");
const purpose = fc.constantFrom<KeyPlan["purpose"]>("converge", "converge", "delete", "undo");

const key = fc
  .tuple(fc.integer({ min: 0, max: 30 }), fc.constantFrom("orders", "search"))
  .map(([at, namespace]) => functionKey(`f-${at}`, namespace));

const plan: fc.Arbitrary<KeyPlan> = fc
  .tuple(key, purpose, fc.array(fc.tuple(cause, fc.constantFrom("1", "2", "3")), { maxLength: 3 }))
  .map(([key, purpose, drawn]) => {
    const actions = drawn.map(([cause, name]) => action(key, { cause, input: { RoleName: name } }));
    return {
      key,
      purpose,
      actions,
      approvable: [],
      withheld: [],
      digest: planDigest(key, { actions }),
      nextDueMs: null,
    };
  });

const plans = fc.uniqueArray(plan, { selector: ({ key }) => key, maxLength: 30 });

const account = fc.record({
  started: fc.boolean(),
  isRecordLost: fc.boolean(),
  catalogueChanged: fc.boolean(),
});
const limits = fc.record({
  deletes: fc.integer({ min: 0, max: 4 }),
  changedCount: fc.integer({ min: 0, max: 6 }),
  changedShare: fc.constantFrom(0, 0.2, 0.5),
});

const context: fc.Arbitrary<PlansContext> = fc
  .tuple(plans, account, limits, fc.uniqueArray(key, { maxLength: 4 }), fc.nat())
  .map(([plans, account, limits, broken, approvedUpTo]) =>
    plansContext(plans, {
      account,
      limits,
      findings: new Map(broken.map((key) => [key, [finding(key)]])),
      approvals: [approvalOf(plans.slice(0, approvedUpTo % 5))],
      namespaceBindings: new Map([["orders", 20]]),
    }),
  );

function held(
  verdicts: ReadonlyMap<Key, Verdict>,
): readonly (readonly [Key, Verdict & { readonly kind: "hold" }])[] {
  return [...verdicts].flatMap(([key, verdict]) =>
    verdict.kind === "hold" ? [[key, verdict] as const] : [],
  );
}

describe("judging plans", () => {
  test("gives every plan one verdict, so that no action is permitted while another of its plan is withheld", () => {
    fc.assert(
      fc.property(context, (context) => {
        const verdicts = judgePlans(context);

        expect([...verdicts.keys()]).toEqual(context.plans.map(({ key }) => key));
      }),
      { numRuns: FC_RUNS },
    );
  });

  test("does not depend on the order of plans and approvals", () => {
    const permuted = context.chain((given) =>
      fc
        .shuffledSubarray([...given.plans], { minLength: given.plans.length })
        .map((plans) => [given, { ...given, plans, approvals: given.approvals.toReversed() }] as const),
    );
    fc.assert(
      fc.property(permuted, ([given, other]) => {
        const [one, two] = [judgePlans(given), judgePlans(other)];

        for (const [key, verdict] of one) expect(two.get(key)).toEqual(verdict);
      }),
      { numRuns: FC_RUNS },
    );
  });

  test("names a pending approval by the digest of exactly the plans that it holds", () => {
    fc.assert(
      fc.property(context, (context) => {
        const byKey = new Map(context.plans.map((plan) => [plan.key, plan.digest]));
        const bySubject = Map.groupBy(held(judgePlans(context)), ([, verdict]) => verdict.subject);

        for (const [subject, members] of bySubject) {
          expect(digestOfSet(members.flatMap(([key]) => byKey.get(key) ?? []))).toBe(subject);
          expect(new Set(members.map(([, verdict]) => verdict.code)).size).toBe(1);
        }
      }),
      { numRuns: FC_RUNS },
    );
  });

  test("permits exactly the approved plans, after any part of the work too", () => {
    const some = fc.tuple(context, fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }));
    fc.assert(
      fc.property(some, ([context, done]) => {
        const waiting = new Set(held(judgePlans(context)).map(([key]) => key));
        const approval = approvalOf(context.plans.filter(({ key }) => waiting.has(key)));
        const left = context.plans.map((plan) => {
          const actions = waiting.has(plan.key)
            ? plan.actions.filter((_, at) => done[at] !== true)
            : plan.actions;
          return { ...plan, actions, digest: planDigest(plan.key, { actions }) };
        });

        const after = judgePlans({ ...context, plans: left, approvals: [...context.approvals, approval] });

        expect(held(after)).toEqual([]);
        for (const digest of Object.values(approval.actions).flat()) {
          expect(context.plans.flatMap(({ actions }) => actions.map(actionDigest))).toContain(digest);
        }
      }),
      { numRuns: FC_RUNS },
    );
  });

  test("never holds the reverts of tampering, regardless of simultaneous changes in Git", () => {
    const tampered = fc.uniqueArray(fc.integer({ min: 100, max: 200 }), { maxLength: 40 });
    fc.assert(
      fc.property(context, tampered, (given, names) => {
        const reverts = names.map((name) => reverting(`f-${name}`));
        const started = { ...given, account: { ...given.account, started: true } };

        const verdicts = judgePlans({ ...started, plans: [...given.plans, ...reverts] });

        for (const { key } of reverts) expect(verdicts.get(key)).toEqual({ kind: "allow" });
        const without = judgePlans(started);
        for (const { key } of given.plans) expect(verdicts.get(key)).toEqual(without.get(key));
      }),
      { numRuns: FC_RUNS },
    );
  });

  test("refuses exactly what the content rules block", () => {
    fc.assert(
      fc.property(context, (context) => {
        for (const { key, purpose } of context.plans) {
          const isBlocked = purpose === "converge" && context.findings.has(key);
          expect(judgePlans(context).get(key)?.kind === "refuse").toBe(isBlocked);
        }
      }),
      { numRuns: FC_RUNS },
    );
  });
});
