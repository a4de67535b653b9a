import type { KeyObject } from "node:crypto";
import { CHAIN_START, nextEntry, type ChainHead } from "../../../audit/chain.ts";
import { signCheckpoint } from "../../../audit/checkpoint.ts";
import { checkpointIn, type CopyRecord } from "../../outside-copy.ts";
import type { AuditEntry, AuditFact } from "../../../audit/entry.ts";
import { fromRow, toRow, type EntryRow } from "../../rows/audit-rows.ts";
import { selectAll, type SqliteConnection } from "../connection.ts";
import type { Documents } from "../../rows/documents.ts";
import { documentsOf } from "../documents.ts";
import { Journal } from "./journal.ts";

interface StoredHead extends ChainHead {
  /** The kind of the last entry; null before the first. */
  readonly kind: string | null;
  /** The number of the last checkpoint; 0 before the first. */
  readonly checkpoint: number;
}

const COLUMNS = "seq, at_ms, kind, key, prev, hash, fact, documents";

/**
 * The end of the chain in the database. Every method that writes runs inside the caller's transaction. It caches the
 * head, because no other process writes; call `forget` after a failed transaction.
 */
export class ChainTable implements CopyRecord {
  readonly journal: Journal;
  readonly #db: SqliteConnection;
  readonly #documents: Documents;
  readonly #insert;
  readonly #readHead;
  readonly #row;
  readonly #moveRecent;
  readonly #removeRecent;
  readonly #await;
  #known: StoredHead | null = null;

  constructor(db: SqliteConnection) {
    this.#db = db;
    this.#documents = documentsOf(db);
    this.journal = new Journal({
      db,
      documents: this.#documents,
      recent: recentEntries(db, this.#documents),
    });
    this.#readHead = db.prepare<[], StoredHead>(
      `SELECT seq, hash, kind,
         (SELECT coalesce(max(seq), 0) FROM entries WHERE kind = 'checkpoint') AS checkpoint
       FROM chain ORDER BY seq DESC LIMIT 1`,
    );
    this.#await = db.prepare<[string, number]>("INSERT INTO unanchored (copy, seq) VALUES (?, ?)");
    this.#row = db.prepare<[number], EntryRow>("SELECT * FROM chain WHERE seq = ?");
    this.#insert = db.prepare<[EntryRow]>(
      `INSERT INTO recent_entries (${COLUMNS})
       VALUES (@seq, @at_ms, @kind, @key, @prev, @hash, @fact, @documents)`,
    );
    this.#moveRecent = db.prepare(
      `INSERT INTO entries (${COLUMNS}) SELECT ${COLUMNS} FROM recent_entries ORDER BY seq`,
    );
    this.#removeRecent = db.prepare("DELETE FROM recent_entries");
  }

  /** @param fact a result of `plainFact` */
  put(fact: AuditFact, at: string): AuditEntry {
    const head = this.#head();
    const entry = nextEntry(head, fact, at);
    this.#insert.run(toRow(entry, this.#documents));
    this.journal.note(entry);
    const { seq, hash, kind } = entry;
    this.#known = { seq, hash, kind, checkpoint: kind === "checkpoint" ? seq : head.checkpoint };
    return entry;
  }

  /** The number of the next entry. */
  nextSeq(): number {
    return this.#head().seq + 1;
  }

  /** Discards what is cached, because the entries of a failed transaction do not exist. */
  forget(): void {
    this.#known = null;
    this.journal.forget();
  }

  #head(): StoredHead {
    this.#known ??= this.#readHead.get() ?? { ...CHAIN_START, kind: null, checkpoint: 0 };
    return this.#known;
  }

  entry(seq: number): AuditEntry {
    const row = this.#row.get(seq);
    if (row === undefined) throw new Error(`there is no audit entry ${seq}`);
    return fromRow(row, this.#documents);
  }

  /**
   * Appends a checkpoint that has to be copied to these destinations, and moves the recent entries. Does nothing if the
   * chain is empty or ends with a checkpoint.
   */
  sign(key: KeyObject, at: string, copies: readonly string[]): void {
    const head = this.#head();
    if (head.kind === null || head.kind === "checkpoint") return;
    const { upTo, head: hash, keyId, signature } = signCheckpoint(key, head, at);
    const { seq } = this.put({ kind: "checkpoint", upTo, head: hash, keyId, signature }, at);
    this.#moveRecent.run();
    this.journal.store();
    this.#removeRecent.run();
    for (const copy of copies) this.#await.run(copy, seq);
  }

  /** The number of entries after the last checkpoint. */
  unsigned(): number {
    const { seq, checkpoint } = this.#head();
    return seq - checkpoint;
  }

  readonly unanchored: CopyRecord["unanchored"] = (copy) => {
    const sql = "SELECT seq FROM unanchored WHERE copy = ? ORDER BY seq";
    const rows = selectAll<{ readonly seq: number }>(this.#db, sql, copy);
    return rows.map(({ seq }) => ({ seq, checkpoint: () => checkpointIn(this.entry(seq)) }));
  };

  readonly anchored: CopyRecord["anchored"] = (copy, seq) => {
    this.#db.prepare("DELETE FROM unanchored WHERE copy = ? AND seq = ?").run(copy, seq);
  };
}

/** The entries that no checkpoint has moved yet, in order. */
export function recentEntries(db: SqliteConnection, documents: Documents): () => Iterable<AuditEntry> {
  const select = db.prepare<[], EntryRow>("SELECT * FROM recent_entries ORDER BY seq");
  return () => select.all().map((row) => fromRow(row, documents));
}
