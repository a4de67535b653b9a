import { describe, expect, test } from "@jest/globals";
import { matchesPattern, patternCovers, patternsMeet } from "../../../../src/iam/match/wildcard.ts";

/** Every text of these letters up to a length. */
function textsOf(letters: string, length: number): readonly string[] {
  const longest = Array.from({ length }).reduce<readonly (readonly string[])[]>(
    (byLength) => [
      ...byLength,
      (byLength.at(-1) ?? []).flatMap((text) => letters.split("").map((letter) => text + letter)),
    ],
    [[""]],
  );
  return longest.flat();
}

/** The third letter stands in no pattern: what takes it takes any letter. */
const TEXTS = textsOf("abc", 6);
const SHORT = textsOf("ab*?", 3);
const LONGER = textsOf("ab*?", 4);

/** The texts that a pattern matches, one bit each; by a regular expression. */
const MATCHED = new Map(
  LONGER.map((pattern) => {
    const expression = new RegExp(`^${pattern.replaceAll("*", ".*").replaceAll("?", ".")}$`);
    return [pattern, TEXTS.map((text) => expression.test(text))] as const;
  }),
);
const BITS = new Map(
  [...MATCHED].map(([pattern, matched]) => [
    pattern,
    BigInt(`0b${matched.map((one) => Number(one)).join("")}`),
  ]),
);
const bitsOf = (pattern: string): bigint => BITS.get(pattern) ?? 0n;

describe("every short pattern", () => {
  test("matches exactly what its regular expression matches", () => {
    const wrong = LONGER.filter((pattern) => {
      const matched = MATCHED.get(pattern) ?? [];
      return TEXTS.some((text, at) => text.length < 6 && matchesPattern(pattern, text) !== matched[at]);
    });

    expect(wrong).toEqual([]);
  });

  test("covers only those whose texts are all its own, and every one of them unless it counts beside a star", () => {
    const wrong = SHORT.flatMap((outer) =>
      LONGER.filter((inner) => {
        const isWithin = (bitsOf(inner) & ~bitsOf(outer)) === 0n;
        // `??*` is "two or more": that `*ab*` is so too is not looked for.
        const isCounting = outer.includes("?") && outer.includes("*");
        return patternCovers(outer, inner) ? !isWithin : isWithin && !isCounting;
      }).map((inner) => `${outer} ${inner}`),
    );

    expect(wrong).toEqual([]);
  });

  test("meets exactly those with which it has a text in common", () => {
    const wrong = LONGER.flatMap((a) =>
      SHORT.filter((b) => patternsMeet(a, b) !== ((bitsOf(a) & bitsOf(b)) !== 0n)).map((b) => `${a} ${b}`),
    );

    expect(wrong).toEqual([]);
  });
});
