import type { Approval, Suspension } from "../../model/approval.ts";
import { selectAll, statementRunner, type SqliteConnection } from "./connection.ts";
import { accountInThisVersion, memberRecord, objectText, type StoredRow } from "../rows/record-rows.ts";
import { storedText } from "../rows/stored-text.ts";
import type { AccountRecord } from "../../model/records/account-record.ts";
import type { ObjectRecord } from "../../model/records/object-record.ts";
import type { RecordChange } from "../../model/records/record-change.ts";

/** A statement does not update a row that already has the same content, so that it does not count as a change. */
const SQL = {
  putAccount: `INSERT INTO accounts (account_id, record) VALUES (?, ?)
    ON CONFLICT (account_id) DO UPDATE SET record = CASE
      WHEN json_type(accounts.record, '$.declared') = 'null' AND json_type(excluded.record, '$.declared.set') = 'text'
      THEN json_set(excluded.record, '$.declared', NULL) ELSE excluded.record END
    WHERE record <> excluded.record`,
  putMember: `INSERT INTO accounts (account_id, record) VALUES (?, ?)
    ON CONFLICT (account_id) DO UPDATE
    SET record = json_set(accounts.record, '$.declared', json(excluded.record -> '$.declared'))`,
  putSource: `INSERT INTO sources (source, record) VALUES (?, ?)
    ON CONFLICT (source) DO UPDATE SET record = excluded.record WHERE record <> excluded.record`,
  putObject: `INSERT INTO objects (kind, namespace, name, record, version) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (kind, namespace, name) DO UPDATE SET record = excluded.record, version = excluded.version
    WHERE record <> excluded.record`,
  removeObject: "DELETE FROM objects WHERE kind = ? AND namespace = ? AND name = ?",
  putApproval: `INSERT INTO approvals (subject, expires_ms, record) VALUES (?, ?, ?)
    ON CONFLICT (subject) DO UPDATE SET expires_ms = excluded.expires_ms, record = excluded.record
    WHERE record <> excluded.record`,
  putRejection: `INSERT INTO rejections (subject, record) VALUES (?, ?)
    ON CONFLICT (subject) DO UPDATE SET record = excluded.record WHERE record <> excluded.record`,
  endRejection: "DELETE FROM rejections WHERE subject = ?",
  putSuspension: `INSERT INTO suspensions (id, until_ms, record) VALUES (?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET until_ms = excluded.until_ms, record = excluded.record
    WHERE record <> excluded.record`,
  endSuspension: "DELETE FROM suspensions WHERE id = ?",
  putIncident: `INSERT INTO incidents (incident, record) VALUES (?, ?)
    ON CONFLICT (incident) DO UPDATE SET record = excluded.record WHERE record <> excluded.record`,
  putMessage: "INSERT INTO outbox (route, body, attempts, due_ms, first_due_ms) VALUES (?, ?, 0, ?, ?)",
  putNotified: `INSERT INTO incident_routes (incident, route, notified_ms) VALUES (?, ?, ?)
    ON CONFLICT (incident, route) DO UPDATE SET notified_ms = excluded.notified_ms`,
  endIncident: "DELETE FROM incidents WHERE incident = ?",
  endNotified: "DELETE FROM incident_routes WHERE incident = ?",
} as const;

/** Writes the smaller tables of the record, inside the caller's transaction. */
export class RecordTables {
  readonly #run;

  constructor(db: SqliteConnection) {
    this.#run = statementRunner(db, SQL);
  }

  /** Writes everything in the change except its keys. */
  put(change: RecordChange, version: number): void {
    for (const account of change.accounts ?? [])
      this.#run("putAccount", account.accountId, storedText(account));
    for (const member of change.members ?? [])
      this.#run("putMember", member.accountId, storedText(memberRecord(member)));
    for (const source of change.sources ?? []) this.#run("putSource", source.source, storedText(source));
    for (const object of change.objects ?? []) this.#putObject(object, version);
    for (const at of change.removedObjects ?? []) this.#run("removeObject", at.kind, at.namespace, at.name);
    for (const approval of change.approvals ?? []) this.#putApproval(approval);
    for (const rejection of change.rejections ?? [])
      this.#run("putRejection", rejection.subject, storedText(rejection));
    for (const subject of change.endedRejections ?? []) this.#run("endRejection", subject);
    for (const suspension of change.suspensions ?? []) this.#putSuspension(suspension);
    for (const id of change.endedSuspensions ?? []) this.#run("endSuspension", id);
    this.#putAlerts(change);
  }

  #putAlerts({ incidents = [], outbox = [], endedIncidents = [] }: RecordChange): void {
    for (const one of incidents) this.#run("putIncident", one.incident, storedText(one));
    for (const { route, body, dueMs, opens } of outbox) {
      this.#run("putMessage", route, body, dueMs, dueMs);
      if (opens !== undefined) this.#run("putNotified", opens, route, dueMs);
    }
    for (const incident of endedIncidents) {
      this.#run("endIncident", incident);
      this.#run("endNotified", incident);
    }
  }

  #putObject(object: ObjectRecord, version: number): void {
    this.#run("putObject", object.kind, object.namespace, object.name, objectText(object), version);
  }

  #putApproval(approval: Approval): void {
    this.#run("putApproval", approval.subject, Date.parse(approval.expiresAt), storedText(approval));
  }

  #putSuspension(suspension: Suspension): void {
    this.#run("putSuspension", suspension.id, Date.parse(suspension.until), storedText(suspension));
  }
}

export function accountsIn(db: SqliteConnection): readonly AccountRecord[] {
  const rows = selectAll<StoredRow>(db, "SELECT record FROM accounts ORDER BY account_id");
  return rows.map(({ record }) => accountInText(record));
}

export function accountInText(text: string): AccountRecord {
  return accountInThisVersion(JSON.parse(text) as AccountRecord);
}
