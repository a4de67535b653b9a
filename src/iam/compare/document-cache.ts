import { readDocument } from "../read/parse.ts";
import { readEffect, readForms, readMeaning } from "./equivalence.ts";
import { ComparisonMemo } from "./comparison-memo.ts";
import { createMemo } from "../read/text-memo.ts";

/**
 * The results of reading documents' texts, so that a text is rarely read twice. Everything in it follows from the text and
 * its context: with another cache, or an empty one, every answer is the same. Each of the five is bounded, and forgets
 * everything when it is full. `ControllerState` has one for as long as the controller runs; a `Comparer` made without one has its own.
 */
export class DocumentCache {
  /** Half of planning an empty account, a quarter of planning a changed one (npm run bench). */
  readonly parse = createMemo(readDocument);
  /** Without a document that changed, a comparison is one look-up for each side: a tenth of reading both. */
  readonly forms = createMemo(readForms);
  /**
   * Made when it is asked for: most documents are equal before. A quarter of planning an account in which each
   * twentieth document is written differently and means the same.
   */
  readonly meaning = createMemo(readMeaning);
  /** Made when no other form is equal. */
  readonly effect = createMemo(readEffect);
  /** Without it, the texts of roles that differ in the same way in each pass are read again in each pass. */
  readonly comparisons = new ComparisonMemo();
}
