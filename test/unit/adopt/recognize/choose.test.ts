import { describe, expect, test } from "@jest/globals";
import { chooseCandidates } from "../../../../src/adopt/recognize/choose.ts";
import type { GrantCandidate } from "../../../../src/adopt/recognize/candidate-compiler.ts";

function candidate(grant: string, permissions: string, fields: object = {}): GrantCandidate {
  return { grant, fields: { ...fields }, statements: [], permissions: permissions.split("") };
}

describe("the fewest candidates that have all wanted permissions", () => {
  const chosen = (candidates: readonly GrantCandidate[], wanted: string): readonly string[] =>
    chooseCandidates(candidates, new Set(wanted)).map(({ grant }) => grant);

  test.each([
    {
      because: "one that has the most comes first",
      candidates: [candidate("small", "a"), candidate("large", "ab")],
      wanted: "ab",
      names: ["large"],
    },
    {
      because: "of two with as many, the one with fewer other permissions",
      candidates: [candidate("a-wide", "abx"), candidate("narrow", "ab")],
      wanted: "ab",
      names: ["narrow"],
    },
    {
      because: "then the one with fewer fields",
      candidates: [candidate("a-long", "ab", { x: 1, y: 2 }), candidate("short", "ab", { x: 1 })],
      wanted: "ab",
      names: ["short"],
    },
    {
      because: "then by name",
      candidates: [candidate("b", "ab"), candidate("a", "ab")],
      wanted: "ab",
      names: ["a"],
    },
    {
      because: "the largest is left out if the others that are needed have its permissions together",
      candidates: [candidate("middle", "bcde"), candidate("left", "abc"), candidate("right", "def")],
      wanted: "abcdef",
      names: ["left", "right"],
    },
    {
      because: "a permission that nothing wants keeps no candidate",
      candidates: [candidate("middle", "bcdex"), candidate("left", "abc"), candidate("right", "def")],
      wanted: "abcdef",
      names: ["left", "right"],
    },
    { because: "nothing is wanted", candidates: [candidate("a", "a")], wanted: "", names: [] },
  ])("$because: $names", ({ candidates, wanted, names }) => {
    expect(chosen(candidates, wanted).toSorted()).toEqual(names);
  });

  test("do not exist if no candidate has a wanted permission", () => {
    expect(() => chosen([candidate("a", "a")], "ab")).toThrow(Error);
  });
});
