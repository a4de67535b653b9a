import { expect, test } from "@jest/globals";
import { deceptiveHint, hasInvisible, withEscapes } from "../../../src/text/look-alikes.ts";

test.each([
  { text: "orders", hint: null, because: "every character is a plain one" },
  {
    text: "ord\u0435rs",
    hint: "replace U+0435, which looks like e, with the ASCII character",
    because: "a Cyrillic letter looks like a Latin one",
  },
  {
    text: "\uff4frders",
    hint: "replace U+FF4F, which looks like o, with the ASCII character",
    because: "a full-width letter is another form of a Latin one",
  },
  { text: "a\u200bb", hint: "remove U+200B, which is not visible", because: "the character is invisible" },
  { text: "\u0436", hint: "replace U+0436 by hand", because: "no Latin letter looks like it" },
])("a hint about $text is given or not: $because", ({ text, hint }) => {
  expect(deceptiveHint(text)).toBe(hint);
});

test("a text is shown with escapes for deceptive characters", () => {
  expect(withEscapes("ord\u0435rs\u200b")).toBe("ord\\u0435rs\\u200b");
});

test.each([
  { text: "a b", is: false },
  { text: "a\u00a0b", is: true },
  { text: "a\u200bb", is: true },
])("$text has an invisible character: $is", ({ text, is }) => {
  expect(hasInvisible(text)).toBe(is);
});
