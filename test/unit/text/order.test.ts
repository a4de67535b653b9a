import { describe, expect, test } from "@jest/globals";
import { beginningWith, byKey, byText, byTextOf, sortedSet } from "../../../src/text/order.ts";

describe("the order of texts", () => {
  test.each([
    { texts: ["b", "a"], sorted: ["a", "b"], because: "letters are in order" },
    { texts: ["a", "B"], sorted: ["B", "a"], because: "capitals come first, as code units are compared" },
    { texts: ["ab", "a"], sorted: ["a", "ab"], because: "a text follows its beginning" },
    { texts: ["é", "z"], sorted: ["z", "é"], because: "no language is applied" },
  ])("sorts $texts: $because", ({ texts, sorted }) => {
    expect(texts.toSorted(byText)).toEqual(sorted);
    expect(sorted.toSorted(byText)).toEqual(sorted);
  });

  test("recognizes equal texts", () => {
    expect(byText("a", "a")).toBe(0);
  });

  test("sorts values by a text of each and keeps equal ones in order", () => {
    const values = [
      { name: "b", at: 1 },
      { name: "a", at: 2 },
      { name: "b", at: 3 },
    ];

    expect(values.toSorted(byTextOf(({ name }) => name)).map(({ at }) => at)).toEqual([2, 1, 3]);
  });

  test("sorts the entries of a map by key", () => {
    const map = new Map([
      ["b", 1],
      ["a", 2],
    ]);

    expect([...map].sort(byKey)).toEqual([
      ["a", 2],
      ["b", 1],
    ]);
  });
});

test.each([
  { values: [], sorted: [] },
  { values: ["a"], sorted: ["a"] },
  { values: ["b", "a", "b", "b"], sorted: ["a", "b"] },
])("gives a sorted set that has each member once: $values", ({ values, sorted }) => {
  expect(sortedSet(values)).toEqual(sorted);
});

describe("the members of a sorted list that begin with a text", () => {
  const sorted = ["a", "ab", "abc", "ac", "b", "ba"];

  test.each(["", "a", "ab", "abc", "abcd", "ac", "ad", "b", "ba", "c", "A"])(
    'are all of them for "%s"',
    (start) => {
      expect(beginningWith(start, sorted)).toEqual(sorted.filter((member) => member.startsWith(start)));
    },
  );

  test("are none in an empty list", () => {
    expect(beginningWith("a", [])).toEqual([]);
  });
});
