import type { ConditionTest, Selector } from "../../document.ts";
import type { Unit } from "./comparable-row.ts";

/** So many pairs of patterns are compared with one set of rows, or in one check of statements: some tenths of a second at the worst. Roles that people write take a hundredth; 1,500 patterns in a boundary of 200 that goes take most of it. */
const MAX_PAIRS = 200_000;

/**
 * What a comparison may still do. Rows that all have to be compared with each other take time with their square, and who
 * may write policies may write such rows: what is not compared is then not proved, and said to be possible.
 */
export class Effort {
  readonly #pairs: number;
  #left: number;

  constructor(pairs: number = MAX_PAIRS) {
    this.#pairs = pairs;
    this.#left = pairs;
  }

  /** False when there is not so much left; from then on nothing is. */
  take(pairs: number): boolean {
    this.#left -= pairs;
    return this.#left >= 0;
  }

  /** True when not all could be compared. */
  get hasEnded(): boolean {
    return this.#left < 0;
  }

  /** For another question: its answer must not depend on what was asked before. */
  renew(): void {
    this.#left = this.#pairs;
  }
}

/** What it may take to compare two units. */
export function pairCost(a: Unit, b: Unit): number {
  const tests = a.conditions === b.conditions ? 0 : testsWeight(a.conditions) * testsWeight(b.conditions);
  return actionCost(a, b) + weight(a.resource.values) * weight(b.resource.values) + tests;
}

export function actionCost(a: { readonly action: Selector }, b: { readonly action: Selector }): number {
  return weight(a.action.values) * weight(b.action.values);
}

/** What it takes to make, sort and show what two units have in common. */
export function partCost({ row }: Unit, around: Unit): number {
  const characters = [row, around.row].reduce(
    (sum, { action, resource }) => sum + action.length + resource.length,
    0,
  );
  return 30 + Math.ceil(characters / 20);
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
