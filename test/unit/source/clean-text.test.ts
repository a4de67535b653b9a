import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  cleanSourceLine,
  cleanServerText,
  MAX_PATH_LENGTH,
  visibleName,
} from "../../../src/source/rules/clean-text.ts";
import { isSafePath } from "../../../src/source/rules/entry-rules.ts";
import { isPrintable } from "../../../src/text/characters.ts";

describe("readable text", () => {
  test.each([
    { text: "a\u0000b", clean: "a b", because: "NUL ends strings elsewhere" },
    { text: "a\u001b[31mb", clean: "a [31mb", because: "a terminal interprets escapes" },
    { text: "a\r\nb\tc", clean: "a b c", because: "it is one line" },
    { text: "a\u202eb", clean: "a b", because: "an override shows text backwards" },
    { text: "a\u200bb", clean: "a b", because: "a zero-width space hides" },
    { text: "  grün 日本  ", clean: "grün 日本", because: "other letters stay" },
    { text: "abcdef", clean: "abcd…", because: "a text that is too long is cut" },
  ])("$because", ({ text, clean }) => {
    expect(cleanSourceLine(text, text === "abcdef" ? 5 : 100)).toBe(clean);
  });

  test("cleaning never leaves an unprintable character or more than the length", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.integer({ min: 1, max: 50 }), (text, max) => {
        const clean = cleanSourceLine(text, max);
        expect(isPrintable(clean) && clean.length <= max).toBe(true);
      }),
    );
  });

  test("a name shows each unprintable character, and two different names remain different", () => {
    expect(visibleName("a\nb\u202e")).toBe("a\\x0ab\\u202e");
    expect(isPrintable(visibleName(`${"x".repeat(300)}\n`))).toBe(true);
  });

  test("a safe path is its own visible name, however long: what was seen in it is looked up by that", () => {
    const path = `teams/${"x".repeat(MAX_PATH_LENGTH - "teams/.yaml".length)}.yaml`;

    expect([isSafePath(path), visibleName(path)]).toEqual([true, path]);
    expect(visibleName(`${path}x`)).toHaveLength(MAX_PATH_LENGTH);
  });
});

test("no secret remains in a server's text, at any position", () => {
  const secret = fc
    .string({ minLength: 1, maxLength: 20, unit: "grapheme-ascii" })
    .filter((text) => !/[* ]/.test(text));
  fc.assert(
    fc.property(fc.string(), secret, fc.string(), (before, secret, after) => {
      expect(
        cleanServerText(`${before.replaceAll(secret, "")} ${secret} ${after.replaceAll(secret, "")}`, [
          secret,
        ]),
      ).not.toContain(` ${secret} `);
    }),
  );
});
