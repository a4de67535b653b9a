import { describe, expect, test } from "@jest/globals";
import { byStep, isAwaited, stepNumber, type PlanStep } from "../../../../src/plan/order/steps.ts";

/** The numbers in records of version 0.1.0. */
const NUMBERS = {
  "write-policy": 1,
  "create-role": 2,
  restore: 3,
  "narrow-boundary": 4,
  "write-trust": 5,
  add: 6,
  "set-function-role": 8,
  remove: 10,
  "widen-boundary": 11,
  "update-settings": 12,
  delete: 13,
} as const satisfies Record<PlanStep, number>;

const STEPS = Object.keys(NUMBERS) as PlanStep[];

describe("the steps of a plan", () => {
  test.each(Object.entries(NUMBERS))("step %s keeps its number %i in records", (step, number) => {
    expect(stepNumber(step as PlanStep)).toBe(number);
  });

  test("the table lists the steps in their order", () => {
    const shuffled = STEPS.toReversed().map((step) => ({ step }));

    expect(shuffled.toSorted(byStep).map(({ step }) => step)).toEqual(STEPS);
  });

  test.each([
    { step: "restore", awaited: [], because: "an exposure ends without a wait" },
    { step: "add", awaited: [], because: "an addition depends on no other write" },
    {
      step: "set-function-role",
      awaited: ["write-policy", "create-role", "restore", "narrow-boundary", "write-trust", "add"],
      because: "a function gets a role that has fully propagated",
    },
    {
      step: "remove",
      awaited: [
        "write-policy",
        "create-role",
        "restore",
        "narrow-boundary",
        "write-trust",
        "add",
        "set-function-role",
      ],
      because: "a replacement has fully propagated before the permission is removed",
    },
  ] as const)("$step: $because", ({ step, awaited }) => {
    expect(STEPS.filter((earlier) => isAwaited(stepNumber(earlier), step))).toEqual(awaited);
  });

  test.each(["widen-boundary", "update-settings", "delete"] as const)(
    "%s waits for the same writes as a removal, but not for removals",
    (step) => {
      const awaitedBy = (later: PlanStep): readonly PlanStep[] =>
        STEPS.filter((earlier) => isAwaited(stepNumber(earlier), later));

      expect(awaitedBy(step)).toEqual(awaitedBy("remove"));
    },
  );
});
