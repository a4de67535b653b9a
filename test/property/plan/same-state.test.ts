import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { DesiredBinding } from "../../../src/model/desired.ts";
import { applyTo } from "../../support/pass/apply.ts";
import {
  allow,
  caller,
  desiredAccount,
  documentOf,
  NOW_MS,
  OTHER_BOUNDARY,
} from "../../support/pass/bindings.ts";
import { context, driftsOfBinding, planOfBinding } from "../../support/pass/plans.ts";
import {
  accountWith,
  convergedAccount,
  livePolicyOf,
  liveFunctionOf,
  liveRoleOf,
} from "../../support/pass/live-state.ts";
import { FC_RUNS } from "../../support/fc-runs.ts";
import { statements, stateOf, world, bindingOf, startOf, planning } from "./drawn-world.ts";

describe("a state that matches Git", () => {
  const entire = fc.record({
    state: stateOf(statements),
    tags: fc.uniqueArray(fc.constantFrom("a", "b", "c")),
    buckets: fc.uniqueArray(fc.constantFrom("one", "two", "three")),
    qualifier: fc.constantFrom(null, "live"),
  });

  test("never drifts from itself", () => {
    fc.assert(
      fc.property(entire, ({ state, tags, buckets, qualifier }) => {
        const plain = bindingOf(state);
        const added = tags.map((key) => ({ key, value: "x" }));
        const desired: DesiredBinding = {
          ...plain,
          role: { ...plain.role, tags: [...added, ...plain.role.tags] },
          callers: buckets.map((bucket) => caller(bucket, qualifier)),
        };

        const drifts = driftsOfBinding(desired, context(convergedAccount(desired)));

        expect(drifts).toEqual([]);
      }),
      { numRuns: FC_RUNS },
    );
  });

  test("is reached from nothing by one plan", () => {
    fc.assert(
      fc.property(entire, ({ state, tags, buckets }) => {
        const plain = bindingOf({ ...state, attached: [] });
        const desired: DesiredBinding = {
          ...plain,
          role: { ...plain.role, tags: [...tags.map((key) => ({ key, value: "x" })), ...plain.role.tags] },
          callers: buckets.map((bucket) => caller(bucket)),
        };
        const live = accountWith({
          found: liveFunctionOf({ ...desired, callers: [] }),
          policies: [livePolicyOf(OTHER_BOUNDARY, [documentOf(allow("*"))])],
        });

        const plan = planOfBinding(desired, context(live));
        const after = applyTo(live, plan.actions, NOW_MS);

        expect(plan.actions.every((action) => action.due.kind === "now")).toBe(true);
        expect(driftsOfBinding(desired, context(after))).toEqual([]);
      }),
      { numRuns: FC_RUNS },
    );
  });

  test("does not depend on the order in which AWS lists a role's policies", () => {
    fc.assert(
      fc.property(world(statements), fc.infiniteStream(fc.nat()), (drawn, chance) => {
        const start = startOf(drawn);
        const shuffled = (list: readonly string[]) =>
          list
            .map((one) => ({ one, at: chance.next().value }))
            .sort((a, b) => a.at - b.at)
            .map(({ one }) => one);
        const role = liveRoleOf(start.before);
        const extras = shuffled(["one", "two", "three"]).map((name) => ({
          name,
          text: documentOf(allow("sqs:SendMessage")),
        }));
        const sorted = extras.toSorted((a, b) => (a.name < b.name ? -1 : 1));
        const planWith = (inline: typeof extras) => {
          const live = accountWith({
            role: { ...role, inline: [...role.inline, ...inline] },
            policies: drawn.policies,
          });
          return planOfBinding(start.desired, planning(start, { live, account: desiredAccount() }));
        };

        expect(planWith(extras)).toEqual(planWith(sorted));
      }),
      { numRuns: FC_RUNS },
    );
  });
});
