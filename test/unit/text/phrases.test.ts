import { expect, test } from "@jest/globals";
import { someOf } from "../../../src/text/phrases.ts";

test.each([
  { names: [], text: "" },
  { names: ["a", "b", "c"], text: "a, b, c" },
  { names: ["a", "b", "c", "d"], text: "a, b, c and 1 more" },
  { names: ["a", "b", "c", "d", "e"], text: "a, b, c and 2 more" },
])("a list shows three of many names at most: $text", ({ names, text }) => {
  expect(someOf(names)).toBe(text);
});
