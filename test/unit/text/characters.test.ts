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
  { character: "é", file: true, value: true, screen: true, because: "a letter" },
  { character: "\u{1f600}", file: true, value: true, screen: true, because: "an emoji with two code units" },
  { character: "\t", file: true, value: false, screen: false, because: "a tab" },
  { character: "\n", file: true, value: false, screen: false, because: "a line feed" },
  { character: "\r", file: false, value: false, screen: false, because: "a carriage return" },
  {
    character: "\u001b",
    file: false,
    value: false,
    screen: false,
    because: "a control character of terminals",
  },
  {
    character: "\u0085",
    file: false,
    value: false,
    screen: false,
    because: "a character that some programs treat as a line end",
  },
  { character: "\u00ad", file: false, value: false, screen: false, because: "an invisible soft hyphen" },
  {
    character: "\u061c",
    file: false,
    value: false,
    screen: false,
    because: "a mark that changes the direction",
  },
  {
    character: "\u202e",
    file: false,
    value: false,
    screen: false,
    because: "a character that reverses the following text",
  },
  { character: "\u2028", file: false, value: false, screen: false, because: "a line separator" },
  {
    character: "\ufeff",
    file: false,
    value: false,
    screen: false,
    because: "a byte order mark that is not at the beginning",
  },
  {
    character: "\uffff",
    file: false,
    value: false,
    screen: true,
    because: "a code point that is not a character",
  },
  {
    character: "\u200d",
    file: true,
    value: true,
    screen: false,
    because: "a character that joins letters in some languages",
  },
  { character: "\u{e0041}", file: true, value: true, screen: false, because: "an invisible tag" },
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

test("a single surrogate has no bytes, so that no file or value contains it", () => {
  expect([refusedInText("a\ud800"), refusedInValue("a\ud800")]).toEqual([1, 1]);
});

test("a text of several lines keeps only its line feeds", () => {
  expect(withoutUnprintable("a\u061c\n\u001bb\t\u{e0041}c\u200b")).toBe("a\nbc");
});

test("escaped JSON is printable and has the same value", () => {
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
])("$name is shown by its code point", ({ text, offset, name }) => {
  expect(characterName(text, offset)).toBe(name);
});
