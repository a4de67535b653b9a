import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { positionsIn } from "../../../src/text/positions.ts";
import { findAt } from "../../../src/text/json/find-at.ts";
import { readJson } from "../../../src/text/json/read.ts";

function fault(text: string): string {
  const json = readJson(text);
  if (json.kind === "json") return "none";
  const { line, column } = positionsIn(text)(json.fault.at);
  const { message, fix } = json.fault;
  return `${line}:${column} ${message}${fix === null ? "" : ` (${fix})`}`;
}

test.each([
  { text: `"${"a".repeat(15_000_000)}"`, because: "of letters" },
  { text: `"${"\\n".repeat(7_000_000)}"`, because: "of escapes" },
])("a text as long as the input may be is read: $because", ({ text }) => {
  expect(fault(text)).toBe("none");
  expect(fault(text.slice(0, -1))).toBe("1:1 a text begins here and does not end (close it with a quote)");
});

test.each([
  ["", "1:1 the text ends where a value is expected (close what is open)"],
  ["{", '1:2 the text ends where a name in double quotes or "}" is expected (close what is open)'],
  ['{"a":[1', '1:8 the text ends where "," or "]" is expected (close what is open)'],
  ["[1,]", '1:4 a value is expected, not "]" (remove the comma before it)'],
  ['{"a":1,}', '1:8 a name in double quotes is expected, not "}" (remove the comma before it)'],
  ['{"a" 1}', '1:6 ":" is expected, not "1"'],
  ["{a:1}", '1:2 a name in double quotes or "}" is expected, not "a" (put the name in double quotes)'],
  ["{'a':1}", '1:2 a name in double quotes or "}" is expected, not "\'" (write "straight double quotes")'],
  ["[“a”]", '1:2 a value or "]" is expected, not "“" (write "straight double quotes")'],
  ['["a" "b"]', '1:6 "," or "]" is expected, not "\\"" (put a comma before it)'],
  ['{"a":1\n"b":2}', '2:1 "," or "}" is expected, not "\\"" (put a comma before it)'],
  ["[{} {}]", '1:5 "," or "]" is expected, not "{" (put a comma before it)'],
  ["[1}", '1:3 "," or "]" is expected, not "}"'],
  ["[\n  01]", '2:4 "," or "]" is expected, not "1"'],
  ["[1, // one\n 2]", '1:5 a value is expected, not "/" (JSON has no comments: remove it)'],
  ['["\t"]', '1:3 a text holds a control character (write "\\t")'],
  ['["\u0001"]', "1:3 a text holds a control character (remove it)"],
  ['["a\\x"]', '1:4 a backslash stands before what it can\'t escape (write "\\\\" for a backslash)'],
  ['["a\\n\\"b', "1:2 a text begins here and does not end (close it with a quote)"],
  ['["a\n"]', "1:2 a text begins here and does not end on its line (close it with a quote)"],
  ['{"a', "1:2 a text begins here and does not end (close it with a quote)"],
  ["nul", '1:1 a value is expected, not "n" (put the text in double quotes)'],
  ["[] []", '1:4 the end of the text is expected, not "[" (one file holds one document)'],
  ["]", '1:1 a value is expected, not "]"'],
  ["[".repeat(100_000), "1:65 it is nested deeper than 64 levels (write it flatter: no policy is as deep)"],
])("%j is broken at %s", (text, said) => {
  expect(fault(text)).toBe(said);
});

test("what is no JSON is found exactly where JSON.parse throws, but for depth", () => {
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
  const text = '{\n  "a": [1, {"b": true}],\r\n  "a": {"constructor": "x"}\n}';
  const json = readJson(text);
  const at = (steps: readonly (string | number)[], what: "name" | "value"): string => {
    if (json.kind === "broken") throw new Error("the text is JSON");
    const { line, column } = positionsIn(text)(findAt(json.root, steps, what));
    return `${line}:${column}`;
  };

  test.each([
    { steps: [], what: "value", place: "1:1", because: "the document begins there" },
    { steps: ["a"], what: "value", place: "3:8", because: "of two members of one name the last counts" },
    { steps: ["a"], what: "name", place: "3:3", because: "a name stands before its value" },
    { steps: ["a", "constructor"], what: "value", place: "3:24", because: "any name is a name" },
    {
      steps: ["a", "b", "c"],
      what: "value",
      place: "3:8",
      because: "what is missing is told where it would be",
    },
    { steps: ["a", 0], what: "value", place: "3:8", because: "an object has no first member" },
    { steps: ["a", "constructor", 0], what: "name", place: "3:24", because: "a text has no members" },
  ] as const)("of $steps ($what) is $place: $because", ({ steps, what, place }) => {
    expect(at(steps, what)).toBe(place);
  });

  test("of a member of a list is the member's", () => {
    const list = readJson('[1, {"b": 2}]');

    expect(list.kind === "json" && findAt(list.root, [1, "b"], "value")).toBe(10);
    expect(list.kind === "json" && findAt(list.root, [1], "name")).toBe(4);
    expect(list.kind === "json" && findAt(list.root, ["b"], "name")).toBe(0);
  });
});
