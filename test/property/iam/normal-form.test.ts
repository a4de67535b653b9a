import { describe, expect, jest, test } from "@jest/globals";
import fc from "fast-check";
import { compareDocuments } from "../../../src/iam/compare/comparer.ts";
import { readDocument } from "../../../src/iam/read/parse.ts";
import { normalText } from "../../../src/iam/read/print.ts";
import type { Tier } from "../../../src/model/rules/tier.ts";
import { FC_RUNS, LAW_TIMEOUT_MS } from "../../support/fc-runs.ts";
import { Chance } from "../../support/second-opinion/chance.ts";
import {
  answeredDifferently,
  anyPlace,
  questionsNear,
  type DrawnPlace,
} from "../../support/second-opinion/drawn-place.ts";
import { FOLDS } from "../../support/second-opinion/folds.ts";
import { MUTATIONS } from "../../support/second-opinion/mutations.ts";
import { contextOf } from "../../support/second-opinion/product.ts";

jest.setTimeout(LAW_TIMEOUT_MS);

const runs = { numRuns: FC_RUNS };
const TIERS: readonly Tier[] = ["equal", "metadata", "meaning", "no-effect", "security"];

/** The normal form as text, and what the second opinion can read of it. */
function printed({ dialect }: DrawnPlace, text: string): string {
  const parsed = readDocument(text, contextOf(dialect));
  if (parsed.kind === "unreadable") throw new Error(`${text}: ${parsed.reason}`);
  return normalText(parsed.document);
}

describe("the normal form of any policy", () => {
  test("is itself after printing and reading, equals the document and answers every request alike", () => {
    fc.assert(
      fc.property(anyPlace, fc.nat(), (place, seed) => {
        const text = JSON.stringify(place.document);
        const normal = printed(place, text);
        const questions = questionsNear(place, [text], seed, 4);

        expect(printed(place, normal)).toBe(normal);
        expect(compareDocuments(text, normal, contextOf(place.dialect))).toBe("equal");
        expect(answeredDifferently(place, [text, normal], questions)).toEqual([]);
      }),
      runs,
    );
  });
});

/** Three documents, each made from the one before by another writing or by a change of one token, or left. */
function chain({ document }: DrawnPlace, seed: number): readonly [string, string, string] {
  const chance = new Chance(seed);
  const next = (text: string): string => {
    const read = JSON.parse(text) as DrawnPlace["document"];
    const rewritten = chance.isIn(60)
      ? chance.of(FOLDS.filter(({ because }) => !/spaces|encoding|no list/.test(because))).write(read)
      : chance.of(MUTATIONS).change(read, chance);
    return JSON.stringify(rewritten ?? read);
  };
  const first = JSON.stringify(document);
  const second = next(first);
  return [first, second, next(second)];
}

describe("each tier of difference", () => {
  test("is reflexive, symmetric and transitive among similar documents of every kind", () => {
    fc.assert(
      fc.property(anyPlace, fc.nat(), (place, seed) => {
        const [a, b, c] = chain(place, seed);
        const tier = (left: string, right: string): number =>
          TIERS.indexOf(compareDocuments(left, right, contextOf(place.dialect)));

        expect([tier(a, `${a} `), tier(b, `${b} `)]).toEqual([0, 0]);
        expect([tier(a, b), tier(b, c), tier(a, c)]).toEqual([tier(b, a), tier(c, b), tier(c, a)]);
        expect(tier(a, c)).toBeLessThanOrEqual(Math.max(tier(a, b), tier(b, c)));
        expect(tier(a, b)).toBeLessThanOrEqual(Math.max(tier(a, c), tier(c, b)));
      }),
      runs,
    );
  });
});
