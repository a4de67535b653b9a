import { describe, expect, jest, test } from "@jest/globals";
import fc from "fast-check";
import { provedNarrower } from "../../../src/iam/compare/containment.ts";
import { FC_RUNS, LAW_TIMEOUT_MS } from "../../support/fc-runs.ts";
import { Chance } from "../../support/second-opinion/chance.ts";
import {
  anyPlace,
  opinionWith,
  questionsNear,
  type DrawnPlace,
  type PlacedDocument,
} from "../../support/second-opinion/drawn-place.ts";
import { MUTATIONS } from "../../support/second-opinion/mutations.ts";
import { contextOf } from "../../support/second-opinion/product.ts";

jest.setTimeout(LAW_TIMEOUT_MS);

/** A document near to the place's own: one or two tokens changed. */
function neighbour({ document }: DrawnPlace, chance: Chance): PlacedDocument {
  const once = chance.of(MUTATIONS).change(document, chance) ?? document;
  return chance.isIn(30) ? (chance.of(MUTATIONS).change(once, chance) ?? once) : once;
}

describe("a proved containment", () => {
  test("is contradicted by no request, for every kind of policy", () => {
    fc.assert(
      fc.property(anyPlace, fc.nat(), (place, seed) => {
        const chance = new Chance(seed);
        const texts = [place.document, neighbour(place, chance)].map((one) => JSON.stringify(one));
        const [inner = "", outer = ""] = chance.isIn(50) ? texts : texts.toReversed();
        if (provedNarrower(inner, outer, contextOf(place.dialect)).kind !== "proved") return;
        const questions = questionsNear(place, [inner, outer], seed, 6);

        expect(
          questions.filter(
            (question) =>
              opinionWith(place, inner, question) === "allowed" &&
              opinionWith(place, outer, question) === "denied",
          ),
        ).toEqual([]);
      }),
      { numRuns: FC_RUNS },
    );
  });

  test("is found for many of these pairs", () => {
    const sample = fc.sample(fc.tuple(anyPlace, fc.nat()), { numRuns: 500, seed: 5 });
    const proved = sample.filter(([place, seed]) => {
      const changed = JSON.stringify(neighbour(place, new Chance(seed)));
      return (
        provedNarrower(changed, JSON.stringify(place.document), contextOf(place.dialect)).kind === "proved"
      );
    });

    expect(proved.length).toBeGreaterThan(100);
  });
});
