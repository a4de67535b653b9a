import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  beginningWith,
  byKey,
  byText,
  byTextOf,
  nextParts,
  sortedByKey,
  sortedList,
  sortedSet,
} from "../../../src/text/order.ts";

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

describe("the next parts of a sorted list", () => {
  test.each([
    { start: "a:", parts: ["x", "y"], because: "each once, up to the separator" },
    { start: "a:y", parts: [""], because: "nothing is between them" },
    { start: "b:", parts: ["", "z"], because: "a member may have nothing or no separator after it" },
    { start: "c:", parts: [], because: "no member begins with it" },
  ])("after $start: $because", ({ start, parts }) => {
    expect(nextParts(start, ":", ["a:x:1", "a:x:2", "a:y:1", "b::1", "b:z"])).toEqual(parts);
  });

  test("are found by a search for each, and not by reading every member", () => {
    let reads = 0;
    const members = Array.from({ length: 10_000 }, (_, at) => `a:x:${String(at).padStart(5, "0")}`);
    const counted = new Proxy([...members, "a:y:0"], {
      get: (list, name, receiver) => {
        if (typeof name === "string" && /^\d+$/.test(name)) reads += 1;
        return Reflect.get(list, name, receiver) as unknown;
      },
    });

    expect(nextParts("a:", ":", counted)).toEqual(["x", "y"]);
    expect(reads).toBeLessThan(100);
  });
});

test.each([["a b c"], ["c a b"], ["b"], [""]])(
  "items with the keys %j are in the order of the keys",
  (keys) => {
    const items = keys.split(" ").map((key) => ({ key }));

    expect([...sortedByKey(items).values()].map(({ key }) => key).join(" ")).toBe(
      keys.split(" ").sort().join(" "),
    );
  },
);

describe("a sorted list", () => {
  const byTens = (a: number, b: number): number => Math.floor(a / 10) - Math.floor(b / 10);

  test("is the one that the platform's own sort returns, with equal members in their order, at every length", () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 99 }), { maxLength: 40 }), (list) => {
        expect(sortedList(list, byTens)).toEqual(list.toSorted(byTens));
      }),
    );
  });

  test("leaves the list that it is given as it is", () => {
    const list = [3, 1, 2];

    sortedList(list, (a, b) => a - b);

    expect(list).toEqual([3, 1, 2]);
  });
});
