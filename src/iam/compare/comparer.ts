import type { AttachedDocument } from "../attached-document.ts";
import type { DocumentContext, ParsedDocument, NormalDocument } from "../document.ts";
import type { Tier } from "../../model/rules/tier.ts";
import { DocumentCache } from "./document-cache.ts";
import { compareForms, readEffect, readMeaning, type TextComparison } from "./equivalence.ts";
import { RowList } from "./rows/row-list.ts";
import { documentName } from "../row-text.ts";
import { documentRows, type RowContext } from "./rows/document-rows.ts";

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

/** The maximum number of rows: some twenty megabytes. When there are more, all are dropped. */
const MAX_ROWS = 20_000;

/**
 * The rows of documents that many roles have, boundaries and attached policies. Without it, planning an empty account of
 * 1,500 functions takes 1.7 times as long, and a changed one twice as long. Documents with a place in Git are not kept, because each role has its own. Lifetime: one `Comparer`.
 */
class RowCache {
  /** By document, then by its name in the role and by what its Allows do. */
  #known = new WeakMap<NormalDocument, Map<string, RowList>>();
  #count = 0;

  listOf(parsed: ParsedDocument, place: RowContext): RowList {
    const { from, origin } = place.document;
    if (parsed.kind === "unreadable" || origin !== undefined) return new RowList(documentRows(parsed, place));
    const name = `${place.allows} ${documentName(from)}`;
    const found = this.#known.get(parsed.document)?.get(name);
    if (found !== undefined) return found;
    const list = new RowList(documentRows(parsed, place));
    this.#count += list.rows.length;
    if (this.#count > MAX_ROWS) [this.#known, this.#count] = [new WeakMap(), list.rows.length];
    const places = this.#known.get(parsed.document) ?? new Map<string, RowList>();
    this.#known.set(parsed.document, places.set(name, list));
    return list;
  }
}
