import type { AttachedDocument } from "../attached-document.ts";
import type { DocumentContext, ParsedDocument } from "../document.ts";
import type { Tier } from "../../model/rules/tier.ts";
import { DocumentCache } from "./document-cache.ts";
import { compareForms, readEffect, readMeaning, type TextComparison } from "./equivalence.ts";
import { RowCache } from "./rows/row-cache.ts";
import type { RowList } from "./rows/row-list.ts";

/**
 * Reads and compares documents for one pass, one revision's rules or one command, and remembers what it made of them
 * until then.
 */
export class Comparer {
  readonly #documents: DocumentCache;
  readonly #rows = new RowCache();

  constructor(documents: DocumentCache = new DocumentCache()) {
    this.#documents = documents;
  }

  parse(text: string, context: DocumentContext): ParsedDocument {
    return this.#documents.parse(text, context);
  }

  /** The rows of a document, whose Allows grant something or (a boundary's) limit it. */
  rowsOf(document: AttachedDocument, context: DocumentContext, allows: "grant" | "limit"): RowList {
    return this.#rows.listOf(this.parse(document.text, context), { document, context, allows });
  }

  /** How far two documents are apart, or why one of them is none. */
  compareTexts(a: string, b: string, context: DocumentContext): TextComparison {
    return this.#documents.comparisons.comparisonOf([a, b], context, () => this.#compared(a, b, context));
  }

  #compared(a: string, b: string, context: DocumentContext): TextComparison {
    const { forms } = this.#documents;
    const [left, right] = [forms(a, context), forms(b, context)];
    if ("unreadable" in left) return { kind: "unreadable", which: "a", reason: left.unreadable };
    if ("unreadable" in right) return { kind: "unreadable", which: "b", reason: right.unreadable };
    // Not cached: most documents are equal before, and a cache saved nothing (6,000 functions, each twentieth spelt differently).
    const isSameMeaning = (): boolean => readMeaning(a, context) === readMeaning(b, context);
    const tier = compareForms(left, right, isSameMeaning);
    const isUnnoticed = tier === "security" && isSameEffect(a, b, context);
    return { kind: "compared", tier: isUnnoticed ? "no-effect" : tier };
  }

  /** How far two documents are apart. An unreadable one equals its own text only. */
  compareDocuments(a: string, b: string, context: DocumentContext): Tier {
    if (a === b) return "equal";
    const comparison = this.compareTexts(a, b, context);
    return comparison.kind === "compared" ? comparison.tier : "security";
  }
}

function isSameEffect(a: string, b: string, context: DocumentContext): boolean {
  const effect = readEffect(a, context);
  return effect !== null && effect === readEffect(b, context);
}

/** One comparison by itself, that remembers nothing. */
export function compareTexts(a: string, b: string, context: DocumentContext): TextComparison {
  return new Comparer().compareTexts(a, b, context);
}

export function compareDocuments(a: string, b: string, context: DocumentContext): Tier {
  return new Comparer().compareDocuments(a, b, context);
}
