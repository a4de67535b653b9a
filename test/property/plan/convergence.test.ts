import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Action } from "../../../src/model/plan.ts";
import { NOW_MS } from "../../support/pass/bindings.ts";
import { driftsOfBinding, planOfBinding } from "../../support/pass/plans.ts";
import { FC_RUNS, LAW_TIMEOUT_MS } from "../../support/fc-runs.ts";
import { statements, kills, world, startOf, planning, passesOf } from "./drawn-world.ts";

function named(actions: readonly Action[]): readonly string[] {
  return actions.map(({ call, input, after }) => JSON.stringify([call, input, after]));
}

/** `few` in the order of `many`. */
function isOrderedSubset(few: readonly string[], many: readonly string[]): boolean {
  let from = 0;
  return few.every((one) => {
    const at = many.indexOf(one, from);
    from = at + 1;
    return at !== -1;
  });
}

describe("convergence", () => {
  test(
    "follows a crash after any prefix, and then a second plan is empty",
    () => {
      fc.assert(
        fc.property(world(statements), kills, (drawn, cut) => {
          const start = startOf(drawn);
          const first = planOfBinding(start.desired, planning(start));
          fc.pre(first.withheld.length === 0);

          const live = passesOf(start, cut).at(-1)?.after ?? start.live;

          expect(driftsOfBinding(start.desired, planning(start, { live }))).toEqual([]);
        }),
        { numRuns: FC_RUNS },
      );
    },
    LAW_TIMEOUT_MS,
  );

  test(
    "makes only writes of the first plan in its order, so that an approval covers them to the end",
    () => {
      fc.assert(
        fc.property(world(statements), kills, (drawn, cut) => {
          const start = startOf(drawn);
          const first = planOfBinding(start.desired, planning(start));
          fc.pre(first.withheld.length === 0);

          const made = passesOf(start, cut).flatMap((pass) => pass.made);

          expect(isOrderedSubset(named(made), named(first.actions))).toBe(true);
        }),
        { numRuns: FC_RUNS },
      );
    },
    LAW_TIMEOUT_MS,
  );

  test(
    "has a digest that does not change with time",
    () => {
      fc.assert(
        fc.property(world(statements), fc.nat(7_200_000), (drawn, laterMs) => {
          const start = startOf(drawn);

          const now = planOfBinding(start.desired, planning(start));
          const later = planOfBinding(start.desired, planning(start, { nowMs: NOW_MS + laterMs }));

          expect(later.digest).toBe(now.digest);
        }),
        { numRuns: FC_RUNS },
      );
    },
    LAW_TIMEOUT_MS,
  );
});
