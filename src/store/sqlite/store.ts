import type { Clock } from "../../controller/ports/clock.ts";
import type { ChangedNames, RecordedObjectName, Store } from "../../controller/ports/store.ts";
import type { Approval, Rejection, Suspension } from "../../model/approval.ts";
import type { AccountId } from "../../model/aws/ids.ts";
import type { Key } from "../../model/keys/key.ts";
import type { AppliedState, KeyRecord, KeyRecordSummary } from "../../model/keys/key-record.ts";
import { ParsedRows, type TextRow } from "../rows/parsed-rows.ts";
import { recordedObjectOf, type ObjectRow, type StoredRow } from "../rows/record-rows.ts";
import { selectAll, selectOne, type SqliteConnection } from "./connection.ts";
import type { AppliedMark } from "../../model/keys/applied-mark.ts";
import { AppliedMarks } from "./applied-marks.ts";
import { ChangeTable } from "./change-table.ts";
import { storing } from "./failure.ts";
import { KeyTable } from "./key-table.ts";
import { ChangedRecords } from "../changed-records.ts";
import { allPages, PAGE_ROWS } from "./pages.ts";
import { accountInText, RecordTables } from "./record-tables.ts";
import type { ReplicaRecord } from "../../model/network/replica.ts";
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
  readonly takeover = null;
  readonly #db: SqliteConnection;
  readonly #clock: Pick<Clock, "nowMs">;
  readonly #keys: KeyTable;
  readonly #marks: AppliedMarks;
  readonly #tables: RecordTables;
  readonly #changeTable: ChangeTable;
  readonly #beforeClose: () => Promise<void>;
  readonly #changed = new ChangedRecords();
  /** It has the keys of every file, and each push reads it several times. */
  readonly #sources = new ParsedRows((text) => JSON.parse(text) as SourceRecord);
  /** Each request and each pass reads all of them. */
  readonly #accounts = new ParsedRows(accountInText);

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

  /** One process has the file. */
  async replicas(): Promise<readonly ReplicaRecord[]> {
    return [];
  }

  async keys(
    accountId: AccountId,
    as: (record: KeyRecord) => KeyRecord = (record) => record,
  ): Promise<readonly KeyRecord[]> {
    return allPages((last: KeyRecord | null) =>
      storing("read the keys", () => this.#keys.ofAccount(accountId, last?.key ?? "").map(as)),
    );
  }

  async keySummaries(keys?: readonly Key[]): Promise<readonly KeyRecordSummary[]> {
    if (keys !== undefined) return storing("read the keys", () => this.#keys.summariesOf(keys));
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
    const sql = "SELECT account_id AS name, record AS text FROM accounts ORDER BY account_id";
    return this.#read<TextRow>("accounts", sql).map((row) => this.#accounts.contentOf(row));
  }

  async source(name: string): Promise<SourceRecord | null> {
    const sql = "SELECT source AS name, record AS text FROM sources WHERE source = ?";
    const [row] = this.#read<TextRow>("sources", sql, name);
    return row === undefined ? null : this.#sources.contentOf(row);
  }

  async sources(): Promise<readonly SourceRecord[]> {
    const sql = "SELECT source AS name, record AS text FROM sources ORDER BY source";
    return this.#read<TextRow>("sources", sql).map((row) => this.#sources.contentOf(row));
  }

  /** The status of an object is the status of its keys, so its `resourceVersion` changes with them too. */
  async objects(): Promise<readonly ObjectRecord[]> {
    const versions = storing("read the objects", () => this.#keys.statusVersions());
    const versionOf = ({ resourceVersion, keys }: ObjectRecord): number =>
      keys.reduce((newest, key) => Math.max(newest, versions.get(key) ?? 0), resourceVersion);
    const sql = `SELECT record, version FROM objects WHERE (kind, namespace, name) > (?, ?, ?)
      ORDER BY kind, namespace, name LIMIT ?`;
    return allPages((last: ObjectRecord | null) => {
      const { kind = "", namespace = "", name = "" } = last ?? {};
      const objects = this.#read<ObjectRow>("objects", sql, kind, namespace, name, PAGE_ROWS).map(
        recordedObjectOf,
      );
      return objects.map((object) => ({ ...object, resourceVersion: versionOf(object) }));
    });
  }

  async objectsNamed(names: readonly RecordedObjectName[]): Promise<readonly ObjectRecord[]> {
    const sql = "SELECT record, version FROM objects WHERE kind = ? AND namespace = ? AND name = ?";
    return storing("read the objects", () => {
      const one = this.#db.prepare<[string, string, string], ObjectRow>(sql);
      return names.flatMap(({ kind, namespace, name }) => {
        const row = one.get(kind, namespace, name);
        if (row === undefined) return [];
        const object = recordedObjectOf(row);
        const newest = this.#keys.newestStatusVersion(object.keys);
        return [{ ...object, resourceVersion: Math.max(object.resourceVersion, newest) }];
      });
    });
  }

  async hasObject(kind: string, namespace: string): Promise<boolean> {
    const sql = "SELECT 1 FROM objects WHERE kind = ? AND namespace = ? LIMIT 1";
    return this.#read("objects", sql, kind, namespace).length > 0;
  }

  async approvals(nowMs: number): Promise<readonly Approval[]> {
    const sql = "SELECT record FROM approvals WHERE expires_ms > ? ORDER BY subject";
    return this.#records("approvals", sql, nowMs);
  }

  async rejections(): Promise<readonly Rejection[]> {
    return this.#records("rejections", "SELECT record FROM rejections ORDER BY subject");
  }

  async suspensions(nowMs: number): Promise<readonly Suspension[]> {
    const sql = "SELECT record FROM suspensions WHERE until_ms > ? ORDER BY id";
    return this.#records("suspensions", sql, nowMs);
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

  async control(): Promise<number> {
    return 0;
  }

  async resourceVersion(): Promise<number> {
    return storing("read the sequence", () => this.#sequence());
  }

  async changedSince(version: number): Promise<ChangedNames | null> {
    return this.#changed.since(version);
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
    const statuses = new Set<Key>();
    for (const record of change.keys ?? []) {
      if (this.#keys.put(record, version)) statuses.add(record.key);
      this.#marks.put(record);
    }
    for (const key of change.removedKeys ?? []) {
      this.#keys.remove(key);
      this.#marks.remove(key);
    }
    this.#tables.put(change, version);
    this.#changeTable.put(change.changes ?? []);
    this.#changed.add(change, (key) => statuses.has(key), version);
    if (this.#changes() > before) this.#db.prepare("UPDATE sequence SET value = ?").run(version);
  }

  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller knows the columns of its SQL
  #read<Row>(what: string, sql: string, ...parameters: readonly (string | number)[]): readonly Row[] {
    return storing(`read the ${what}`, () => selectAll<Row>(this.#db, sql, ...parameters));
  }

  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller knows the content of its table
  #records<Content>(what: string, ...query: readonly [string, ...number[]]): readonly Content[] {
    return this.#read<StoredRow>(what, ...query).map(({ record }) => JSON.parse(record) as Content);
  }

  /** The number of rows that this connection has changed since it was opened. */
  #changes(): number {
    return selectOne<{ readonly n: number }>(this.#db, "SELECT total_changes() AS n")?.n ?? 0;
  }

  #sequence(): number {
    return selectOne<{ readonly value: number }>(this.#db, "SELECT value FROM sequence")?.value ?? 0;
  }
}
