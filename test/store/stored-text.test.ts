import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { storedText } from "../../src/store/rows/stored-text.ts";

describe("the text of a record", () => {
  test("has the members of every object in the order of their names", () => {
    expect(storedText({ b: 1, a: [{ d: null, c: "x" }] })).toBe('{"a":[{"c":"x","d":null}],"b":1}');
  });

  test("is null without a record, and leaves out members that are undefined", () => {
    expect(storedText(null)).toBe("null");
    expect(storedText({ b: undefined, a: 1 })).toBe('{"a":1}');
  });

  test("has all that the record has, for any names and texts", () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        expect(JSON.parse(storedText({ value }))).toEqual(JSON.parse(JSON.stringify({ value })));
      }),
    );
  });

  test("is the same for equal records, in any order of their members", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (record) => {
        const reversed = Object.fromEntries(Object.entries(record).toReversed());
        expect(storedText(reversed)).toBe(storedText(record));
      }),
    );
  });
});
