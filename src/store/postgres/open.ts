import type { AuditLog } from "../../controller/ports/audit-log.ts";
import type { Clock } from "../../controller/ports/clock.ts";
import type { OutboxStore } from "../../controller/ports/outbox-store.ts";
import type { SessionStore } from "../../controller/ports/page/session-store.ts";
import type { SettlementStore, Store } from "../../controller/ports/store.ts";
import type { Telemetry } from "../../controller/ports/telemetry.ts";
import { loadAuditKey } from "../audit-key.ts";
import { CheckpointCopies, copyToFile, copyToLog } from "../outside-copy.ts";
import { PostgresAuditLog } from "./audit/audit-log.ts";
import type { EntryRemoval } from "../entry-removal.ts";
import { copyRecord } from "./audit/checkpoint-copies.ts";
import { PostgresEntryRemoval } from "./audit/entry-removal.ts";
import { checkKeyIsThere, checkNothingIsLost, checkRecord } from "./audit/start-checks.ts";
import { checkServer, refuseUndurable } from "./check-server.ts";
import { Database } from "./database.ts";
import { Lease, type LeaseParts } from "./lease.ts";
import { PostgresOutboxStore } from "./outbox-store.ts";
import { RecordTime } from "./record-time.ts";
import { migrate } from "./schema/migrations.ts";
import type { DatabaseServer } from "./server.ts";
import { PostgresSessionStore } from "./session-store.ts";
import { PostgresStore } from "./store.ts";

export interface PostgresOptions {
  readonly server: DatabaseServer;
  /** The name of the installation: a database has the record of one. */
  readonly instance: string;
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
  readonly removal: EntryRemoval;
}

/**
 * Opens or creates the record for any number of processes.
 * @throws StoreError `broken-record`, `newer-version`, `damaged`, `unreachable`, `refused`, `missing`, `other-installation`
 */
export async function openPostgres(options: PostgresOptions): Promise<OpenRecord> {
  return opened(options, async (database) => {
    const { fresh } = await migrate(database, options.instance);
    return recordOn(database, { ...options, fresh, lease: null });
  });
}

export interface LeasedRecord extends OpenRecord {
  readonly lease: Lease;
}

/**
 * Opens or creates the record for this process alone. Closing the store releases the lease.
 * @throws StoreError as `openPostgres`, and `locked` if another controller has the lease
 */
export async function openLeased(
  options: PostgresOptions,
  holder: Omit<LeaseParts, "database" | "telemetry">,
  signal: AbortSignal,
): Promise<LeasedRecord> {
  return opened(options, async (database) => {
    await checkServer(database);
    await refuseUndurable(database);
    const { fresh } = await migrate(database, options.instance);
    const lease = await Lease.claim({ ...holder, database, telemetry: options.telemetry }, signal);
    lease.keep();
    try {
      return { ...(await recordOn(database, { ...options, fresh, lease })), lease };
    } catch (cause) {
      await lease.release();
      throw cause;
    }
  });
}

async function opened<Opened>(
  { server, telemetry }: Pick<PostgresOptions, "server" | "telemetry">,
  open: (database: Database) => Promise<Opened>,
): Promise<Opened> {
  const database = new Database({ server, telemetry });
  try {
    return await open(database);
  } catch (cause) {
    await database.close();
    throw cause;
  }
}

async function recordOn(
  database: Database,
  options: PostgresOptions & { readonly fresh: boolean; readonly lease: Lease | null },
): Promise<OpenRecord> {
  const { stateDir, telemetry, anchors, fresh, lease } = options;
  await checkKeyIsThere(database, stateDir);
  const key = loadAuditKey(stateDir, telemetry);
  const head = await checkRecord(database, options);
  await checkNothingIsLost(database, anchors.file);
  const time = new RecordTime(database, options.clock);
  const outside = [
    ...(anchors.file === null ? [] : [copyToFile(anchors.file)]),
    ...(anchors.log ? [copyToLog(telemetry)] : []),
  ];
  const copies = new CheckpointCopies(outside, copyRecord(database), telemetry);
  const audit = new PostgresAuditLog({ database, time, telemetry, key, copies, head });
  const beforeClose = async (): Promise<void> => {
    await audit.close();
    await lease?.release();
  };
  const store = new PostgresStore({ database, fresh, time, settlements: audit, beforeClose });
  const outboxStore = new PostgresOutboxStore(database);
  const sessions = new PostgresSessionStore(database);
  const removal = new PostgresEntryRemoval(database);
  return { store, audit, settlements: audit, outboxStore, sessions, removal };
}
