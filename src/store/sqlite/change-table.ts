import type { AccountId } from "../../model/aws/ids.ts";
import type { ChangeRecord } from "../../model/changes/change-event.ts";
import { selectAll, statementRunner, type SqliteConnection } from "./connection.ts";
import { eventColumns, KEPT_MS, KEPT_OF_ACCOUNT } from "../rows/record-rows.ts";

const SQL = {
  put: `INSERT INTO changes (id, account_id, at_ms, record) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
  forgetOlder: "DELETE FROM changes WHERE at_ms < ?",
  // The newest of each account are kept: a flood of changes of one account takes no more space than that.
  forgetMore: `DELETE FROM changes WHERE account_id = ? AND id NOT IN (
    SELECT id FROM changes WHERE account_id = ? ORDER BY at_ms DESC, id LIMIT ?)`,
} as const;

/** The change events that concern keys, each once. */
export class ChangeTable {
  readonly #db: SqliteConnection;
  readonly #run;

  constructor(db: SqliteConnection) {
    this.#db = db;
    this.#run = statementRunner(db, SQL);
  }

  put(changes: readonly ChangeRecord[]): void {
    if (changes.length === 0) return;
    for (const change of changes) {
      const { id, account_id, at_ms, record } = eventColumns(change);
      this.#run("put", id, account_id, at_ms, record);
    }
    const receivedMs = Math.max(...changes.map((one) => one.receivedMs));
    this.#run("forgetOlder", receivedMs - KEPT_MS);
    for (const accountId of new Set(changes.map(({ event }) => event.accountId)))
      this.#run("forgetMore", accountId, accountId, KEPT_OF_ACCOUNT);
  }

  /** Of the calls at or after that time, the oldest first. */
  since(accountId: AccountId, sinceMs: number): readonly ChangeRecord[] {
    const sql = "SELECT record FROM changes WHERE account_id = ? AND at_ms >= ? ORDER BY at_ms, id";
    const rows = selectAll<{ readonly record: string }>(this.#db, sql, accountId, sinceMs);
    return rows.map(({ record }) => JSON.parse(record) as ChangeRecord);
  }
}
