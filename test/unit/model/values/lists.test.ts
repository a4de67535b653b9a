import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { joinedLists, membersThat, sortedList } from "../../../../src/model/values/lists.ts";
import { FC_RUNS } from "../../../support/fc-runs.ts";

describe("the concatenation of lists", () => {
  test("keeps their order", () => {
    const lists = fc.array(fc.array(fc.integer(), { maxLength: 3 }), { maxLength: 5 });

    fc.assert(
      fc.property(lists, (all) => {
        expect(joinedLists(...all)).toEqual(all.flat());
      }),
      { numRuns: FC_RUNS },
    );
  });

  test("does not copy the only list that is not empty", () => {
    const only = [1, 2];

    expect(joinedLists([], only, [])).toBe(only);
  });
});

describe("a filtered list", () => {
  test("is the list itself if every member passes", () => {
    const list = [1, 2];

    expect(membersThat(list, (one) => one > 0)).toBe(list);
  });

  test("lacks a member that does not pass and leaves the original unchanged", () => {
    const list = [1, 2, 3];

    expect(membersThat(list, (one) => one !== 2)).toEqual([1, 3]);
    expect(list).toEqual([1, 2, 3]);
  });
});

describe("a sorted list", () => {
  interface Numbered {
    readonly key: number;
    readonly at: number;
  }

  test("equals the result of V8 with equal members in order, for any length", () => {
    const keys = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 40 });
    const byKey = (a: Numbered, b: Numbered): number => a.key - b.key;

    fc.assert(
      fc.property(keys, (all) => {
        const list = all.map((key, at): Numbered => ({ key, at }));
        expect(sortedList(list, byKey)).toEqual(list.toSorted(byKey));
      }),
      { numRuns: FC_RUNS },
    );
  });

  test("is a new list", () => {
    const list = [2, 1];

    expect(sortedList(list, (a, b) => a - b)).toEqual([1, 2]);
    expect(list).toEqual([2, 1]);
  });
});
