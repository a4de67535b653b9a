import type { KeyObject } from "node:crypto";
import { CHAIN_START, type ChainHead } from "../../../audit/chain.ts";
import { parseCheckpoint, signCheckpoint, type Checkpoint } from "../../../audit/checkpoint.ts";
import type { AuditEntry, AuditFact } from "../../../audit/entry.ts";
import { ENTRY_COLUMNS, fromRow, textsOfRow, type EntryRow } from "./audit-rows.ts";
import { selectAll, type SqliteConnection } from "../connection.ts";
import { documentsOf, type Documents } from "../documents.ts";
import { Journal } from "./journal.ts";
import { nextRow } from "./next-row.ts";

interface Head extends ChainHead {
  /** The kind of the last entry; null before the first. */
  readonly kind: string | null;
  /** The number of the last checkpoint; 0 before the first. */
  readonly checkpoint: number;
  /** The number of the last entry that was moved to the table `entries`; 0 before the first. */
  readonly moved: number;
}

/**
 * The rows of `recent_entries` that later entries replace; those of a larger group are deleted. It is above the number
 * of entries between two checkpoints.
 */
const KEPT_SLOTS = 1_100;
const MOVED_SLOTS = 100;

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
  readonly #textsOfSlots;
  readonly #moveRecent;
  readonly #removeSlots;
  readonly #await;
  #known: Head | null = null;

  constructor(db: SqliteConnection) {
    this.#db = db;
    this.#documents = documentsOf(db);
    this.journal = new Journal({
      db,
      documents: this.#documents,
      recent: recentEntries(db, this.#documents),
    });
    this.#readHead = db.prepare<[], Head>(
      `SELECT seq, hash, kind,
         (SELECT coalesce(max(seq), 0) FROM entries WHERE kind = 'checkpoint') AS checkpoint,
         (SELECT coalesce(max(seq), 0) FROM entries) AS moved
       FROM chain ORDER BY seq DESC LIMIT 1`,
    );
    this.#await = db.prepare<[string, number]>("INSERT INTO unanchored (copy, seq) VALUES (?, ?)");
    this.#row = db.prepare<[number], EntryRow>("SELECT * FROM chain WHERE seq = ?");
    this.#insert = db.prepare<[EntryRow & { readonly slot: number }]>(
      `INSERT OR REPLACE INTO recent_entries (slot, ${ENTRY_COLUMNS}, texts)
       VALUES (@slot, @seq, @at_ms, @kind, @key, @prev, @hash, @fact, @documents, @texts)`,
    );
    this.#textsOfSlots = db.prepare<[number, number], RowWithTexts>(
      "SELECT texts FROM recent_entries WHERE slot BETWEEN ? AND ? AND texts IS NOT NULL",
    );
    this.#moveRecent = db.prepare<[number]>(
      `INSERT INTO entries (${ENTRY_COLUMNS}) SELECT ${ENTRY_COLUMNS} FROM recent_entries WHERE slot <= ? ORDER BY slot`,
    );
    this.#removeSlots = db.prepare<[number]>("DELETE FROM recent_entries WHERE slot > ?");
  }

  /** @param fact a result of `plainFact` */
  put(fact: AuditFact, at: string): AuditEntry {
    const head = this.#head();
    const { entry, row } = nextRow(fact, { head, at }, this.#documents.hash);
    const { seq, hash, kind } = entry;
    this.#insert.run({ ...row, slot: seq - head.moved });
    this.journal.note(entry);
    this.#known = { ...head, seq, hash, kind, checkpoint: kind === "checkpoint" ? seq : head.checkpoint };
    return entry;
  }

  /** Discards what is cached, because the entries of a failed transaction do not exist. */
  forget(): void {
    this.#known = null;
    this.journal.forget();
  }

  #head(): Head {
    this.#known ??= this.#readHead.get() ?? { ...CHAIN_START, kind: null, checkpoint: 0, moved: 0 };
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
    this.#move();
    for (const copy of copies) this.#await.run(copy, seq);
  }

  /** Moves the recent entries and their documents; their rows stay until other entries replace them. */
  #move(): void {
    const head = this.#head();
    const last = head.seq - head.moved;
    this.journal.load();
    this.#moveDocuments(last);
    this.#moveRecent.run(last);
    this.journal.store();
    this.#removeSlots.run(KEPT_SLOTS);
    this.#known = { ...head, moved: head.seq };
  }

  /** In parts, which bound the memory for their texts. */
  #moveDocuments(last: number): void {
    for (let first = 1; first <= last; first += MOVED_SLOTS)
      for (const { texts } of this.#textsOfSlots.all(first, Math.min(last, first + MOVED_SLOTS - 1)))
        for (const text of Object.values(textsOfRow(texts))) this.#documents.put(text);
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

interface RowWithTexts {
  readonly texts: string;
}

/** The entries that no checkpoint has moved yet, in order. */
export function recentEntries(db: SqliteConnection, documents: Documents): () => Iterable<AuditEntry> {
  const select = db.prepare<[], EntryRow>(
    "SELECT * FROM chain WHERE seq > (SELECT coalesce(max(seq), 0) FROM entries) ORDER BY seq",
  );
  return () => select.all().map((row) => fromRow(row, documents));
}
