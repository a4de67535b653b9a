import { describe, expect, jest, test } from "@jest/globals";
import fc from "fast-check";
import { compareDocuments } from "../../../src/iam/compare/comparer.ts";
import type { Tier } from "../../../src/model/rules/tier.ts";
import { FC_RUNS, LAW_TIMEOUT_MS } from "../../support/fc-runs.ts";
import {
  answeredDifferently,
  anyPlace,
  questionsNear,
  resourcePlace,
  trustPlace,
} from "../../support/second-opinion/drawn-place.ts";
import { FOLDS, type Fold } from "../../support/second-opinion/folds.ts";
import { contextOf } from "../../support/second-opinion/product.ts";

jest.setTimeout(LAW_TIMEOUT_MS);

/** Each way of writing is tried by itself, so that together they are many more. */
const RUNS = Math.ceil(FC_RUNS / 5);
const TIERS: readonly Tier[] = ["equal", "metadata", "meaning", "no-effect", "security"];

const PLACES = {
  all: anyPlace,
  "of resources": fc.oneof(resourcePlace, trustPlace),
  "of policies": resourcePlace,
} as const satisfies Record<Fold["dialects"], unknown>;

describe("another spelling of a document", () => {
  test.each(FOLDS)(
    "is compared as $tier and answers every request as before: $because",
    ({ dialects, tier, write }) => {
      fc.assert(
        fc.property(PLACES[dialects], fc.nat(), (place, seed) => {
          const before = JSON.stringify(place.document);
          const rewritten = write(place.document);
          const after = typeof rewritten === "string" ? rewritten : JSON.stringify(rewritten);
          const found = compareDocuments(before, after, contextOf(place.dialect));
          const plain = after.startsWith("%") ? decodeURIComponent(after) : after;
          const questions = questionsNear(place, [before], seed, 3);

          expect(TIERS.indexOf(found)).toBeLessThanOrEqual(TIERS.indexOf(allowedTier(tier, place.dialect)));
          expect(answeredDifferently(place, [before, plain], questions)).toEqual([]);
        }),
        { numRuns: RUNS },
      );
    },
  );

  test.each(FOLDS)("is another text often enough: $because", ({ dialects, write }) => {
    const places = fc.sample(PLACES[dialects], { numRuns: 200, seed: 11 });
    const changed = places.filter(
      ({ document }) => JSON.stringify(write(document)) !== JSON.stringify(document),
    );

    expect(changed.length).toBeGreaterThan(5);
  });
});

/** In Lambda's policies the Sid is what a statement is known by. */
function allowedTier(tier: Tier, dialect: string): Tier {
  return tier === "metadata" && dialect === "resource" ? "security" : tier;
}
