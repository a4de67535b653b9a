import type { AccountId } from "../../model/aws/ids.ts";
import type { KeyRecord, PastWrite } from "../../model/keys/key-record.ts";
import { storing } from "./failure.ts";
import { recentEntries } from "./audit/chain-table.ts";
import { Journal } from "./audit/journal.ts";
import { documentsOf } from "./documents.ts";
import { KeyTable } from "./key-table.ts";
import { openRecord } from "./schema/migrations.ts";
import { allPages } from "./pages.ts";
import { RecordTables } from "./record-tables.ts";
import type { SourceRecord } from "../../model/records/source-record.ts";
import type { AccountRecord } from "../../model/records/account-record.ts";

/** The record of a database file, read only. It takes no lock and can be used while a controller is running. */
export interface SqliteRecordReader {
  readonly keys: (accountId: AccountId) => Promise<readonly KeyRecord[]>;
  readonly accounts: () => Promise<readonly AccountRecord[]>;
  readonly source: (name: string) => Promise<SourceRecord | null>;
  readonly writesSince: (accountId: AccountId, sinceMs: number) => Promise<readonly PastWrite[]>;
  readonly close: () => void;
}

/** @throws StoreError `missing`, `damaged`, `newer-version` */
export function openRecordReader(path: string): SqliteRecordReader {
  return openRecord(path, (db) => {
    const keys = new KeyTable(db);
    const tables = new RecordTables(db);
    const documents = documentsOf(db);
    const journal = new Journal({ db, documents, recent: recentEntries(db, documents) });
    return {
      keys: (accountId) =>
        allPages((last: KeyRecord | null) =>
          storing("read the keys", () => keys.ofAccount(accountId, last?.key ?? "")),
        ),
      source: async (name) => storing("read the source", () => tables.source(name)),
      accounts: async () => storing("read the accounts", () => tables.accounts()),
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
