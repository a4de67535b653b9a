import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  collapseWildcards,
  matchesPattern,
  patternCovers,
  patternsMeet,
} from "../../../src/iam/match/wildcard.ts";
import { FC_RUNS } from "../../support/fc-runs.ts";

const runs = { numRuns: FC_RUNS };
const pattern = fc.string({ unit: fc.constantFrom("a", "b", "*", "*", "?"), maxLength: 5 });
const text = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 6 });

/** Every text of a and b with up to six characters. */
const TEXTS: readonly string[] = Array.from({ length: 6 }).reduce<readonly string[]>(
  (texts) => ["", ...texts.flatMap((one) => [`${one}a`, `${one}b`])],
  [""],
);

/** The same pattern as a regular expression, which may be slow. */
function byExpression(pattern: string, text: string): boolean {
  return new RegExp(`^${pattern.replaceAll("*", ".*").replaceAll("?", ".")}$`, "s").test(text);
}

describe("a pattern", () => {
  test("matches the texts of its regular expression", () => {
    fc.assert(
      fc.property(pattern, text, (pattern, text) => {
        expect(matchesPattern(pattern, text)).toBe(byExpression(pattern, text));
      }),
      runs,
    );
  });

  test("matches the same with canonical wildcards, which have no other spelling", () => {
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

  test("covers another only if it matches every text of the other", () => {
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

  test("overlaps with another exactly if both match one text", () => {
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
