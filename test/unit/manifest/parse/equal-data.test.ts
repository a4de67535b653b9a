import { expect, test } from "@jest/globals";
import { isEqualData } from "../../../../src/manifest/parse/equal-data.ts";

const deep = (value: unknown): unknown => ({ a: [1, { b: new Map([[1, "x"]]) }], c: value });

test.each([
  { a: deep(null), b: deep(null), equal: true, because: "all members are equal" },
  { a: { x: 1, y: 2 }, b: { y: 2, x: 1 }, equal: true, because: "the order of members does not count" },
  { a: Number.NaN, b: Number.NaN, equal: true, because: "NaN is the same as NaN" },
  { a: new Uint32Array([1, 2]), b: new Uint32Array([1, 2]), equal: true, because: "the numbers are equal" },
  { a: new Uint32Array([1, 2]), b: new Uint32Array([1]), equal: false, because: "one has a number more" },
  { a: new Uint32Array([1]), b: new Uint32Array([2]), equal: false, because: "a number differs" },
  { a: new Uint32Array([1]), b: [1], equal: false, because: "a list is no array of numbers" },
  { a: deep(0), b: deep(-0), equal: false, because: "-0 is not 0" },
  {
    a: deep(undefined),
    b: { a: [1, { b: new Map([[1, "x"]]) }] },
    equal: false,
    because: "one has a member more",
  },
  { a: { x: undefined }, b: { y: undefined }, equal: false, because: "the names differ" },
  { a: [1], b: { 0: 1 }, equal: false, because: "an object is no list" },
  { a: new Map([[1, "x"]]), b: new Map([[1, "y"]]), equal: false, because: "an entry differs" },
  { a: null, b: {}, equal: false, because: "null is no object" },
  { a: {}, b: null, equal: false, because: "null is no object, in the other order" },
  { a: "1", b: 1, equal: false, because: "a text is no number" },
  { a: {}, b: 1, equal: false, because: "an object is no number" },
])("$because: equal is $equal", ({ a, b, equal }) => {
  expect(isEqualData(a, b)).toBe(equal);
});
