import { describe, expect, test } from "@jest/globals";
import type { Selector } from "../../../../src/iam/document.ts";
import { ACTIONS, selectorCovers, selectorsMeet } from "../../../../src/iam/match/selector.ts";

const only = (...values: readonly string[]): Selector => ({ negated: false, values });
const not = (...values: readonly string[]): Selector => ({ negated: true, values });

describe("one list", () => {
  test.each([
    {
      outer: only("a", "b"),
      inner: only("a"),
      covers: true,
      because: "the other contains one of its members",
    },
    {
      outer: only("a"),
      inner: only("a", "b"),
      covers: false,
      because: "the other has a member that it lacks",
    },
    {
      outer: only("a"),
      inner: not("a"),
      covers: false,
      because: "an exclusion contains more than the one member",
    },
    { outer: only("*"), inner: not("a"), covers: true, because: "everything includes an exclusion" },
    { outer: not("a"), inner: not("a", "b"), covers: true, because: "the other excepts more" },
    { outer: not("a", "b"), inner: not("a"), covers: false, because: "it excepts more itself" },
    {
      outer: not("a", "b"),
      inner: only("c"),
      covers: true,
      because: "it excepts none of the other's members",
    },
    { outer: not("a", "b"), inner: only("a"), covers: false, because: "it excepts the other's member" },
    { outer: not("b"), inner: only("a", "b"), covers: false, because: "it excepts one member of the other" },
    {
      outer: not("a*"),
      inner: only("ab"),
      covers: false,
      because: "it excepts the other's member by a pattern",
    },
  ])("covers another: $covers, $because", ({ outer, inner, covers }) => {
    expect(selectorCovers(outer, inner, ACTIONS)).toBe(covers);
  });

  test.each([
    { a: only("a", "b"), b: only("b", "c"), meet: true, because: "they share a member" },
    { a: only("a", "b"), b: only("c"), meet: false, because: "they share no member" },
    { a: not("a"), b: not("b"), meet: true, because: "a member is left that neither excepts" },
    { a: not("a"), b: only("a"), meet: false, because: "one excepts all of the other's members" },
    { a: not("a"), b: only("a", "b"), meet: true, because: "one of the members is not excepted" },
    { a: not("a*"), b: only("ab", "ac"), meet: false, because: "a pattern excepts all members" },
  ])("overlaps with another: $meet, because $because", ({ a, b, meet }) => {
    expect(selectorsMeet(a, b, ACTIONS)).toBe(meet);
    expect(selectorsMeet(b, a, ACTIONS)).toBe(meet);
  });
});
