import { describe, expect, jest, test } from "@jest/globals";
import fc from "fast-check";
import { compareDocuments } from "../../../src/iam/compare/comparer.ts";
import { FC_RUNS, LAW_TIMEOUT_MS } from "../../support/fc-runs.ts";
import { Chance } from "../../support/second-opinion/chance.ts";
import {
  answeredDifferently,
  anyPlace,
  documentsWith,
  questionsNear,
  type DrawnPlace,
} from "../../support/second-opinion/drawn-place.ts";
import { MUTATIONS, type Mutation } from "../../support/second-opinion/mutations.ts";
import { contextOf, productDecision } from "../../support/second-opinion/product.ts";
import type { Question, Written } from "../../support/second-opinion/world.ts";

jest.setTimeout(LAW_TIMEOUT_MS);

/** Each mutation is tried by itself, so that together they are many more. */
const RUNS = Math.ceil(FC_RUNS / 5);

interface Mutated {
  readonly before: string;
  readonly after: string;
  readonly differing: readonly Question[];
}

function mutated(place: DrawnPlace, { change }: Mutation, seed: number): Mutated | undefined {
  const changed = change(place.document, new Chance(seed));
  if (changed === undefined) return undefined;
  const texts = [JSON.stringify(place.document), JSON.stringify(changed)] as const;
  const questions = questionsNear(place, texts, seed, 3);
  return { before: texts[0], after: texts[1], differing: answeredDifferently(place, [...texts], questions) };
}

describe("a change of one token", () => {
  test.each(MUTATIONS)("is of tier security if it changes an answer: $because", (mutation) => {
    fc.assert(
      fc.property(anyPlace, fc.nat(), (place, seed) => {
        const found = mutated(place, mutation, seed);
        if (found === undefined || found.differing.length === 0) return;

        expect(compareDocuments(found.before, found.after, contextOf(place.dialect))).toBe("security");
      }),
      { numRuns: RUNS },
    );
  });

  test.each(MUTATIONS)("changes an answer often enough to be tested: $because", (mutation) => {
    const places = fc.sample(fc.tuple(anyPlace, fc.nat()), { numRuns: 200, seed: 3 });
    const changing = places.filter(
      ([place, seed]) => (mutated(place, mutation, seed)?.differing ?? []).length > 0,
    );

    expect(changing.length).toBeGreaterThan(0);
  });
});

const isAllow = (statement: Written): boolean => statement["Effect"] === "Allow";

describe("a removed Allow and an added Deny", () => {
  test("never allow more, for any kind of policy", () => {
    fc.assert(
      fc.property(anyPlace, anyPlace, fc.nat(), (place, other, seed) => {
        const { Statement: statements } = place.document;
        const dropped = statements.findIndex(isAllow);
        const denials =
          other.dialect === place.dialect ? other.document.Statement.filter((one) => !isAllow(one)) : [];
        const before = JSON.stringify(place.document);
        const narrower = [statements.filter((_, at) => at !== dropped), [...statements, ...denials]].map(
          (Statement) => JSON.stringify({ ...place.document, Statement }),
        );
        const questions = questionsNear(place, [before], seed, 4);
        const isAllowed = (text: string, question: Question): boolean =>
          productDecision(question, documentsWith(place, text)).kind === "allowed";

        for (const text of narrower) {
          expect(
            questions.filter((question) => isAllowed(text, question) && !isAllowed(before, question)),
          ).toEqual([]);
        }
      }),
      { numRuns: FC_RUNS },
    );
  });
});
