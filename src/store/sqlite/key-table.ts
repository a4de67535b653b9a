import { accountIdOf, type Key } from "../../model/keys/key.ts";
import {
  withCurrentFingerprints,
  type AppliedState,
  type KeyRecord,
  type KeyRecordSummary,
} from "../../model/keys/key-record.ts";
import type { KeyStatus } from "../../model/status.ts";
import { StoreError } from "../errors.ts";
import { selectAll, type SqliteConnection } from "./connection.ts";
import { documentsOf, type Documents } from "./documents.ts";
import { storedText } from "./json.ts";
import { PAGE_ROWS } from "./pages.ts";

interface SummaryRow {
  readonly key: Key;
  readonly status: string;
  readonly record: string;
}

interface AppliedRow {
  readonly key: Key;
  readonly applied: string | null;
  readonly source_hash: string | null;
}

interface KeyRow extends SummaryRow, AppliedRow {}

/** The text of a manifest is stored once, although several bindings were applied from it. */
const UPSERT = `
INSERT INTO keys (key, account_id, status, status_version, record, applied, source_hash)
VALUES (@key, @accountId, @status, @version, @record, @applied, @sourceHash)
ON CONFLICT (key) DO UPDATE SET
  status_version = CASE WHEN status = excluded.status THEN status_version ELSE excluded.status_version END,
  status = excluded.status, record = excluded.record, applied = excluded.applied, source_hash = excluded.source_hash
WHERE status <> excluded.status OR record <> excluded.record
  OR applied IS NOT excluded.applied OR source_hash IS NOT excluded.source_hash`;

/** The records of the keys. Methods that write run inside the caller's transaction. */
export class KeyTable {
  readonly #db: SqliteConnection;
  readonly #documents: Documents;
  readonly #upsert;
  readonly #delete;

  constructor(db: SqliteConnection) {
    this.#db = db;
    this.#documents = documentsOf(db);
    this.#upsert = db.prepare(UPSERT);
    this.#delete = db.prepare("DELETE FROM keys WHERE key = ?");
  }

  put(keyRecord: KeyRecord, version: number): void {
    const { key, status, applied, ...rest } = keyRecord;
    this.#upsert.run({
      key,
      accountId: accountIdOf(key),
      status: storedText(status),
      version,
      record: storedText(rest),
      ...this.#appliedColumns(applied),
    });
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

  #appliedColumns(applied: AppliedState | null) {
    if (applied === null) return { applied: null, sourceHash: null };
    const { sourceText, ...rest } = applied;
    return { applied: storedText(rest), sourceHash: this.#documents.put(sourceText.toWellFormed()) };
  }

  #record(row: KeyRow): KeyRecord {
    return { ...summaryOf(row), applied: this.#applied(row) };
  }

  #applied(row: AppliedRow): AppliedState | null {
    if (row.applied === null || row.source_hash === null) return null;
    const sourceText = this.#documents.get(row.source_hash);
    if (sourceText === undefined) {
      throw new StoreError("damaged", `the applied text of ${row.key} is missing in ${this.#db.name}`);
    }
    return { ...(JSON.parse(row.applied) as Omit<AppliedState, "sourceText">), sourceText };
  }
}

function summaryOf({ key, status, record }: SummaryRow): KeyRecordSummary {
  const rest = JSON.parse(record) as Omit<KeyRecordSummary, "key" | "status">;
  return withCurrentFingerprints({ key, status: JSON.parse(status) as KeyStatus | null, ...rest });
}
