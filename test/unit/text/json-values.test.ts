import { expect, test } from "@jest/globals";
import { isObject, stableText, toList } from "../../../src/text/json-values.ts";

test("a stable text has sorted names at every level and lists in their order", () => {
  expect(stableText({ b: [{ d: 1, c: null }], a: "x" })).toBe('{"a":"x","b":[{"c":null,"d":1}]}');
});

test("the stable text of an absent value equals JSON's", () => {
  const value = [undefined, { a: [null] }];

  expect(stableText(value)).toBe(JSON.stringify(value));
});

test.each([
  { value: {}, is: true },
  { value: [], is: false },
  { value: null, is: false },
  { value: "x", is: false },
])("$value is an object: $is", ({ value, is }) => {
  expect(isObject(value)).toBe(is);
});

test.each([
  { value: "a", list: ["a"] },
  { value: ["a", "b"], list: ["a", "b"] },
])("$value is the list $list", ({ value, list }) => {
  expect(toList(value)).toEqual(list);
});
