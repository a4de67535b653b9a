import type { Key } from "../../model/keys/key.ts";
import type { AppliedState, KeyRecord, KeyRecordSummary } from "../../model/keys/key-record.ts";
import {
  appliedOf,
  keyColumns,
  summaryOf,
  type AppliedRow,
  type KeyRow,
  type SummaryRow,
} from "../rows/key-rows.ts";
import { selectAll, type SqliteConnection } from "./connection.ts";
import type { Documents } from "../rows/documents.ts";
import { documentsOf } from "./documents.ts";
import { PAGE_ROWS } from "./pages.ts";

/** The text of a manifest is stored once, although several bindings were applied from it. */
const UPSERT = `
INSERT INTO keys (key, account_id, status, status_version, record, applied, source_hash)
VALUES (@key, @account_id, @status, @version, @record, @applied, @source_hash)
ON CONFLICT (key) DO UPDATE SET
  status_version = CASE WHEN status = excluded.status THEN status_version ELSE excluded.status_version END,
  status = excluded.status, record = excluded.record, applied = excluded.applied, source_hash = excluded.source_hash
WHERE status <> excluded.status OR record <> excluded.record
  OR applied IS NOT excluded.applied OR source_hash IS NOT excluded.source_hash
RETURNING status_version`;

/** The records of the keys. Methods that write run inside the caller's transaction. */
export class KeyTable {
  readonly #db: SqliteConnection;
  readonly #documents: Documents;
  readonly #upsert;
  readonly #delete;

  constructor(db: SqliteConnection) {
    this.#db = db;
    this.#documents = documentsOf(db);
    this.#upsert = db.prepare<[object], number>(UPSERT).pluck();
    this.#delete = db.prepare("DELETE FROM keys WHERE key = ?");
  }

  /** @returns whether its status is another one than before */
  put(keyRecord: KeyRecord, version: number): boolean {
    return this.#upsert.get({ ...keyColumns(keyRecord, this.#documents.put), version }) === version;
  }

  remove(key: Key): void {
    this.#delete.run(key);
  }

  /** A page of the keys of an account after this key, sorted. */
  ofAccount(accountId: string, after: string): readonly KeyRecord[] {
    const sql = "SELECT * FROM keys WHERE account_id = ? AND key > ? ORDER BY key LIMIT ?";
    const rows = selectAll<KeyRow>(this.#db, sql, accountId, after, PAGE_ROWS);
    return rows.map((row) => this.#record(row));
  }

  /** A page of all keys after this key, sorted, without the applied states. */
  summariesAfter(key: string): readonly KeyRecordSummary[] {
    const sql = "SELECT key, status, record FROM keys WHERE key > ? ORDER BY key LIMIT ?";
    return selectAll<SummaryRow>(this.#db, sql, key, PAGE_ROWS).map(summaryOf);
  }

  /** Of those of these keys that exist, sorted. */
  summariesOf(keys: readonly Key[]): readonly KeyRecordSummary[] {
    const one = this.#db.prepare<[Key], SummaryRow>("SELECT key, status, record FROM keys WHERE key = ?");
    return keys.toSorted().flatMap((key) => {
      const row = one.get(key);
      return row === undefined ? [] : [summaryOf(row)];
    });
  }

  appliedStates(keys: readonly Key[]): ReadonlyMap<Key, AppliedState> {
    const one = this.#db.prepare<[Key], AppliedRow>(
      "SELECT key, applied, source_hash FROM keys WHERE key = ?",
    );
    return new Map(
      keys.flatMap((key) => {
        const row = one.get(key);
        const applied = row === undefined ? null : this.#applied(row);
        return applied === null ? [] : [[key, applied] as const];
      }),
    );
  }

  /** By key: the sequence number of the last change of its status. */
  statusVersions(): ReadonlyMap<Key, number> {
    const sql = "SELECT key, status_version AS version FROM keys";
    const rows = selectAll<{ readonly key: Key; readonly version: number }>(this.#db, sql);
    return new Map(rows.map((row) => [row.key, row.version]));
  }

  /** Of these keys; 0: the record has none of them. */
  newestStatusVersion(keys: readonly Key[]): number {
    const one = this.#db.prepare<[string], number>("SELECT status_version FROM keys WHERE key = ?").pluck();
    return keys.reduce((newest, key) => Math.max(newest, one.get(key) ?? 0), 0);
  }

  #record(row: KeyRow): KeyRecord {
    return { ...summaryOf(row), applied: this.#applied(row) };
  }

  #applied(row: AppliedRow): AppliedState | null {
    return appliedOf(row, { get: this.#documents.get, database: this.#db.name });
  }
}
