import type { KeyObject } from "node:crypto";
import { CHAIN_START, nextEntry, type ChainHead } from "../../../audit/chain.ts";
import { parseCheckpoint, signCheckpoint, type Checkpoint } from "../../../audit/checkpoint.ts";
import type { AuditEntry, AuditFact } from "../../../audit/entry.ts";
import { fromRow, toRow, type EntryRow } from "./audit-rows.ts";
import { selectAll, type SqliteConnection } from "../connection.ts";
import { documentsOf, type Documents } from "../documents.ts";
import { journalOf, type Journal } from "./journal.ts";

interface Head extends ChainHead {
  /** The kind of the last entry; null before the first. */
  readonly kind: string | null;
  /** The number of the last checkpoint; 0 before the first. */
  readonly checkpoint: number;
}

/**
 * The end of the chain in the database. Every method that writes runs inside the caller's transaction. It caches the
 * head, because no other process writes; call `forget` after a failed transaction.
 */
export class ChainTable {
  readonly journal: Journal;
  readonly #db: SqliteConnection;
  readonly #documents: Documents;
  readonly #insert;
  readonly #readHead;
  readonly #row;
  readonly #await;
  #known: Head | null = null;

  constructor(db: SqliteConnection) {
    this.#db = db;
    this.journal = journalOf(db);
    this.#documents = documentsOf(db);
    this.#readHead = db.prepare<[], Head>(
      `SELECT seq, hash, kind,
         (SELECT coalesce(max(seq), 0) FROM entries WHERE kind = 'checkpoint') AS checkpoint
       FROM entries ORDER BY seq DESC LIMIT 1`,
    );
    this.#await = db.prepare<[string, number]>("INSERT INTO unanchored (copy, seq) VALUES (?, ?)");
    this.#row = db.prepare<[number], EntryRow>("SELECT * FROM entries WHERE seq = ?");
    this.#insert = db.prepare<[EntryRow]>(
      `INSERT INTO entries (seq, at_ms, kind, key, prev, hash, fact, documents)
       VALUES (@seq, @at_ms, @kind, @key, @prev, @hash, @fact, @documents)`,
    );
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

  /** Discards the cached head, because the entries of a failed transaction do not exist. */
  forget(): void {
    this.#known = null;
  }

  #head(): Head {
    this.#known ??= this.#readHead.get() ?? { ...CHAIN_START, kind: null, checkpoint: 0 };
    return this.#known;
  }

  entry(seq: number): AuditEntry {
    const row = this.#row.get(seq);
    if (row === undefined) throw new Error(`there is no audit entry ${seq}`);
    return fromRow(row, this.#documents);
  }

  /**
   * Appends a checkpoint that has to be copied to these destinations. Does nothing if the chain is empty or ends with a
   * checkpoint.
   */
  sign(key: KeyObject, at: string, copies: readonly string[]): void {
    const head = this.#head();
    if (head.kind === null || head.kind === "checkpoint") return;
    const { upTo, head: hash, keyId, signature } = signCheckpoint(key, head, at);
    const { seq } = this.put({ kind: "checkpoint", upTo, head: hash, keyId, signature }, at);
    for (const copy of copies) this.#await.run(copy, seq);
  }

  /** The number of entries after the last checkpoint. */
  unsigned(): number {
    const { seq, checkpoint } = this.#head();
    return seq - checkpoint;
  }

  /** The checkpoints that this outside copy does not have yet, in order. */
  unanchored(copy: string): readonly { readonly seq: number; readonly checkpoint: Checkpoint }[] {
    const sql = "SELECT seq FROM unanchored WHERE copy = ? ORDER BY seq";
    const rows = selectAll<{ readonly seq: number }>(this.#db, sql, copy);
    return rows.map(({ seq }) => {
      const checkpoint = parseCheckpoint(this.entry(seq));
      if (checkpoint === undefined) throw new Error(`audit entry ${seq} is no checkpoint`);
      return { seq, checkpoint };
    });
  }

  anchored(copy: string, seq: number): void {
    this.#db.prepare("DELETE FROM unanchored WHERE copy = ? AND seq = ?").run(copy, seq);
  }
}
