import type { EntryRow } from "../../rows/audit-rows.ts";
import { selectAll, type SqliteConnection } from "../connection.ts";

type DocumentsOfEntry = Pick<EntryRow, "seq" | "documents">;

/** The number of entries, and of documents, that one step reads. */
const ENTRIES = 500;
const DOCUMENTS = 200;

/** What is known while documents are removed. */
interface Search {
  /** Candidates that no entry up to `readTo` needs. */
  readonly unused: Set<string>;
  readTo: number;
}

/**
 * The documents that no entry and no key needs any more. No table lists the uses of a document, because that would make
 * each append slower: all remaining entries are read, some at a time. An interrupted search begins again.
 */
export class UnusedDocuments {
  readonly #db: SqliteConnection;
  #search: Search | null = null;

  constructor(db: SqliteConnection) {
    this.#db = db;
  }

  /** Remembers the documents of entries that are removed; call this in their transaction. */
  noteRemoved(rows: readonly DocumentsOfEntry[]): void {
    const insert = this.#db.prepare(
      "INSERT INTO removable_documents (hash) VALUES (?) ON CONFLICT DO NOTHING",
    );
    for (const hash of rows.flatMap(hashesOf)) insert.run(hash);
    this.#search = null;
  }

  /** One step of the search, or of the removal after it. @returns whether there is more to do */
  removeSome(): boolean {
    const search = (this.#search ??= this.#begin());
    if (search.unused.size > 0 && this.#readSome(search)) return true;
    // All entries were read in this transaction or before, so that no new entry can need these documents.
    const hashes = search.unused.values().take(DOCUMENTS).toArray();
    const remove = this.#db.prepare("DELETE FROM documents WHERE hash = ?");
    const forget = this.#db.prepare("DELETE FROM removable_documents WHERE hash = ?");
    const needed = this.#neededByKeys();
    for (const hash of hashes) {
      if (!needed.has(hash)) remove.run(hash);
      forget.run(hash);
      search.unused.delete(hash);
    }
    if (search.unused.size > 0) return true;
    this.#db.prepare("DELETE FROM removable_documents").run();
    this.#search = null;
    return false;
  }

  #begin(): Search {
    const rows = selectAll<{ readonly hash: string }>(this.#db, "SELECT hash FROM removable_documents");
    return { unused: new Set(rows.map(({ hash }) => hash)), readTo: 0 };
  }

  /** @returns whether there may be more entries to read */
  #readSome(search: Search): boolean {
    const sql = "SELECT seq, documents FROM chain WHERE seq > ? ORDER BY seq LIMIT ?";
    const rows = selectAll<DocumentsOfEntry>(this.#db, sql, search.readTo, ENTRIES);
    for (const hash of rows.flatMap(hashesOf)) search.unused.delete(hash);
    search.readTo = rows.at(-1)?.seq ?? search.readTo;
    return rows.length === ENTRIES;
  }

  #neededByKeys(): ReadonlySet<string> {
    const sql = "SELECT source_hash AS hash FROM keys WHERE source_hash IS NOT NULL";
    return new Set(selectAll<{ readonly hash: string }>(this.#db, sql).map(({ hash }) => hash));
  }
}

function hashesOf({ documents }: DocumentsOfEntry): readonly string[] {
  return documents === null ? [] : Object.values(JSON.parse(documents) as Readonly<Record<string, string>>);
}
