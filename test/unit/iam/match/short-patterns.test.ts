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

/** No pattern contains the third letter: a pattern that matches it matches any letter. */
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

  test("covers only patterns whose texts it matches, and all of them except in combinations with a star", () => {
    const wrong = SHORT.flatMap((outer) =>
      LONGER.filter((inner) => {
        const isWithin = (bitsOf(inner) & ~bitsOf(outer)) === 0n;
        // `??*` means "two or more"; the comparison does not see that `*ab*` implies it.
        const isCounting = outer.includes("?") && outer.includes("*");
        return patternCovers(outer, inner) ? !isWithin : isWithin && !isCounting;
      }).map((inner) => `${outer} ${inner}`),
    );

    expect(wrong).toEqual([]);
  });

  test("overlaps with exactly the patterns that share a text with it", () => {
    const wrong = LONGER.flatMap((a) =>
      SHORT.filter((b) => patternsMeet(a, b) !== ((bitsOf(a) & bitsOf(b)) !== 0n)).map((b) => `${a} ${b}`),
    );

    expect(wrong).toEqual([]);
  });
});
