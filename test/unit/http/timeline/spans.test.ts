import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { coveredSteps, ownersInSteps, within, without } from "../../../../src/http/present/timeline/spans.ts";

const PERIOD = { fromMs: 0, toMs: 100, stepMs: 10 };
const of = (owner: string, fromMs: number, toMs: number) => ({ owner, fromMs, toMs });

test("the part of a span within another is empty where they only touch", () => {
  expect(within({ fromMs: 0, toMs: 5 }, { fromMs: 3, toMs: 9 })).toEqual({ fromMs: 3, toMs: 5 });
  expect(within({ fromMs: 0, toMs: 5 }, { fromMs: 5, toMs: 9 })).toBeNull();
});

test.each([
  { others: [], left: [[0, 10]], because: "nothing is taken" },
  {
    others: [[2, 4]],
    left: [
      [0, 2],
      [4, 10],
    ],
    because: "a part in the middle leaves two",
  },
  {
    others: [
      [8, 20],
      [-5, 3],
    ],
    left: [[3, 8]],
    because: "parts at the ends leave the middle, in any order",
  },
  {
    others: [
      [0, 6],
      [1, 2],
      [12, 14],
    ],
    left: [[6, 10]],
    because: "a part in another takes nothing more",
  },
  { others: [[0, 10]], left: [], because: "everything is taken" },
])("$because", ({ others, left }) => {
  const spans = others.map(([fromMs = 0, toMs = 0]) => ({ fromMs, toMs }));

  expect(without({ fromMs: 0, toMs: 10 }, spans).map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual(left);
});

describe("the steps of a period", () => {
  test("count an owner once in a step, however often it is there", () => {
    const spans = [of("a", 1, 3), of("a", 5, 12), of("b", 11, 12)];

    expect(ownersInSteps(spans, PERIOD)).toEqual([1, 2, 0, 0, 0, 0, 0, 0, 0, 0]);
  });

  test("count what began before the period and goes on after it", () => {
    expect(ownersInSteps([of("a", -50, 5), of("b", 95, 500), of("c", 200, 300)], PERIOD)).toEqual([
      1, 0, 0, 0, 0, 0, 0, 0, 0, 1,
    ]);
  });

  test("are covered only if every owner has all of the step", () => {
    const spans = [of("a", 0, 30), of("b", 5, 25), of("b", 92, 100), of("a", 90, 100)];

    expect(coveredSteps(spans, 2, PERIOD)).toEqual([
      false,
      true,
      false,
      false,
      false,
      false,
      false,
      false,
      false,
      false,
    ]);
  });

  test("have the count that looking at each moment has", () => {
    const span = fc.record({
      owner: fc.constantFrom("a", "b", "c"),
      fromMs: fc.integer({ min: -20, max: 110 }),
      toMs: fc.integer({ min: -20, max: 120 }),
    });
    fc.assert(
      fc.property(fc.array(span, { maxLength: 8 }), (spans) => {
        const counts = ownersInSteps(spans, PERIOD);

        const looked = Array.from({ length: 10 }, (_, step) => {
          const moments = Array.from({ length: 10 }, (__, at) => step * 10 + at);
          const present = (owner: string): boolean =>
            moments.some((ms) =>
              spans.some((one) => one.owner === owner && one.fromMs <= ms && ms < one.toMs),
            );
          return ["a", "b", "c"].filter(present).length;
        });
        expect(counts).toEqual(looked);
      }),
    );
  });
});
