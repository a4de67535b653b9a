import { describe, expect, jest, test } from "@jest/globals";
import fc from "fast-check";
import { operatorNames } from "../../../src/iam/operators.ts";
import { FC_RUNS, LAW_TIMEOUT_MS } from "../../support/fc-runs.ts";
import { OPERATOR_NAMES } from "../../support/second-opinion/condition.ts";
import { questionOf } from "../../support/second-opinion/drawn-question.ts";
import { drawnWorld, type DrawnWorld } from "../../support/second-opinion/drawn-world.ts";
import { secondOpinion } from "../../support/second-opinion/opinion.ts";
import { productDecision } from "../../support/second-opinion/product.ts";
import { FAMILIES } from "../../support/second-opinion/vocabulary.ts";
import { Undocumented, type Question } from "../../support/second-opinion/world.ts";

jest.setTimeout(LAW_TIMEOUT_MS);

/** So that 10,000 worlds are well over 100,000 requests. */
const QUESTIONS = 12;
const seeds = fc.array(fc.nat(), { minLength: QUESTIONS, maxLength: QUESTIONS });

describe("the second opinion", () => {
  test("agrees with the evaluator about every request that AWS's documentation decides", () => {
    fc.assert(
      fc.property(drawnWorld, seeds, (world, seeds) => {
        const questions = seeds.map((seed) => questionOf(world, seed));

        expect(
          questions.map((question) => compared(world, question)).filter((found) => !found.isSame),
        ).toEqual([]);
      }),
      { numRuns: FC_RUNS },
    );
  });

  test("can answer most questions, and answers both ways", () => {
    const sample = fc.sample(fc.tuple(drawnWorld, seeds), { numRuns: 500, seed: 7 });
    const answers = sample.flatMap(([world, seeds]) =>
      seeds.map((seed) => compared(world, questionOf(world, seed)).opinion),
    );
    const share = (answer: string): number => answers.filter((one) => one === answer).length / answers.length;

    expect(FAMILIES.flatMap(({ operators }) => operators).sort()).toEqual(OPERATOR_NAMES);
    expect(OPERATOR_NAMES).toEqual(
      operatorNames()
        .filter((name) => name !== "Null")
        .toSorted(),
    );
    for (const has of LAYERS) expect(sample.filter(([world]) => has(world)).length).toBeGreaterThan(50);
    expect(share("undocumented")).toBeLessThan(0.05);
    expect(share("allowed")).toBeGreaterThan(0.15);
    expect(share("denied")).toBeGreaterThan(0.15);
  });
});

/** Many of the worlds contain each kind of policy. */
const LAYERS: readonly ((world: DrawnWorld) => boolean)[] = [
  ({ documents }) => documents.identity.length > 0,
  ({ documents }) => documents.boundary !== null,
  ({ documents }) => documents.session.length > 0,
  ({ documents }) => documents.resource.kind === "resource",
  ({ documents }) => documents.resource.kind === "trust",
];

interface ComparedAnswers {
  readonly isSame: boolean;
  readonly opinion: string;
  readonly product: string;
  readonly question: Question;
}

function compared(world: DrawnWorld, question: Question): ComparedAnswers {
  const product = productDecision(question, world.documents).kind;
  const opinion = opinionOf(world, question);
  return { isSame: opinion === "undocumented" || opinion === product, opinion, product, question };
}

function opinionOf({ documents }: DrawnWorld, question: Question): string {
  try {
    return secondOpinion(question, documents);
  } catch (cause) {
    if (cause instanceof Undocumented) return "undocumented";
    throw cause;
  }
}
