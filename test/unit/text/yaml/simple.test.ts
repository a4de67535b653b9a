import { expect, test } from "@jest/globals";
import { tokensOf } from "../../../../src/text/yaml/chunks.ts";
import { readSimple } from "../../../../src/text/yaml/simple.ts";

function read(text: string, depth = 32): unknown {
  return readSimple(tokensOf(text), 1, depth)?.value;
}

test.each([
  { text: "a: b\nc: 1\nd: true", value: { a: "b", c: 1, d: true }, because: "scalars" },
  {
    text: "a:\n  b: c\n\n  # note\n  d: e # note\nf: g\n",
    value: { a: { b: "c", d: "e" }, f: "g" },
    because: "maps",
  },
  { text: "a:\n  - b\n  - c: d\n    e: f\n", value: { a: ["b", { c: "d", e: "f" }] }, because: "lists" },
  { text: "a:\n- b\nc: d\n", value: { a: ["b"], c: "d" }, because: "a list that is indented like its key" },
  {
    text: "a: { b: [c, 'd'], e: {} }\n",
    value: { a: { b: ["c", "d"], e: {} } },
    because: "flow collections",
  },
  {
    text: "a:\n  {\n    b: c,\n    d: [\n      e,\n    ],\n  }\n",
    value: { a: { b: "c", d: ["e"] } },
    because: "flow collections of several lines",
  },
  {
    text: "a: 14d\nb: 2027-06-30T00:00:00Z\n",
    value: { a: "14d", b: "2027-06-30T00:00:00Z" },
    because: "times",
  },
  { text: "# first\n\na: b\n", value: { a: "b" }, because: "a comment before the document" },
  { text: "--- # first\na: b\n", value: { a: "b" }, because: "a separator" },
])("the reader of simple documents knows $because", ({ text, value }) => {
  expect(read(text)).toEqual(value);
});

test.each([
  { text: "a: |\n  b\n", because: "a block scalar" },
  { text: "a: &x b\n", because: "an anchor" },
  { text: "a: 012\n", because: "a number that has a second reading" },
  { text: "a: 1.0\n", because: "a number with a fraction" },
  { text: "a: Null\n", because: "a form of null" },
  { text: "a:\n", because: "a value that is not written" },
  { text: 'a: "\\x24"\n', because: "an escape" },
  { text: "a: b\n  c\n", because: "a text of two lines" },
  { text: "a: [b,\nc]\n", because: "a flow list whose second line is not indented" },
  { text: "a: 1e3\n", because: "a number with an exponent" },
  { text: "a: 0x1f\n", because: "a hexadecimal number" },
  { text: "a: b\na: c\n", because: "a key that is there twice" },
  { text: "__proto__: b\n", because: "a name that objects have" },
  { text: "a:\tb\n", because: "a tab" },
  { text: "a:\n    b: c\n  d: e\n", because: "an indentation without a beginning" },
  { text: "a: b\r\n", because: "a line end of Windows" },
  { text: "a:\n  b:\n- c\n", because: "a list that is indented less than its key" },
  { text: "a:\n  - b: c\n   d: e\n", because: "a line between two indentations" },
  { text: "a:\n  - b\n c: d\n", because: "a line that is indented less than a list" },
  { text: 'a: "b"# c\n', because: "a comment without a blank" },
  { text: "- a\n", because: "a list as the document" },
  { text: "a: {b: c}\n", depth: 1, because: "too many levels" },
])("the reader of simple documents leaves $because to the parser", ({ text, depth }) => {
  expect(read(text, depth)).toBeUndefined();
});
