import type { AuditLog } from "../../controller/ports/audit-log.ts";
import type { Clock } from "../../controller/ports/clock.ts";
import type { OutboxStore } from "../../controller/ports/outbox-store.ts";
import type { SessionStore } from "../../controller/ports/page/session-store.ts";
import type { SettlementStore, Store } from "../../controller/ports/store.ts";
import type { Telemetry } from "../../controller/ports/telemetry.ts";
import { loadAuditKey, publishedKeys } from "../audit-key.ts";
import { copyToFile, copyToLog } from "../outside-copy.ts";
import { checkEnd } from "../rows/chain-end.ts";
import { PostgresAuditLog } from "./audit/audit-log.ts";
import { CheckpointCopies } from "./audit/checkpoint-copies.ts";
import { PostgresEntryReader } from "./audit/entry-reader.ts";
import { Database } from "./database.ts";
import { PostgresOutboxStore } from "./outbox-store.ts";
import { RecordTime } from "./record-time.ts";
import { migrate } from "./schema/migrations.ts";
import { PostgresSessionStore } from "./session-store.ts";
import { PostgresStore } from "./store.ts";

export interface PostgresOptions {
  readonly url: string;
  /** An existing folder on a local disk; it contains the audit key. */
  readonly stateDir: string;
  /** null: the time of the record is that of the database. */
  readonly clock: Pick<Clock, "nowMs"> | null;
  readonly telemetry: Telemetry;
  /** The destinations of checkpoint copies. Without any of them, the audit proves less. */
  readonly anchors: { readonly file: string | null; readonly log: boolean };
}

export interface OpenRecord {
  /** Closing the store closes the audit too. */
  readonly store: Store;
  readonly audit: AuditLog;
  readonly settlements: SettlementStore;
  readonly outboxStore: OutboxStore;
  readonly sessions: SessionStore;
}

/**
 * Opens or creates the record.
 * @throws StoreError `broken-record`, `newer-version`, `damaged`, `unreachable`, `refused`, `missing`
 */
export async function openPostgres(options: PostgresOptions): Promise<OpenRecord> {
  const { url, stateDir, telemetry, anchors } = options;
  const database = new Database({ url, telemetry });
  try {
    const { fresh } = await migrate(database);
    const key = loadAuditKey(stateDir, telemetry);
    await checkRecord(database, options);
    const time = new RecordTime(database, options.clock);
    const outside = [
      ...(anchors.file === null ? [] : [copyToFile(anchors.file)]),
      ...(anchors.log ? [copyToLog(telemetry)] : []),
    ];
    const copies = new CheckpointCopies(database, outside, telemetry);
    const audit = new PostgresAuditLog({ database, time, telemetry, key, copies });
    const store = new PostgresStore({
      database,
      fresh,
      time,
      settlements: audit,
      beforeClose: () => audit.close(),
    });
    const outboxStore = new PostgresOutboxStore(database);
    return { store, audit, settlements: audit, outboxStore, sessions: new PostgresSessionStore(database) };
  } catch (cause) {
    await database.close();
    throw cause;
  }
}

/** Checks the end of the chain before anything is appended to it. */
async function checkRecord(
  database: Database,
  { stateDir, telemetry }: Pick<PostgresOptions, "stateDir" | "telemetry">,
): Promise<void> {
  const sql = "SELECT coalesce(max(seq), 1) AS signed FROM entries WHERE kind = 'checkpoint'";
  const [found] = await database.read<{ readonly signed: number }>("check the audit", sql);
  // A checkpoint signs the entry before it.
  const first = Math.max(1, (found?.signed ?? 1) - 1);
  const end = "SELECT * FROM entries WHERE seq >= $1 ORDER BY seq";
  const { rows, documents } = await new PostgresEntryReader(database).selected(end, [first]);
  try {
    checkEnd(rows, { first, documents, keys: publishedKeys(stateDir) });
    telemetry.gauge("audit_record_intact", 1);
  } catch (cause) {
    telemetry.gauge("audit_record_intact", 0);
    throw cause;
  }
}
