import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Action } from "../../../src/model/plan.ts";
import { applyTo } from "../../support/pass/apply.ts";
import { NOW_MS } from "../../support/pass/bindings.ts";
import { planOfBinding } from "../../support/pass/plans.ts";
import { allows, type EvaluatedRole } from "../../support/policies/evaluator.ts";
import { FC_RUNS, LAW_TIMEOUT_MS } from "../../support/fc-runs.ts";
import {
  ACTIONS,
  RESOURCES,
  statements,
  allowOnly,
  kills,
  world,
  evaluated,
  startOf,
  planning,
  passesOf,
} from "./drawn-world.ts";

const REQUESTS = ACTIONS.flatMap((action) => RESOURCES.map((resource) => ({ action, resource })));

/** Requests that both states allow and this one does not, or that this one allows and neither state does. */
function violations(seen: EvaluatedRole, first: EvaluatedRole, last: EvaluatedRole): readonly unknown[] {
  return REQUESTS.filter((request) => {
    const [now, was, willBe] = [seen, first, last].map((role) => allows(role, request));
    return was === willBe && now !== was;
  });
}

describe("the law for every prefix of a plan", () => {
  test.each([
    { documents: allowOnly, because: "documents with Allow only" },
    { documents: statements, because: "documents with Allow and Deny" },
  ])(
    "no prefix revokes what both states allow or grants what neither does: $because",
    ({ documents }) => {
      fc.assert(
        fc.property(world(documents), (drawn) => {
          const start = startOf(drawn);
          const plan = planOfBinding(start.desired, planning(start));

          for (let count = 0; count <= plan.actions.length; count += 1) {
            const live = applyTo(start.live, plan.actions.slice(0, count), NOW_MS);
            expect(violations(evaluated(live), evaluated(start.live), start.wanted)).toEqual([]);
          }
        }),
        { numRuns: FC_RUNS },
      );
    },
    LAW_TIMEOUT_MS,
  );

  test.each([
    { documents: allowOnly, because: "documents with Allow only" },
    { documents: statements, because: "documents with Allow and Deny" },
  ])(
    "recent writes may become visible in any order after any kill: $because",
    ({ documents }) => {
      const oneBoundary = world(documents).map((drawn) => ({
        ...drawn,
        to: { ...drawn.to, boundary: drawn.from.boundary },
      }));
      fc.assert(
        fc.property(oneBoundary, kills, (drawn, cut) => {
          const start = startOf(drawn);

          for (const { settled, onTheWay } of passesOf(start, cut)) {
            for (const arrived of arrivals(onTheWay)) {
              const seen = evaluated(applyTo(settled, arrived, NOW_MS));
              expect(violations(seen, evaluated(start.live), start.wanted)).toEqual([]);
            }
          }
        }),
        { numRuns: FC_RUNS },
      );
    },
    LAW_TIMEOUT_MS,
  );
});

/** Every choice of writes that keeps the order of those to one object. */
function arrivals(actions: readonly Action[]): readonly (readonly Action[])[] {
  const objects = [...Map.groupBy(actions, objectOf).values()];
  const partial = objects.map((writes) =>
    Array.from({ length: writes.length + 1 }, (_, count) => writes.slice(0, count)),
  );
  return partial.reduce<readonly (readonly Action[])[]>(
    (chosen, choices) => chosen.flatMap((some) => choices.map((more) => [...some, ...more])),
    [[]],
  );
}

function objectOf({ call, input }: Action): string {
  return JSON.stringify([call.replace(/Put|Delete|Attach|Detach/, ""), input["PolicyArn"]]);
}
