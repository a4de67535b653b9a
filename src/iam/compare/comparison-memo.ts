import { isSameContext, type DocumentContext } from "../document.ts";
import type { TextComparison } from "./equivalence.ts";

/** The maximum number of characters of the remembered texts; when there are more, all are dropped: some two megabytes. */
const MAX_CHARACTERS = 2_000_000;

interface KnownComparison {
  readonly a: string;
  readonly context: DocumentContext;
  readonly comparison: TextComparison;
}

/**
 * The last comparison with each text. A role that differs from Git is compared in each pass with the same two texts, and
 * only the result is kept of them, not what was read. The text `b` should be the declared one: as it is the same string
 * in each pass, it is found without a new hash.
 */
export class ComparisonMemo {
  readonly #known = new Map<string, KnownComparison>();
  #characters = 0;

  comparisonOf(
    [a, b]: readonly [a: string, b: string],
    context: DocumentContext,
    compare: () => TextComparison,
  ): TextComparison {
    const known = this.#known.get(b);
    if (known?.a === a && isSameContext(known.context, context)) return known.comparison;
    const comparison = compare();
    this.#characters += a.length + (known === undefined ? b.length : -known.a.length);
    if (this.#characters > MAX_CHARACTERS) {
      this.#known.clear();
      this.#characters = a.length + b.length;
    }
    this.#known.set(b, { a, context, comparison });
    return comparison;
  }
}
