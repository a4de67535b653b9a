import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  collapseWildcards,
  matchesPattern,
  patternCovers,
  patternsMeet,
} from "../../src/iam/match/wildcard.ts";
import { FC_RUNS } from "../support/fc-runs.ts";

const runs = { numRuns: FC_RUNS };
const pattern = fc.string({ unit: fc.constantFrom("a", "b", "*", "*", "?"), maxLength: 5 });
const text = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 6 });

/** Every text of a and b with up to six characters. */
const TEXTS: readonly string[] = Array.from({ length: 6 }).reduce<readonly string[]>(
  (texts) => ["", ...texts.flatMap((one) => [`${one}a`, `${one}b`])],
  [""],
);

/** As a regular expression, which may be slow and says the same. */
function byExpression(pattern: string, text: string): boolean {
  return new RegExp(`^${pattern.replaceAll("*", ".*").replaceAll("?", ".")}$`, "s").test(text);
}

describe("a pattern", () => {
  test("matches what the regular expression of it matches", () => {
    fc.assert(
      fc.property(pattern, text, (pattern, text) => {
        expect(matchesPattern(pattern, text)).toBe(byExpression(pattern, text));
      }),
      runs,
    );
  });

  test("matches the same with its wildcards in one spelling, which has no other spelling", () => {
    fc.assert(
      fc.property(pattern, (pattern) => {
        const collapsed = collapseWildcards(pattern);

        expect(collapseWildcards(collapsed)).toBe(collapsed);
        expect(
          TEXTS.filter((text) => matchesPattern(pattern, text) !== matchesPattern(collapsed, text)),
        ).toEqual([]);
      }),
      runs,
    );
  });

  test("covers another only where it matches all that the other matches", () => {
    fc.assert(
      fc.property(pattern, pattern, (outer, inner) => {
        if (!patternCovers(outer, inner)) return;

        expect(TEXTS.filter((text) => matchesPattern(inner, text) && !matchesPattern(outer, text))).toEqual(
          [],
        );
      }),
      runs,
    );
  });

  test("meets another exactly where a text matches both", () => {
    fc.assert(
      fc.property(pattern, pattern, (a, b) => {
        const shared = TEXTS.some((text) => matchesPattern(a, text) && matchesPattern(b, text));
        // Ten characters of two patterns may need a longer text than six.
        if (!shared && a.length + b.length > 6) return;

        expect(patternsMeet(a, b)).toBe(shared);
      }),
      runs,
    );
  });
});
