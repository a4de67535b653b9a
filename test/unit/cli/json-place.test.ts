import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { jsonFault } from "../../../src/cli/json-place.ts";

test.each([
  ["{", 1, 2],
  ["[1,]", 1, 4],
  ['{"a":1,}', 1, 8],
  ['{"a" 1}', 1, 6],
  ["{a:1}", 1, 2],
  ["[1}", 1, 3],
  ["[\n  01]", 2, 4],
  ['["\t"]', 1, 2],
  ["nul", 1, 1],
  ["", 1, 1],
  ["[] []", 1, 4],
  ["]", 1, 1],
])("%j breaks at line %d, column %d", (text, line, column) => {
  expect(jsonFault(text)).toEqual({ line, column });
});

test("a fault is found exactly where JSON.parse throws", () => {
  const broken = fc
    .tuple(fc.json(), fc.nat(), fc.constantFrom("", ",", "}", "]", '"', "0", "e", " ", "\\"))
    .map(
      ([text, at, piece]) =>
        text.slice(0, at % (text.length + 1)) + piece + text.slice((at % (text.length + 1)) + 1),
    );
  fc.assert(
    fc.property(fc.oneof(fc.json(), broken, fc.string()), (text) => {
      expect(jsonFault(text) === null).toBe(isJson(text));
    }),
  );
});

test("deep nesting is no trouble", () => {
  expect(jsonFault("[".repeat(100_000))).toEqual({ line: 1, column: 100_001 });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
