import type { RecordReader } from "../../controller/ports/store.ts";
import type { KeyRecord } from "../../model/keys/key-record.ts";
import type { SourceRecord } from "../../model/records/source-record.ts";
import type { StoredRow } from "../rows/record-rows.ts";
import { selectOne } from "./connection.ts";
import { storing } from "./failure.ts";
import { recentEntries } from "./audit/chain-table.ts";
import { Journal } from "./audit/journal.ts";
import { documentsOf } from "./documents.ts";
import { KeyTable } from "./key-table.ts";
import { openRecord } from "./schema/migrations.ts";
import { allPages } from "./pages.ts";
import { accountsIn } from "./record-tables.ts";

/** @throws StoreError `missing`, `damaged`, `newer-version` */
export function openSqliteRecordReader(path: string): RecordReader {
  return openRecord(path, (db) => {
    const keys = new KeyTable(db);
    const documents = documentsOf(db);
    const journal = new Journal({ db, documents, recent: recentEntries(db, documents) });
    return {
      keys: (accountId) =>
        allPages((last: KeyRecord | null) =>
          storing("read the keys", () => keys.ofAccount(accountId, last?.key ?? "")),
        ),
      source: async (name) => {
        const sql = "SELECT record FROM sources WHERE source = ?";
        const row = storing("read the sources", () => selectOne<StoredRow>(db, sql, name));
        return row === undefined ? null : (JSON.parse(row.record) as SourceRecord);
      },
      accounts: async () => storing("read the accounts", () => accountsIn(db)),
      writesSince: async (accountId, sinceMs) =>
        storing("read the journal", () => {
          // In one transaction: the controller may move the recent entries between the two reads.
          journal.forget();
          return db.transaction(() => journal.since(accountId, sinceMs))();
        }),
      close: () => void db.close(),
    };
  });
}
