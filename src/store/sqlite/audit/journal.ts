import type { AuditEntry } from "../../../audit/entry.ts";
import type { AccountId } from "../../../model/aws/ids.ts";
import type { PastWrite } from "../../../model/keys/key-record.ts";
import {
  CHANGED,
  pastWrite,
  writeColumns,
  type WriteEnd,
  type FinishedRow,
  type WriteRow,
} from "../../rows/write-rows.ts";
import type { SqliteConnection } from "../connection.ts";
import type { Documents } from "../../rows/documents.ts";

const OPEN = { outcome: null, finished_ms: null };

/** The writes in the recent entries, by the numbers of their intents. */
interface WritesByIntent {
  readonly began: Map<number, WriteRow>;
  readonly ended: Map<number, WriteEnd>;
}

const COLUMNS = "intent, account_id, key, call, step, target, before_hash, after_hash";

function statementsOf(db: SqliteConnection) {
  return {
    begin: db.prepare<[WriteRow & (WriteEnd | typeof OPEN)]>(
      `INSERT INTO writes (${COLUMNS}, outcome, finished_ms)
       VALUES (@intent, @account_id, @key, @call, @step, @target, @before_hash, @after_hash, @outcome, @finished_ms)`,
    ),
    finish: db.prepare<[WriteEnd & { readonly intent: number }]>(
      "UPDATE writes SET outcome = @outcome, finished_ms = @finished_ms WHERE intent = @intent",
    ),
    open: db.prepare<[string], { readonly intent: number }>(
      "SELECT intent FROM writes WHERE account_id = ? AND outcome IS NULL ORDER BY intent",
    ),
    since: db.prepare<[string, number], FinishedRow>(
      `SELECT ${COLUMNS}, outcome, finished_ms FROM writes
       WHERE account_id = ? AND outcome IS NOT NULL AND finished_ms >= ?`,
    ),
    one: db.prepare<[number], WriteRow>(`SELECT ${COLUMNS} FROM writes WHERE intent = ?`),
  };
}

export interface JournalParts {
  readonly db: SqliteConnection;
  readonly documents: Documents;
  /** The entries that are not in the table `writes` yet, in order. */
  readonly recent: () => Iterable<AuditEntry>;
}

/**
 * An index of the writes in the chain: open intents and recent writes are found without reading the chain. It keeps
 * the writes of the recent entries in memory, since its table is written when those entries are moved.
 */
export class Journal {
  readonly #parts: JournalParts;
  readonly #sql: ReturnType<typeof statementsOf>;
  #known: WritesByIntent | null = null;

  constructor(parts: JournalParts) {
    this.#parts = parts;
    this.#sql = statementsOf(parts.db);
  }

  /** Call this after the entry was added to the recent ones. */
  note(entry: AuditEntry): void {
    if (this.#known !== null) noteIn(this.#known, entry, this.#parts.documents);
  }

  /** Writes the recent writes to the table; call this inside the transaction that moves their entries. */
  store(): void {
    const { began, ended } = this.#recent();
    for (const row of began.values()) this.#sql.begin.run({ ...row, ...(ended.get(row.intent) ?? OPEN) });
    for (const [intent, end] of ended) if (!began.has(intent)) this.#sql.finish.run({ ...end, intent });
    this.#known = { began: new Map(), ended: new Map() };
  }

  /** Discards what is in memory: after a failed transaction, and if another process writes. */
  forget(): void {
    this.#known = null;
  }

  /** The numbers of the intents without an outcome, in order. */
  open(accountId: AccountId): readonly number[] {
    const { began, ended } = this.#recent();
    const stored = this.#sql.open.all(accountId);
    const recent = began
      .values()
      .filter((row) => row.account_id === accountId)
      .toArray();
    return [...stored, ...recent].map(({ intent }) => intent).filter((intent) => !ended.has(intent));
  }

  /** The finished writes that changed AWS since then, oldest first. */
  since(accountId: AccountId, sinceMs: number): readonly PastWrite[] {
    return [...this.#sql.since.all(accountId, sinceMs), ...this.#recentlyFinished(accountId)]
      .filter((row) => row.finished_ms >= sinceMs && CHANGED.has(row.outcome))
      .sort((a, b) => a.finished_ms - b.finished_ms || a.intent - b.intent)
      .map(pastWrite);
  }

  *#recentlyFinished(accountId: AccountId): Generator<FinishedRow> {
    const { began, ended } = this.#recent();
    for (const [intent, end] of ended) {
      const row = began.get(intent) ?? this.#sql.one.get(intent);
      if (row?.account_id === accountId) yield { ...row, ...end };
    }
  }

  #recent(): WritesByIntent {
    if (this.#known !== null) return this.#known;
    const known: WritesByIntent = { began: new Map(), ended: new Map() };
    for (const entry of this.#parts.recent()) noteIn(known, entry, this.#parts.documents);
    this.#known = known;
    return known;
  }
}

function noteIn({ began, ended }: WritesByIntent, entry: AuditEntry, documents: Documents): void {
  if (entry.kind === "write-finished")
    ended.set(entry.intent, { outcome: entry.outcome, finished_ms: Date.parse(entry.at) });
  if (entry.kind !== "write-intended") return;
  began.set(entry.seq, { intent: entry.seq, ...writeColumns(entry, documents.hash) });
}
