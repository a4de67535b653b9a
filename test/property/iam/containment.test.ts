import { describe, expect, jest, test } from "@jest/globals";
import fc from "fast-check";
import { provedNarrower } from "../../../src/iam/compare/containment.ts";
import { FC_RUNS, LAW_TIMEOUT_MS } from "../../support/fc-runs.ts";
import {
  documentsWith,
  identityPlace,
  opinionWith,
  questionsNear,
  resourcePlace,
  trustPlace,
} from "../../support/second-opinion/drawn-place.ts";
import { contextOf, productDecision } from "../../support/second-opinion/product.ts";
import { type Question } from "../../support/second-opinion/world.ts";
import { type Pair, narrowPair, anyPair } from "../../support/second-opinion/drawn-pair.ts";

jest.setTimeout(LAW_TIMEOUT_MS);

const runs = { numRuns: FC_RUNS };
const QUESTIONS = 12;

function isProved({ place, inner, outer }: Pair): boolean {
  return provedNarrower(inner, outer, contextOf(place.dialect)).kind === "proved";
}

/** Allowed by the inner one alone, by either evaluator. */
function contradicts({ place, inner, outer }: Pair, question: Question): boolean {
  const product = (text: string): string => productDecision(question, documentsWith(place, text)).kind;
  const second = [opinionWith(place, inner, question), opinionWith(place, outer, question)];
  if (product(inner) === "allowed" && product(outer) !== "allowed") return true;
  return !second.includes("undocumented") && second[0] === "allowed" && second[1] !== "allowed";
}

describe("containment", () => {
  test("is proved only if no request contradicts it, by two evaluators and in every dialect", () => {
    fc.assert(
      fc.property(anyPair, fc.nat(), (pair, seed) => {
        if (!isProved(pair)) return;
        const questions = questionsNear(pair.place, [pair.inner, pair.outer], seed, QUESTIONS);

        expect(questions.filter((question) => contradicts(pair, question))).toEqual([]);
      }),
      runs,
    );
  });

  test.each([
    { dialect: "identity", places: identityPlace },
    { dialect: "resource", places: resourcePlace },
    { dialect: "trust", places: trustPlace },
  ])("is proved for at least 95 % of the $dialect policies that lack one part", ({ places }) => {
    const pairs = fc
      .sample(narrowPair(places), { numRuns: 3_000, seed: 11 })
      .filter((pair) => pair !== undefined);
    const proved = pairs.filter(isProved);

    expect(pairs.length).toBeGreaterThan(1_000);
    expect(proved.length / pairs.length).toBeGreaterThanOrEqual(0.95);
  });
});
