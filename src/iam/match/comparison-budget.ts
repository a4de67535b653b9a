import type { ConditionTest } from "../../model/aws/policy-document.ts";
import type { Scope } from "./scope.ts";

/**
 * So many pairs of patterns are compared with one set of rows, or in one check of statements: some tenths of a second at
 * most. Roles that people write take a hundredth of it; 1,500 patterns in a boundary that loses 200 rows take most of it.
 */
const MAX_PAIRS = 200_000;

/**
 * How many pairs a comparison may still look at. To compare all rows with each other takes time with the square of
 * their number, and a person who may write policies may write such rows. A pair that is not compared is not proved,
 * and is reported as possible.
 */
export class ComparisonBudget {
  readonly #pairs: number;
  #left: number;

  constructor(pairs: number = MAX_PAIRS) {
    this.#pairs = pairs;
    this.#left = pairs;
  }

  /** False when less than that is left; from then on nothing is left. */
  spend(pairs: number): boolean {
    this.#left -= pairs;
    return this.#left >= 0;
  }

  /** True when not everything could be compared. */
  get isExhausted(): boolean {
    return this.#left < 0;
  }

  /** For another question: its answer must not depend on what was asked before. */
  reset(): void {
    this.#left = this.#pairs;
  }
}

/** What it may take to compare two scopes. */
export function pairCost(a: Scope, b: Scope): number {
  const tests = a.conditions === b.conditions ? 0 : testsWeight(a.conditions) * testsWeight(b.conditions);
  return actionCost(a, b) + weight(a.resources.values) * weight(b.resources.values) + tests;
}

export function actionCost(a: Pick<Scope, "actions">, b: Pick<Scope, "actions">): number {
  return weight(a.actions.values) * weight(b.actions.values);
}

export function testsWeight(tests: readonly ConditionTest[]): number {
  return tests.reduce((sum, { values }) => sum + weight(values), 0);
}

/** Long patterns take as many steps as several. */
export function weight(values: readonly string[]): number {
  let sum = 0;
  for (const { length } of values) sum += 1 + Math.floor(length / 128);
  return sum;
}
