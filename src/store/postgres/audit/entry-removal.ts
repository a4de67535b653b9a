import type { EntryRemoval } from "../../entry-removal.ts";
import { fromRow } from "../../rows/audit-rows.ts";
import type { Database } from "../database.ts";
import { PostgresEntryReader } from "./entry-reader.ts";

/** The numbers of entries, of entries whose documents are read, and of documents, in one transaction. */
const ENTRIES = 200;
const READ_ENTRIES = 5_000;
const DOCUMENTS = 200;

export class PostgresEntryRemoval implements EntryRemoval {
  readonly #database: Database;
  /** The documents of entries up to this one are no candidates any more; null: the search has not begun. */
  #readTo: number | null = null;

  constructor(database: Database) {
    this.#database = database;
  }

  async numberOf(sql: string, ...values: readonly number[]): Promise<number> {
    const doing = "find entries to remove";
    const [found] = await this.#database.read<{ readonly seq: number | null }>(doing, sql, values);
    return found?.seq ?? Infinity;
  }

  async hashBefore(seq: number): Promise<string> {
    const sql = "SELECT prev FROM entries WHERE seq = $1";
    const [found] = await this.#database.read<{ readonly prev: string }>("find entries to remove", sql, [
      seq,
    ]);
    return found?.prev ?? "";
  }

  async recordedUpTo(): Promise<number> {
    const sql = `SELECT * FROM entries WHERE kind = 'entries-removed' AND seq < (SELECT checkpoint FROM head)
      ORDER BY seq DESC LIMIT 1`;
    const { rows, documents } = await new PostgresEntryReader(this.#database).selected(sql, []);
    const [entry] = rows.map((row) => fromRow(row, documents));
    return entry?.kind === "entries-removed" ? entry.upTo : 0;
  }

  async removeSome(upTo: number): Promise<boolean> {
    this.#readTo = null;
    return (await this.#changed("remove entries", "remove_entries($1, $2)", [upTo, ENTRIES])) === ENTRIES;
  }

  /** All remaining entries are read, because no table lists the uses of a document. An interrupted search begins again. */
  async removeSomeDocuments(): Promise<boolean> {
    const doing = "remove documents";
    const from = this.#readTo ?? 0;
    const values = [from, from + READ_ENTRIES];
    const readTo = await this.#changed(doing, "keep_documents($1, $2)", values);
    this.#readTo = readTo;
    if (readTo === from + READ_ENTRIES) return true;
    const removed = await this.#changed(doing, "remove_documents($1, $2)", [readTo, DOCUMENTS]);
    if (removed === DOCUMENTS) return true;
    this.#readTo = null;
    return false;
  }

  /** The server does it itself (autovacuum). */
  async returnSomeSpace(): Promise<boolean> {
    return false;
  }

  async #changed(doing: string, call: string, values: readonly number[]): Promise<number> {
    return this.#database.transaction(doing, async (query) => {
      const [row] = await query<{ readonly number: number }>(`SELECT ${call} AS number`, values);
      return row?.number ?? 0;
    });
  }
}
