import { expect, test } from "@jest/globals";
import { rememberedText } from "../../../src/model/values/remembered-text.ts";

test("a text is made again as soon as one of its parts is another", () => {
  const made: string[] = [];
  const text = rememberedText((a, b, c) => {
    made.push(`${a}${b}${c}`);
    return `${a}-${b}-${c}`;
  });

  const texts = [text("a", "b", "c"), text("a", "b", "c"), text("x", "b", "c"), text("x", "y", "c")];

  expect([...texts, text("x", "y", "z"), text("a", "b", "c")]).toEqual([
    "a-b-c",
    "a-b-c",
    "x-b-c",
    "x-y-c",
    "x-y-z",
    "a-b-c",
  ]);
  expect(made).toEqual(["abc", "xbc", "xyc", "xyz", "abc"]);
});
