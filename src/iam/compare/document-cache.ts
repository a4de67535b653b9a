import { readDocument } from "../read/parse.ts";
import { readForms } from "./equivalence.ts";
import { ComparisonMemo } from "./comparison-memo.ts";
import { createMemo } from "../read/text-memo.ts";

/**
 * The results of reading documents' texts, so that a text is rarely read twice. Everything in it follows from the text and
 * its context: with another cache, or an empty one, every answer is the same. Each of the three is bounded, and forgets
 * everything when it is full. `ControllerCaches` has one for as long as the controller runs; a `Comparer` made without one has its own.
 */
export class DocumentCache {
  /** Half of planning an empty account, a quarter of planning a changed one (npm run bench). */
  readonly parse = createMemo(readDocument);
  /** Without a document that changed, a comparison is one look-up for each side: a tenth of reading both. */
  readonly forms = createMemo(readForms);
  /**
   * Without it, planning 6,000 functions of which each twentieth differs in the same way as in the pass before takes 1.3
   * times as long. At 1,000 functions no gain was measured.
   */
  readonly comparisons = new ComparisonMemo();
}
