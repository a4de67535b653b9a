import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  characterName,
  escapedJson,
  isPrintable,
  refusedInText,
  refusedInValue,
  replaceUnprintable,
  withoutUnprintable,
} from "../../../src/text/characters.ts";

/** A character of each kind, and whether it may be in a file, in a value, and on a screen. */
const CHARACTERS = [
  { character: "é", file: true, value: true, screen: true, because: "letters are letters" },
  { character: "\u{1f600}", file: true, value: true, screen: true, because: "emoji have two code units" },
  { character: "\t", file: true, value: false, screen: false, because: "a tab is layout" },
  { character: "\n", file: true, value: false, screen: false, because: "a line feed is layout" },
  { character: "\r", file: false, value: false, screen: false, because: "no CRLF is left" },
  { character: "\u001b", file: false, value: false, screen: false, because: "a terminal obeys it" },
  { character: "\u0085", file: false, value: false, screen: false, because: "it ends a line for some" },
  { character: "\u00ad", file: false, value: false, screen: false, because: "a soft hyphen is not seen" },
  { character: "\u061c", file: false, value: false, screen: false, because: "it turns the direction" },
  { character: "\u202e", file: false, value: false, screen: false, because: "it reverses what follows" },
  { character: "\u2028", file: false, value: false, screen: false, because: "it separates lines" },
  { character: "\ufeff", file: false, value: false, screen: false, because: "it is not the first" },
  { character: "\uffff", file: false, value: false, screen: true, because: "it is no character" },
  { character: "\u200d", file: true, value: true, screen: false, because: "languages join letters by it" },
  { character: "\u{e0041}", file: true, value: true, screen: false, because: "a tag is not seen" },
] as const;

describe.each(CHARACTERS)("$because", ({ character, file, value, screen }) => {
  const text = `ab${character}`;

  test(`may be in a file: ${file}`, () => {
    expect(refusedInText(text)).toBe(file ? -1 : 2);
  });

  test(`may be in a value: ${value}`, () => {
    expect(refusedInValue(text)).toBe(value ? -1 : 2);
  });

  test(`is printed as it is: ${screen}`, () => {
    expect(isPrintable(text)).toBe(screen);
    expect(replaceUnprintable(text, () => "?")).toBe(screen ? text : "ab?");
  });
});

test("a lone surrogate has no bytes: no file or value has one", () => {
  expect([refusedInText("a\ud800"), refusedInValue("a\ud800")]).toEqual([1, 1]);
});

test("a text of several lines keeps its line feeds alone", () => {
  expect(withoutUnprintable("a\u061c\n\u001bb\t\u{e0041}c\u200b")).toBe("a\nbc");
});

test("escaped JSON is printable and the same value", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "binary" })), (value) => {
      const json = escapedJson(JSON.stringify(value, null, 2));

      expect(isPrintable(json.replaceAll("\n", ""))).toBe(true);
      expect(JSON.parse(json)).toEqual(value);
    }),
  );
});

test.each([
  { text: "a\r", offset: 1, name: "U+000D" },
  { text: "\u{e0041}", offset: 0, name: "U+E0041" },
  { text: "\ud800", offset: 0, name: "U+D800" },
])("$name is named by its code point", ({ text, offset, name }) => {
  expect(characterName(text, offset)).toBe(name);
});
