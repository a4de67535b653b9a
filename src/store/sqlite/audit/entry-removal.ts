import type { AuditEntry } from "../../../audit/entry.ts";
import type { EntryRemoval } from "../../entry-removal.ts";
import { fromRow, type EntryRow } from "../../rows/audit-rows.ts";
import { selectAll, selectOne, type SqliteConnection } from "../connection.ts";
import { documentsOf } from "../documents.ts";
import { storing } from "../failure.ts";
import { UnusedDocuments } from "./unused-documents.ts";

/** The number of rows of one transaction: it takes a few milliseconds. */
const SLICE = 200;
/** Free pages of the file that are kept for new entries; the others are returned to the file system, some at a time. */
const KEPT_PAGES = 1_000;
const RETURNED_PAGES = 100;

export class SqliteEntryRemoval implements EntryRemoval {
  readonly #db: SqliteConnection;
  readonly #documents: UnusedDocuments;

  constructor(db: SqliteConnection) {
    this.#db = db;
    this.#documents = new UnusedDocuments(db);
  }

  async numberOf(sql: string, ...values: readonly number[]): Promise<number> {
    const inOrder = sql.replaceAll(/\$\d/g, "?");
    return storing("find entries to remove", () => {
      const found = selectOne<{ readonly seq: number | null }>(this.#db, inOrder, ...values);
      return found?.seq ?? Infinity;
    });
  }

  async hashBefore(seq: number): Promise<string> {
    return storing("find entries to remove", () => {
      const sql = "SELECT prev FROM entries WHERE seq = ?";
      return selectOne<{ readonly prev: string }>(this.#db, sql, seq)?.prev ?? "";
    });
  }

  /** The table has only entries that a checkpoint signs. */
  async recordedUpTo(): Promise<number> {
    return storing("read the last removal", () => {
      const sql = "SELECT * FROM entries WHERE kind = 'entries-removed' ORDER BY seq DESC LIMIT 1";
      const row = selectOne<EntryRow>(this.#db, sql);
      if (row === undefined) return 0;
      const entry: AuditEntry = fromRow(row, documentsOf(this.#db));
      return entry.kind === "entries-removed" ? entry.upTo : 0;
    });
  }

  async removeSome(upTo: number): Promise<boolean> {
    return storing("remove entries", () => this.#db.transaction(() => this.#removeSlice(upTo)).immediate());
  }

  async removeSomeDocuments(): Promise<boolean> {
    return storing("remove documents", () =>
      this.#db.transaction(() => this.#documents.removeSome()).immediate(),
    );
  }

  async returnSomeSpace(): Promise<boolean> {
    return storing("shrink the database", () => {
      const free = (): number => Number(this.#db.pragma("freelist_count", { simple: true }));
      const before = free();
      if (before <= KEPT_PAGES) return false;
      this.#db.pragma(`incremental_vacuum(${RETURNED_PAGES})`);
      // The file of an earlier version can't shrink: it uses its free pages again.
      return free() < before;
    });
  }

  #removeSlice(upTo: number): boolean {
    const rows = selectAll<Pick<EntryRow, "seq" | "documents">>(
      this.#db,
      "SELECT seq, documents FROM entries WHERE seq <= ? ORDER BY seq LIMIT ?",
      upTo,
      SLICE,
    );
    const last = rows.at(-1)?.seq;
    if (last === undefined) return false;
    this.#documents.noteRemoved(rows);
    this.#db.prepare("UPDATE removal SET up_to = ?").run(upTo);
    this.#db.prepare("DELETE FROM writes WHERE intent <= ?").run(last);
    this.#db.prepare("DELETE FROM entries WHERE seq <= ?").run(last);
    return rows.length === SLICE;
  }
}
