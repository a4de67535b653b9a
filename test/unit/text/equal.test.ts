import { isDeepStrictEqual } from "node:util";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { isEqual } from "../../../src/text/json-values.ts";

describe("equal values", () => {
  test.each([
    ["members in another order", { a: 1, b: [2] }, { b: [2], a: 1 }, true],
    ["another value", { a: 1 }, { a: 2 }, false],
    ["one more member", { a: 1 }, { a: 1, b: undefined }, false],
    ["another name", { a: undefined }, { b: undefined }, false],
    ["a longer array", [1], [1, 2], false],
    ["an array and an object", [], {}, false],
    ["an object and an array", {}, [], false],
    ["null and an object", null, {}, false],
    ["an object and null", {}, null, false],
    ["a name that objects inherit", { toString: undefined }, { a: undefined }, false],
    ["NaN", NaN, NaN, true],
    ["two Maps, which are not looked into", new Map([[1, 2]]), new Map([[1, 3]]), false],
    ["a Map and an empty object", new Map(), {}, false],
  ])("%s", (_, a, b, equal) => {
    expect(isEqual(a, b)).toBe(equal);
  });

  test("JSON values are equal exactly if Node finds them deeply equal", () => {
    const value = fc.jsonValue({ maxDepth: 2 });
    const few = fc.oneof(value, fc.constantFrom({ a: 1 }, { a: [1] }, [], {}, null, 0));
    fc.assert(fc.property(few, few, (a, b) => expect(isEqual(a, b)).toBe(isDeepStrictEqual(a, b))));
    // Read twice: JSON has no -0.
    const read = (text: string): unknown => JSON.parse(text);
    const texts = value.map((each) => JSON.stringify(each));
    fc.assert(fc.property(texts, (text) => expect(isEqual(read(text), read(text))).toBe(true)));
  });
});
