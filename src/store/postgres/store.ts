import type { RecordedObjectName, SettlementStore, Store } from "../../controller/ports/store.ts";
import type { Approval, Rejection, Suspension } from "../../model/approval.ts";
import type { AccountId } from "../../model/aws/ids.ts";
import type { ChangeRecord } from "../../model/changes/change-event.ts";
import { appliedMark, type AppliedMark } from "../../model/keys/applied-mark.ts";
import type { Key } from "../../model/keys/key.ts";
import type { AppliedState, KeyRecord, KeyRecordSummary } from "../../model/keys/key-record.ts";
import type { ReplicaRecord, Takeover } from "../../model/network/replica.ts";
import type { AccountRecord } from "../../model/records/account-record.ts";
import type { ObjectRecord } from "../../model/records/object-record.ts";
import type { RecordChange } from "../../model/records/record-change.ts";
import type { SourceRecord } from "../../model/records/source-record.ts";
import { appliedOf, summaryOf, type AppliedRow, type KeyRow, type SummaryRow } from "../rows/key-rows.ts";
import {
  accountInThisVersion,
  recordedObjectOf,
  type ObjectRow,
  type StoredRow,
} from "../rows/record-rows.ts";
import type { Database } from "./database.ts";
import { documentsNamed } from "./documents.ts";
import { readReplicas } from "./lease/replica-table.ts";
import type { RecordTime } from "./record-time.ts";

export interface PostgresStoreParts {
  readonly database: Database;
  readonly fresh: boolean;
  readonly takeover: Takeover | null;
  readonly time: RecordTime;
  readonly settlements: SettlementStore;
  /** Ends all other work on the database before its connections are closed. */
  readonly beforeClose: () => Promise<void>;
}

/** With the version of the newest status of its keys. */
const OBJECTS = `SELECT record, greatest(objects.version, (
  SELECT max(status_version) FROM keys
  WHERE key IN (SELECT json_array_elements_text(objects.record::JSON -> 'keys'))
)) AS version FROM objects`;

/** The record, in the same database as the audit. */
export class PostgresStore implements Store {
  readonly fresh: boolean;
  readonly takeover: Takeover | null;
  readonly #parts: PostgresStoreParts;
  #closed = false;

  constructor(parts: PostgresStoreParts) {
    this.fresh = parts.fresh;
    this.takeover = parts.takeover;
    this.#parts = parts;
  }

  replicas(): Promise<readonly ReplicaRecord[]> {
    return readReplicas(this.#parts.database);
  }

  async keys(
    accountId: AccountId,
    as: (record: KeyRecord) => KeyRecord = (record) => record,
  ): Promise<readonly KeyRecord[]> {
    const sql = "SELECT * FROM keys WHERE account_id = $1 ORDER BY key";
    const records = await this.#keyRecords(await this.#read<KeyRow>("the keys", sql, [accountId]));
    return records.map(as);
  }

  async keySummaries(keys: readonly Key[] | null = null): Promise<readonly KeyRecordSummary[]> {
    const sql =
      "SELECT key, status, record FROM keys WHERE $1::TEXT[] IS NULL OR key = ANY ($1) ORDER BY key";
    return (await this.#read<SummaryRow>("the keys", sql, [keys])).map(summaryOf);
  }

  async appliedStates(keys: readonly Key[]): Promise<ReadonlyMap<Key, AppliedState>> {
    const sql = "SELECT key, applied, source_hash FROM keys WHERE key = ANY ($1)";
    const rows = await this.#read<AppliedRow>("the keys", sql, [keys]);
    const documents = await documentsNamed(this.#parts.database, hashesOf(rows));
    return new Map(
      rows.flatMap((row) => {
        const applied = appliedOf(row, { get: documents.get, database: this.#parts.database.name });
        return applied === null ? [] : [[row.key, applied] as const];
      }),
    );
  }

  async appliedMarks(): Promise<readonly AppliedMark[]> {
    const sql = "SELECT * FROM keys WHERE applied IS NOT NULL ORDER BY key";
    const records = await this.#keyRecords(await this.#read<KeyRow>("the keys", sql));
    return records.flatMap((record) => appliedMark(record) ?? []);
  }

  async accounts(): Promise<readonly AccountRecord[]> {
    const records = await this.#records<AccountRecord>(
      "accounts",
      "SELECT record FROM accounts ORDER BY account_id",
    );
    return records.map(accountInThisVersion);
  }

  async sources(): Promise<readonly SourceRecord[]> {
    return this.#records("sources", "SELECT record FROM sources ORDER BY source");
  }

  async source(name: string): Promise<SourceRecord | null> {
    const sql = "SELECT record FROM sources WHERE source = $1";
    const [record] = await this.#records<SourceRecord>("sources", sql, [name]);
    return record ?? null;
  }

  /** The status of an object is the status of its keys, so its `resourceVersion` changes with them too. */
  async objects(): Promise<readonly ObjectRecord[]> {
    const rows = await this.#read<ObjectRow>("the objects", `${OBJECTS} ORDER BY kind, namespace, name`);
    return rows.map(recordedObjectOf);
  }

  async objectsNamed(names: readonly RecordedObjectName[]): Promise<readonly ObjectRecord[]> {
    const sql = `${OBJECTS} WHERE (kind, namespace, name) IN (
      SELECT kind, namespace, name FROM json_to_recordset($1) AS given (kind TEXT, namespace TEXT, name TEXT))`;
    return (await this.#read<ObjectRow>("the objects", sql, [JSON.stringify(names)])).map(recordedObjectOf);
  }

  async hasObject(kind: string, namespace: string): Promise<boolean> {
    const sql = "SELECT 1 FROM objects WHERE kind = $1 AND namespace = $2 LIMIT 1";
    return (await this.#read("the objects", sql, [kind, namespace])).length > 0;
  }

  async approvals(nowMs: number): Promise<readonly Approval[]> {
    const sql = "SELECT record FROM approvals WHERE expires_ms > $1 ORDER BY subject";
    return this.#records("approvals", sql, [nowMs]);
  }

  async rejections(): Promise<readonly Rejection[]> {
    return this.#records("rejections", "SELECT record FROM rejections ORDER BY subject");
  }

  async suspensions(nowMs: number): Promise<readonly Suspension[]> {
    const sql = "SELECT record FROM suspensions WHERE until_ms > $1 ORDER BY id";
    return this.#records("suspensions", sql, [nowMs]);
  }

  async changes(accountId: AccountId, sinceMs: number): Promise<readonly ChangeRecord[]> {
    const sql = "SELECT record FROM changes WHERE account_id = $1 AND at_ms >= $2 ORDER BY at_ms, id";
    return this.#records("change events", sql, [accountId, sinceMs]);
  }

  commit(change: RecordChange): Promise<void> {
    return this.#parts.settlements.record([], () => change);
  }

  nowMs(): Promise<number> {
    return this.#parts.time.nowMs();
  }

  async control(): Promise<number> {
    const sql = "SELECT control FROM head";
    const [head] = await this.#read<{ readonly control: number }>("the newest decision", sql);
    return head?.control ?? 0;
  }

  async resourceVersion(): Promise<number> {
    const [head] = await this.#read<{ readonly version: number }>("the sequence", "SELECT version FROM head");
    return head?.version ?? 0;
  }

  /** The database does not show it. */
  async changedSince(): Promise<null> {
    return null;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#parts.beforeClose();
    await this.#parts.database.close();
  }

  #read<Row>(
    what: string,
    sql: string,
    values: Parameters<Database["read"]>[2] = [],
  ): Promise<readonly Row[]> {
    return this.#parts.database.read<Row>(`read ${what}`, sql, values);
  }

  async #records<Content>(
    what: string,
    sql: string,
    values: readonly (string | number)[] = [],
  ): Promise<readonly Content[]> {
    const rows = await this.#read<StoredRow>(`the ${what}`, sql, values);
    return rows.map(({ record }) => JSON.parse(record) as Content);
  }

  async #keyRecords(rows: readonly KeyRow[]): Promise<readonly KeyRecord[]> {
    const documents = await documentsNamed(this.#parts.database, hashesOf(rows));
    const found = { get: documents.get, database: this.#parts.database.name };
    return rows.map((row) => ({ ...summaryOf(row), applied: appliedOf(row, found) }));
  }
}

function hashesOf(rows: readonly AppliedRow[]): readonly string[] {
  return rows.flatMap(({ source_hash }) => source_hash ?? []);
}
