import type { AuditEntry } from "../../../audit/entry.ts";
import { selectAll, selectOne, type SqliteConnection } from "../connection.ts";
import { documentsOf } from "../documents.ts";
import { storing } from "../failure.ts";
import { fromRow, type EntryRow } from "../../rows/audit-rows.ts";
import { UnusedDocuments } from "./unused-documents.ts";

/** The number of rows of one transaction: it takes a few milliseconds. */
const SLICE = 200;
/** Free pages of the file that are kept for new entries; the others are returned to the file system, some at a time. */
const KEPT_PAGES = 1_000;
const RETURNED_PAGES = 100;

/** Which entries may be removed. */
export interface RemovalBounds {
  /** Only entries before this time. */
  readonly beforeMs: number;
  /** Only entries before this number. The entry itself stays: a reader that took it last finds its place by it. */
  readonly readUpTo: number;
}

/** The end of a run of entries that a removal takes from the beginning of the chain. */
export interface RemovableRun {
  readonly first: number;
  readonly upTo: number;
  /** The hash of entry `upTo`, which the checkpoint after it signs. */
  readonly head: string;
}

/**
 * Removes entries from the beginning of the chain, up to a checkpoint, which stays. Each method takes a few
 * milliseconds. A removal that was recorded and interrupted can be continued.
 */
export class EntryRemoval {
  readonly #db: SqliteConnection;
  readonly #documents: UnusedDocuments;

  constructor(db: SqliteConnection) {
    this.#db = db;
    this.#documents = new UnusedDocuments(db);
  }

  /**
   * The entries before a checkpoint that has all its copies outside. Entries from the oldest write without an outcome
   * on are kept. null: none may be removed.
   */
  removable({ beforeMs, readUpTo }: RemovalBounds, mostEntries: number): RemovableRun | null {
    return storing("find entries to remove", () => {
      const first = this.firstSeq();
      if (first === Infinity) return null;
      const reach = Math.max(first + mostEntries, this.#checkpointAfter(first));
      const limits = [
        this.#firstYoung(beforeMs, { first, last: reach }),
        ...this.#obstacles(readUpTo).map(({ seq }) => seq),
        reach,
      ];
      const sql = "SELECT max(seq) AS seq FROM entries WHERE kind = 'checkpoint' AND seq <= ?";
      const checkpoint = selectOne<{ readonly seq: number | null }>(this.#db, sql, Math.min(...limits))?.seq;
      if (checkpoint === null || checkpoint === undefined || checkpoint <= first) return null;
      const hash = selectOne<{ readonly prev: string }>(
        this.#db,
        "SELECT prev FROM entries WHERE seq = ?",
        checkpoint,
      );
      return hash === undefined ? null : { first, upTo: checkpoint - 1, head: hash.prev };
    });
  }

  /** Why no entry is removed although the first ones are old enough; null: none of them is, or some can be removed. */
  obstacle({ beforeMs, readUpTo }: RemovalBounds): string | null {
    return storing("find entries to remove", () => {
      const first = this.firstSeq();
      const checkpoint = first === Infinity ? Infinity : this.#checkpointAfter(first);
      // Without a checkpoint, or with a younger entry before it, nothing is due.
      if (checkpoint === Infinity || this.#firstYoung(beforeMs, { first, last: checkpoint }) < checkpoint)
        return null;
      const obstacles = this.#obstacles(readUpTo).filter(({ seq }) => seq < checkpoint);
      return obstacles.length === 0 ? null : obstacles.map(({ reason }) => reason).join("; ");
    });
  }

  /** The last entry that a recorded removal takes; 0 without one. Only a record that a checkpoint signs counts. */
  recordedUpTo(): number {
    return storing("read the last removal", () => {
      const sql = "SELECT * FROM entries WHERE kind = 'entries-removed' ORDER BY seq DESC LIMIT 1";
      const row = selectOne<EntryRow>(this.#db, sql);
      if (row === undefined) return 0;
      const entry: AuditEntry = fromRow(row, documentsOf(this.#db));
      return entry.kind === "entries-removed" ? entry.upTo : 0;
    });
  }

  /** The number of the first entry that is filed; Infinity without one. */
  firstSeq(): number {
    return this.#least("SELECT min(seq) AS seq FROM entries");
  }

  /** Removes some of the entries of a recorded removal. @returns whether there may be more */
  removeSome(upTo: number): boolean {
    return storing("remove entries", () => this.#db.transaction(() => this.#removeSlice(upTo)).immediate());
  }

  /** Removes some of the documents that only removed entries needed. @returns whether there may be more */
  removeSomeDocuments(): boolean {
    return storing("remove documents", () =>
      this.#db.transaction(() => this.#documents.removeSome()).immediate(),
    );
  }

  /** Returns some free pages of the file to the file system. @returns whether there may be more */
  returnSomePages(): boolean {
    return storing("shrink the database", () => {
      const free = (): number => Number(this.#db.pragma("freelist_count", { simple: true }));
      const before = free();
      if (before <= KEPT_PAGES) return false;
      this.#db.pragma(`incremental_vacuum(${RETURNED_PAGES})`);
      // The file of an earlier version can't shrink: it uses its free pages again.
      return free() < before;
    });
  }

  /** What keeps entries that are old enough, by the last entry that may be removed. */
  #obstacles(readUpTo: number): readonly { readonly seq: number; readonly reason: string }[] {
    const open = this.#least("SELECT min(intent) AS seq FROM writes WHERE outcome IS NULL");
    const copied = this.#least("SELECT min(seq) - 1 AS seq FROM unanchored");
    return [
      { seq: open, reason: `entry ${open} is a write without an outcome` },
      { seq: copied, reason: `the checkpoint in entry ${copied + 1} has no copy outside yet` },
      { seq: readUpTo, reason: `audit.stdout has written the entries up to ${readUpTo} only` },
    ];
  }

  /** The number of the first checkpoint after this entry; Infinity without one. */
  #checkpointAfter(seq: number): number {
    return this.#least("SELECT min(seq) AS seq FROM entries WHERE kind = 'checkpoint' AND seq > ?", seq);
  }

  /** By number, not by the index of times: the clock may have been set back, and the read must be short. */
  #firstYoung(beforeMs: number, { first, last }: { readonly first: number; readonly last: number }): number {
    const sql = "SELECT min(seq) AS seq FROM entries WHERE seq BETWEEN ? AND ? AND +at_ms >= ?";
    return this.#least(sql, first, last, beforeMs);
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

  #least(sql: string, ...parameters: readonly number[]): number {
    return selectOne<{ readonly seq: number | null }>(this.#db, sql, ...parameters)?.seq ?? Infinity;
  }
}
