import { documentName } from "../../row-text.ts";
import type { NormalDocument, ParsedDocument } from "../../document.ts";
import { documentRows, type RowContext } from "./document-rows.ts";
import { RowList } from "./row-list.ts";

/** The maximum number of rows: some twenty megabytes. When there are more, all are dropped. */
const MAX_ROWS = 20_000;

/**
 * The rows of documents that many roles have, boundaries and attached policies. Without it, planning an empty account of
 * 1,500 functions takes 1.7 times as long, and a changed one twice as long. Documents with a place in Git are not kept, because each role has its own. Lifetime: one `Comparer`.
 */
export class RowCache {
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
