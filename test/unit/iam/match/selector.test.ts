import { describe, expect, test } from "@jest/globals";
import type { Selector } from "../../../../src/iam/document.ts";
import { ACTIONS, selectorCovers, selectorsMeet } from "../../../../src/iam/match/selector.ts";

const only = (...values: readonly string[]): Selector => ({ negated: false, values });
const not = (...values: readonly string[]): Selector => ({ negated: true, values });

describe("one list", () => {
  test.each([
    { outer: only("a", "b"), inner: only("a"), covers: true, because: "one of its members is the other's" },
    {
      outer: only("a"),
      inner: only("a", "b"),
      covers: false,
      because: "one of the other's is none of its own",
    },
    { outer: only("a"), inner: not("a"), covers: false, because: "all but one is more than that one" },
    { outer: only("*"), inner: not("a"), covers: true, because: "everything is more than all but one" },
    { outer: not("a"), inner: not("a", "b"), covers: true, because: "the other excepts more" },
    { outer: not("a", "b"), inner: not("a"), covers: false, because: "it excepts more itself" },
    { outer: not("a", "b"), inner: only("c"), covers: true, because: "it excepts nothing of it" },
    { outer: not("a", "b"), inner: only("a"), covers: false, because: "it excepts it" },
    { outer: not("b"), inner: only("a", "b"), covers: false, because: "it excepts a member" },
    { outer: not("a*"), inner: only("ab"), covers: false, because: "it excepts it by a pattern" },
  ])("covers another: $covers, $because", ({ outer, inner, covers }) => {
    expect(selectorCovers(outer, inner, ACTIONS)).toBe(covers);
  });

  test.each([
    { a: only("a", "b"), b: only("b", "c"), meet: true, because: "they have a member in common" },
    { a: only("a", "b"), b: only("c"), meet: false, because: "they have none" },
    { a: not("a"), b: not("b"), meet: true, because: "something is left that neither excepts" },
    { a: not("a"), b: only("a"), meet: false, because: "the one excepts all of the other" },
    { a: not("a"), b: only("a", "b"), meet: true, because: "a member is not excepted" },
    { a: not("a*"), b: only("ab", "ac"), meet: false, because: "a pattern excepts all members" },
  ])("meets another: $meet, $because", ({ a, b, meet }) => {
    expect(selectorsMeet(a, b, ACTIONS)).toBe(meet);
    expect(selectorsMeet(b, a, ACTIONS)).toBe(meet);
  });
});
