import type { AttachedDocument } from "../../attached-document.ts";
import type { NormalDocument, ParsedDocument } from "../../document.ts";
import type { ComparableRow } from "./comparable-row.ts";
import { documentRows, type DocumentPlace } from "./document-rows.ts";

/** So many rows of shared documents are kept before all are forgotten: some twenty megabytes. */
const MAX_SHARED = 20_000;

/** Rows by document, and by what they are for and where the document is attached. */
type KnownRows = WeakMap<NormalDocument, Map<string, readonly ComparableRow[]>>;

/** Documents taken apart into rows, for one `Comparer`. */
export class RowCache {
  /** Boundaries and attached policies, which many roles have. */
  #shared: KnownRows = new WeakMap();
  #sharedCount = 0;
  /** A role's own document is on both sides of each of its deltas, which come one after the other: kept until the next role. */
  #own: { readonly origin: AttachedDocument["origin"]; readonly known: KnownRows } = {
    origin: undefined,
    known: new WeakMap(),
  };

  rowsOf(parsed: ParsedDocument, place: DocumentPlace): readonly ComparableRow[] {
    if (parsed.kind === "unreadable") return documentRows(parsed, place);
    const { from, origin } = place.document;
    const known = origin === undefined ? this.#shared : this.#knownOf(origin);
    const name = `${place.allows} ${from}`;
    const found = known.get(parsed.document)?.get(name);
    if (found !== undefined) return found;
    const rows = documentRows(parsed, place);
    const places = known.get(parsed.document) ?? new Map<string, readonly ComparableRow[]>();
    known.set(parsed.document, places.set(name, rows));
    if (origin === undefined) this.#count(rows.length);
    return rows;
  }

  #knownOf(origin: AttachedDocument["origin"]): KnownRows {
    if (this.#own.origin !== origin) this.#own = { origin, known: new WeakMap() };
    return this.#own.known;
  }

  #count(rows: number): void {
    this.#sharedCount += rows;
    if (this.#sharedCount <= MAX_SHARED) return;
    this.#shared = new WeakMap();
    this.#sharedCount = 0;
  }
}
