import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { positionsIn } from "../../../src/text/located/positions.ts";
import { originOfKey, originOfValue } from "../../../src/text/located/located.ts";
import type { ValuePath } from "../../../src/text/located/value-path.ts";
import { readJson } from "../../../src/text/json/read.ts";

function fault(text: string): string {
  const json = readJson(text);
  if (json.kind === "json") return "none";
  const { line, column } = positionsIn(text)(json.fault.at);
  const { message, fix } = json.fault;
  return `${line}:${column} ${message}${fix === null ? "" : ` (${fix})`}`;
}

test.each([
  { text: `"${"a".repeat(15_000_000)}"`, because: "it has letters" },
  { text: `"${"\\n".repeat(7_000_000)}"`, because: "it has escapes" },
])("a text of the largest input size is read: $because", ({ text }) => {
  expect(fault(text)).toBe("none");
  expect(fault(text.slice(0, -1))).toBe("1:1 a text has no closing quote (close it with a quote)");
});

test.each([
  ["", "1:1 expected a value, found the end of the text (close what is open)"],
  ["{", '1:2 expected a comma or "}", found the end of the text (close what is open)'],
  ['{"a":[1', '1:8 expected a comma or "]", found the end of the text (close what is open)'],
  ["[1,]", '1:4 expected a value, found "]" (remove the comma before it)'],
  ['{"a":1,}', '1:8 expected a name in double quotes, found "}" (remove the comma before it)'],
  ['{"a" 1}', '1:6 expected ":", found "1"'],
  ["{a:1}", '1:2 unexpected "a" (put it in double quotes)'],
  ["{'a':1}", '1:2 unexpected "\'" (write "straight double quotes")'],
  ["[“a”]", '1:2 unexpected "“" (write "straight double quotes")'],
  ['["a" "b"]', '1:6 expected a comma or a closing bracket, found "\\"" (put a comma before it)'],
  ['{"a":1\n"b":2}', '2:1 expected a comma or a closing bracket, found "\\"" (put a comma before it)'],
  ["[{} {}]", '1:5 expected a comma or a closing bracket, found "{" (put a comma before it)'],
  ["[1}", '1:3 expected a comma or a closing bracket, found "}"'],
  ["[\n  01]", '2:4 expected a comma or a closing bracket, found "1"'],
  ["[1, // one\n 2]", '1:5 unexpected "/" (JSON has no comments: remove it)'],
  ['["\t"]', '1:3 a text contains a control character (write "\\t")'],
  ['["\u0001"]', "1:3 a text contains a control character (remove it)"],
  ['["a\\x"]', '1:4 a backslash begins no escape of JSON (write "\\\\" for a backslash)'],
  ['["a\\n\\"b', "1:2 a text has no closing quote (close it with a quote)"],
  ['["a\n"]', "1:2 a text has no closing quote on its line (close it with a quote)"],
  ['{"a', "1:2 a text has no closing quote (close it with a quote)"],
  ["nul", '1:1 unexpected "n" (put it in double quotes)'],
  ["[] []", '1:4 expected the end of the text, found "[" (one file holds one document)'],
  ["]", '1:1 expected a value, found "]"'],
  ["[".repeat(100_000), "1:65 it is nested deeper than 64 levels (write it flatter: no policy is as deep)"],
])("%j is broken at %s", (text, expected) => {
  expect(fault(text)).toBe(expected);
});

test("a text is invalid exactly where JSON.parse throws, except for its depth", () => {
  const broken = fc
    .tuple(fc.json(), fc.nat(), fc.constantFrom("", ",", "}", "]", '"', "0", "e", " ", "\\", "\t"))
    .map(
      ([text, at, piece]) =>
        text.slice(0, at % (text.length + 1)) + piece + text.slice((at % (text.length + 1)) + 1),
    );
  fc.assert(
    fc.property(fc.oneof(fc.json(), broken, fc.string()), (text) => {
      const json = readJson(text);

      expect(json.kind === "json" ? json.value : undefined).toEqual(parsed(text));
      expect(fault(text)).toMatch(json.kind === "json" ? /^none$/ : /^\d+:\d+ /);
    }),
  );
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

describe("a place in the text", () => {
  const place = (text: string, path: ValuePath, part: "name" | "value"): string => {
    const json = readJson(text);
    if (json.kind === "broken") throw new Error("the text is JSON");
    const source = { file: "", located: json.located };
    const { line, column } = part === "name" ? originOfKey(source, path) : originOfValue(source, path);
    return `${line}:${column}`;
  };

  test.each([
    { path: [], part: "value", at: "1:1", because: "the document begins there" },
    { path: ["a"], part: "value", at: "3:8", because: "of two members of one name the last counts" },
    { path: ["a"], part: "name", at: "3:3", because: "a name is before its value" },
    { path: ["a", "constructor"], part: "value", at: "3:24", because: "any name is a name" },
    { path: ["a", "b", "c"], part: "value", at: "3:8", because: "a missing value is where it would be" },
    { path: ["a", 0], part: "value", at: "3:8", because: "an object has no first member" },
    { path: ["a", "constructor", 0], part: "value", at: "3:24", because: "a text has no members" },
  ] as const)("of $path ($part) is $at: $because", ({ path, part, at }) => {
    expect(place('{\n  "a": [1, {"b": true}],\r\n  "a": {"constructor": "x"}\n}', path, part)).toBe(at);
  });

  test("of a member of a list is the member's", () => {
    const text = '[1, {"b": 2}]';

    expect(place(text, [1, "b"], "value")).toBe("1:11");
    expect(place(text, [1], "name")).toBe("1:5");
    expect(place(text, ["b"], "name")).toBe("1:1");
  });
});

test("names that an object has again are reported, also inside one that is replaced", () => {
  const json = readJson('{"a": {"b": 1, "b": 2}, "c": [{"__proto__": 1, "__proto__": 2}], "a": 3}');

  expect(json.kind === "json" && json.repeated).toEqual([["a", "b"], ["c", 0, "__proto__"], ["a"]]);
});
