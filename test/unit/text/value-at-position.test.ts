import { expect, test } from "@jest/globals";
import { packed } from "../../../src/text/located/located.ts";
import type { LocatedTree } from "../../../src/text/located/tree.ts";
import { valueAtPosition } from "../../../src/text/located/value-at-position.ts";

/** `name: value` in a line, with its name in the first column. */
function valueIn(line: number, members: LocatedTree["members"] = null): LocatedTree {
  return { line, column: 7, keyLine: line, keyColumn: 1, sourceText: null, members };
}

const DOCUMENT = packed({ ...valueIn(2, { a: valueIn(2), b: valueIn(3) }), column: 1 });

test.each([
  { line: 1, column: 9, found: null, because: "it is above the document" },
  { line: 2, column: 3, found: [["a"], "name"], because: "it is in the name" },
  { line: 2, column: 9, found: [["a"], "value"], because: "it is in the value" },
  { line: 4, column: 1, found: [["b"], "value"], because: "it is below the last value" },
])("a position leads to $found: $because", ({ line, column, found }) => {
  const value = valueAtPosition(DOCUMENT, { line, column });

  expect(value && [value.path, value.part]).toEqual(found);
});
