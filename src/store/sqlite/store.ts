import type { Clock } from "../../controller/ports/clock.ts";
import type { RecordedObjectName, Store } from "../../controller/ports/store.ts";
import type { Approval, Rejection, Suspension } from "../../model/approval.ts";
import type { AccountId } from "../../model/aws/ids.ts";
import type { Key } from "../../model/keys/key.ts";
import type { AppliedState, KeyRecord, KeyRecordSummary } from "../../model/keys/key-record.ts";
import { selectOne, type SqliteConnection } from "./connection.ts";
import type { AppliedMark } from "../../model/keys/applied-mark.ts";
import { AppliedMarks } from "./applied-marks.ts";
import { ChangeTable } from "./change-table.ts";
import { storing } from "./failure.ts";
import { KeyTable } from "./key-table.ts";
import { allPages } from "./pages.ts";
import { RecordTables } from "./record-tables.ts";
import type { AccountRecord } from "../../model/records/account-record.ts";
import type { ChangeRecord } from "../../model/changes/change-event.ts";
import type { ObjectRecord } from "../../model/records/object-record.ts";
import type { RecordChange } from "../../model/records/record-change.ts";
import type { SourceRecord } from "../../model/records/source-record.ts";

export interface SqliteStoreParts {
  readonly db: SqliteConnection;
  readonly fresh: boolean;
  /** One process has the database: its clock is that of the record. */
  readonly clock: Pick<Clock, "nowMs">;
  /** Ends all other work on the database before it is closed. */
  readonly beforeClose: () => Promise<void>;
}

/** The record, in the same database as the audit. */
export class SqliteStore implements Store {
  readonly fresh: boolean;
  readonly #db: SqliteConnection;
  readonly #clock: Pick<Clock, "nowMs">;
  readonly #keys: KeyTable;
  readonly #marks: AppliedMarks;
  readonly #tables: RecordTables;
  readonly #changeTable: ChangeTable;
  readonly #beforeClose: () => Promise<void>;

  constructor(parts: SqliteStoreParts) {
    this.fresh = parts.fresh;
    this.#db = parts.db;
    this.#clock = parts.clock;
    this.#keys = new KeyTable(parts.db);
    this.#marks = new AppliedMarks(parts.db);
    this.#tables = new RecordTables(parts.db);
    this.#changeTable = new ChangeTable(parts.db);
    this.#beforeClose = parts.beforeClose;
  }

  async keys(
    accountId: AccountId,
    as: (record: KeyRecord) => KeyRecord = (record) => record,
  ): Promise<readonly KeyRecord[]> {
    return allPages((last: KeyRecord | null) =>
      storing("read the keys", () => this.#keys.ofAccount(accountId, last?.key ?? "").map(as)),
    );
  }

  async keySummaries(): Promise<readonly KeyRecordSummary[]> {
    return allPages((last: KeyRecordSummary | null) =>
      storing("read the keys", () => this.#keys.summariesAfter(last?.key ?? "")),
    );
  }

  async appliedStates(keys: readonly Key[]): Promise<ReadonlyMap<Key, AppliedState>> {
    return storing("read the keys", () => this.#keys.appliedStates(keys));
  }

  async appliedMarks(): Promise<readonly AppliedMark[]> {
    return this.#marks.all();
  }

  async accounts(): Promise<readonly AccountRecord[]> {
    return storing("read the accounts", () => this.#tables.accounts());
  }

  async source(name: string): Promise<SourceRecord | null> {
    return storing("read the source", () => this.#tables.source(name));
  }

  async sources(): Promise<readonly SourceRecord[]> {
    return storing("read the sources", () => this.#tables.sources());
  }

  /** The status of an object is the status of its keys, so its `resourceVersion` changes with them too. */
  async objects(): Promise<readonly ObjectRecord[]> {
    const versions = storing("read the objects", () => this.#keys.statusVersions());
    const versionOf = ({ resourceVersion, keys }: ObjectRecord): number =>
      keys.reduce((newest, key) => Math.max(newest, versions.get(key) ?? 0), resourceVersion);
    return allPages((last: ObjectRecord | null) =>
      storing("read the objects", () =>
        this.#tables.objectsAfter(last).map((object) => ({ ...object, resourceVersion: versionOf(object) })),
      ),
    );
  }

  async objectsNamed(names: readonly RecordedObjectName[]): Promise<readonly ObjectRecord[]> {
    return storing("read the objects", () =>
      this.#tables.objectsNamed(names).map((object) => {
        const newest = this.#keys.newestStatusVersion(object.keys);
        return { ...object, resourceVersion: Math.max(object.resourceVersion, newest) };
      }),
    );
  }

  async hasObject(kind: string, namespace: string): Promise<boolean> {
    return storing("read the objects", () => this.#tables.hasObject(kind, namespace));
  }

  async approvals(nowMs: number): Promise<readonly Approval[]> {
    return storing("read the approvals", () => this.#tables.approvals(nowMs));
  }

  async rejections(): Promise<readonly Rejection[]> {
    return storing("read the rejections", () => this.#tables.rejections());
  }

  async suspensions(nowMs: number): Promise<readonly Suspension[]> {
    return storing("read the suspensions", () => this.#tables.suspensions(nowMs));
  }

  async changes(accountId: AccountId, sinceMs: number): Promise<readonly ChangeRecord[]> {
    return storing("read the change events", () => this.#changeTable.since(accountId, sinceMs));
  }

  async commit(change: RecordChange): Promise<void> {
    this.inTransaction(() => this.write(change));
  }

  /** Runs `work`, which calls `write`, in one transaction. */
  inTransaction(work: () => void): void {
    try {
      storing("write the record", () => this.#db.transaction(work).immediate());
    } catch (cause) {
      this.#marks.forget();
      throw cause;
    }
  }

  async nowMs(): Promise<number> {
    return this.#clock.nowMs();
  }

  async resourceVersion(): Promise<number> {
    return storing("read the sequence", () => this.#sequence());
  }

  async close(): Promise<void> {
    if (!this.#db.open) return;
    await this.#beforeClose();
    this.#db.close();
  }

  /** Inside the caller's transaction. */
  write(change: RecordChange): void {
    const version = this.#sequence() + 1;
    const before = this.#changes();
    for (const record of change.keys ?? []) {
      this.#keys.put(record, version);
      this.#marks.put(record);
    }
    for (const key of change.removedKeys ?? []) {
      this.#keys.remove(key);
      this.#marks.remove(key);
    }
    this.#tables.put(change, version);
    this.#changeTable.put(change.changes ?? []);
    if (this.#changes() > before) this.#db.prepare("UPDATE sequence SET value = ?").run(version);
  }

  /** The number of rows that this connection has changed since it was opened. */
  #changes(): number {
    return selectOne<{ readonly n: number }>(this.#db, "SELECT total_changes() AS n")?.n ?? 0;
  }

  #sequence(): number {
    return selectOne<{ readonly value: number }>(this.#db, "SELECT value FROM sequence")?.value ?? 0;
  }
}
