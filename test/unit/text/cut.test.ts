import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { beginningOf, cutText } from "../../../src/text/cut.ts";

test.each([
  { text: "abc", longest: 3, cut: "abc", because: "the limit itself is allowed" },
  { text: "abcd", longest: 3, cut: "ab…", because: "the mark counts" },
  { text: "a😀bc", longest: 3, cut: "a…", because: "a character of two code units is not divided" },
  { text: "a😀bc", longest: 4, cut: "a😀…", because: "it fits" },
  { text: "😀😀", longest: 1, cut: "…", because: "nothing fits but the mark" },
])("$text is cut at $longest: $because", ({ text, longest, cut }) => {
  expect(cutText(text, longest)).toBe(cut);
});

test("law: a text that is well formed stays so, is a beginning of it, and lacks at most one code unit more than it must", () => {
  const texts = fc.array(fc.constantFrom("a", "😀", "é", "\n")).map((parts) => parts.join(""));
  fc.assert(
    fc.property(texts, fc.nat(8), (text, longest) => {
      const beginning = beginningOf(text, longest);

      expect(beginning.isWellFormed()).toBe(true);
      expect(text.startsWith(beginning)).toBe(true);
      expect(beginning.length).toBeLessThanOrEqual(longest);
      expect(beginning.length).toBeGreaterThanOrEqual(Math.min(text.length, longest) - 1);
    }),
  );
});
