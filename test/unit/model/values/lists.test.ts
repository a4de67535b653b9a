import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { joinedLists } from "../../../../src/model/values/lists.ts";
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
