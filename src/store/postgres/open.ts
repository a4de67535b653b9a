import { join } from "node:path";
import type { AuditLog } from "../../controller/ports/audit-log.ts";
import type { Assigner } from "../../controller/ports/assigned/assigner.ts";
import type { DueReader, DueWriter } from "../../controller/ports/assigned/due-rows.ts";
import type { EventFactReader, EventFactWriter } from "../../controller/ports/assigned/event-facts.ts";
import type { FollowedRecord, InForcePublication } from "../../controller/ports/assigned/in-force.ts";
import type { PassMemoryReader, PassMemoryWriter } from "../../controller/ports/assigned/pass-memories.ts";
import type { Clock } from "../../controller/ports/clock.ts";
import type { OutboxStore } from "../../controller/ports/outbox-store.ts";
import type { SessionStore } from "../../controller/ports/browser/session-store.ts";
import type { SettlementStore, Store } from "../../controller/ports/store.ts";
import type { Telemetry } from "../../controller/ports/telemetry.ts";
import type { AccountId } from "../../model/aws/ids.ts";
import type { ReplicaRecord } from "../../model/network/replica.ts";
import { AUDIT_PUBLIC_KEY_FILE, existingAuditKey, loadAuditKey } from "../audit-key.ts";
import { exists } from "../exists.ts";
import { NewestEntryFile } from "../newest-entry.ts";
import { CheckpointCopies, copyToFile, copyToLog } from "../outside-copy.ts";
import { PostgresAuditLog } from "./audit/audit-log.ts";
import type { EntryRemoval } from "../entry-removal.ts";
import { copyRecord } from "./audit/checkpoint-copies.ts";
import { PostgresEntryRemoval } from "./audit/entry-removal.ts";
import { checkKeyIsThere, checkNothingIsLost, checkRecord, type Proofs } from "./audit/start-checks.ts";
import { AssignedAccounts } from "./assignments/assigned-accounts.ts";
import { accountAssigner } from "./assignments/assigner.ts";
import { dueReader, dueWriter } from "./assignments/due-rows.ts";
import { eventFactWriter, PostgresEventFacts } from "./assignments/event-facts.ts";
import { followedRecord, inForcePublication } from "./assignments/in-force.ts";
import { holderOf, type AccountHolder } from "./assignments/holder.ts";
import { PostgresMemoryReader } from "./assignments/memory-reader.ts";
import { PostgresMemoryWriter } from "./assignments/memory-writer.ts";
import { checkServer, refuseUndurable } from "./check-server.ts";
import { Database } from "./database.ts";
import type { Lease, LeaseParts } from "./lease/lease.ts";
import { Standby } from "./lease/standby.ts";
import { PostgresOutboxStore } from "./outbox-store.ts";
import { RecordTime } from "./record-time.ts";
import { migratePostgres } from "./schema/migrations.ts";
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
  readonly anchors: {
    readonly file: string | null;
    readonly log: boolean;
    /** Where the newest entry that the database confirmed is noted. Missing: nowhere. */
    readonly newest?: string;
  };
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
    const { fresh } = await migratePostgres(database, options.instance);
    return recordOn(database, { ...options, fresh, lease: null });
  });
}

export interface LeasedRecord extends OpenRecord {
  readonly lease: Lease;
  /** Of the passes that other replicas make. */
  readonly memories: PassMemoryReader;
  readonly inForce: InForcePublication;
  readonly assigner: Assigner;
  readonly dueWriter: DueWriter;
  readonly eventFacts: EventFactWriter;
  /** The replica that makes the passes of an account; null: this one. @throws StoreError */
  readonly holderOf: (accountId: AccountId) => Promise<AccountHolder | null>;
}

/** The record for the passes of accounts that the active replica assigns to this one. */
export interface AssignedRecord extends OpenRecord {
  readonly assigned: AssignedAccounts;
  readonly memories: PassMemoryWriter;
  readonly due: DueReader;
  readonly eventFacts: EventFactReader;
}

/** One of any number of processes on a database, of which one has the lease. */
export interface OpenReplica {
  /** Another replica, which has the lease as of the last look; null: there is none, or the database is away. */
  readonly active: () => ReplicaRecord | null;
  /** Whether the database did not answer at the last look. */
  readonly isAway: () => boolean;
  /** Looks once. Closing the store of the record releases the lease. @returns null: another replica has the lease @throws StoreError */
  readonly claim: () => Promise<LeasedRecord | null>;
  /** Looks until this replica has the lease. @throws StoreError if it could not take over, or the signal's reason */
  readonly wait: (signal: AbortSignal) => Promise<LeasedRecord>;
  /**
   * From now on accounts can be assigned to this replica, which has claimed no lease. Closing the store of the record returns
   * them: no pass of them may run then. If this replica gets the lease, it makes no pass of them as the active one before that.
   * @throws StoreError
   */
  readonly join: () => Promise<AssignedRecord>;
  /** What a standby reads to compile what is in force; until it claims the lease. */
  readonly followed: FollowedRecord;
  /** Ends a replica without the lease; one with it ends when its store is closed. */
  readonly leave: () => Promise<void>;
}

/** Opens or creates the database for one of its replicas. @throws StoreError as `openPostgres` */
export async function openReplica(
  options: PostgresOptions,
  holder: Omit<LeaseParts, "database" | "telemetry">,
): Promise<OpenReplica> {
  return opened(options, async (database) => {
    await checkServer(database);
    await refuseUndurable(database);
    await migratePostgres(database, options.instance);
    const check = takeOverCheck(database, options);
    const standby = new Standby({ ...holder, database, telemetry: options.telemetry, check });
    let isLeased = false;
    const record = async (lease: Lease): Promise<LeasedRecord> => {
      const leased = await leasedRecord(lease, database, options);
      isLeased = true;
      const memories = new PostgresMemoryReader(database, holder.replica.version);
      return {
        ...leased,
        memories,
        inForce: inForcePublication(database),
        assigner: accountAssigner(database, holder.replica.version),
        dueWriter: dueWriter(database),
        eventFacts: eventFactWriter(database),
        holderOf: (accountId) => holderOf(database, accountId),
      };
    };
    return {
      active: () => standby.active,
      isAway: () => standby.isAway,
      claim: async () => {
        const lease = await standby.claim();
        return lease === null ? null : record(lease);
      },
      wait: async (signal) => record(await standby.wait(signal)),
      join: () => joined(options, holder),
      followed: followedRecord(database, holder.replica.id),
      leave: async () => {
        if (isLeased) return;
        await standby.leave();
        await database.close();
      },
    };
  });
}

/** With connections of its own: when this replica gets the lease, its passes end as those of the replica that had the accounts. */
async function joined(
  options: PostgresOptions,
  holder: Omit<LeaseParts, "database" | "telemetry">,
): Promise<AssignedRecord> {
  // It creates none: the active replica may have signed nothing with its own yet.
  existingAuditKey(options.stateDir);
  return opened(options, async (database) => {
    const assigned = await AssignedAccounts.join({ ...holder, database, telemetry: options.telemetry });
    const parts = { ...options, fresh: false, lease: null };
    const record = await recordOn(database, parts, () => assigned.leave());
    assigned.keep();
    const memories = new PostgresMemoryWriter(database, holder.replica.version);
    return {
      ...record,
      assigned,
      memories,
      due: dueReader(database),
      eventFacts: new PostgresEventFacts(database),
    };
  });
}

async function leasedRecord(
  lease: Lease,
  database: Database,
  options: PostgresOptions,
): Promise<
  Omit<LeasedRecord, "memories" | "inForce" | "assigner" | "dueWriter" | "eventFacts" | "holderOf">
> {
  lease.keep();
  try {
    // Another replica may have created the tables, and ended before its first entry.
    const parts = { ...options, fresh: "without entries", lease } as const;
    return { ...(await recordOn(database, parts, () => lease.release())), lease };
  } catch (cause) {
    await lease.release();
    throw cause;
  }
}

/** A replica with another key, or none, could not go on with the record. The record is read once, and the key looked for each time. */
function takeOverCheck(database: Database, options: PostgresOptions): () => Promise<void> {
  let isChecked = false;
  return async () => {
    await checkKeyIsThere(database, options.stateDir);
    if (isChecked || !exists(join(options.stateDir, AUDIT_PUBLIC_KEY_FILE))) return;
    await checkRecord(database, options);
    await checkNothingIsLost(database, proofsOf(options));
    isChecked = true;
  };
}

function proofsOf({ anchors }: PostgresOptions): Proofs {
  return { anchorsFile: anchors.file, newestFile: anchors.newest ?? null };
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
  options: PostgresOptions & { readonly fresh: boolean | "without entries"; readonly lease: Lease | null },
  release: () => Promise<void> = () => Promise.resolve(),
): Promise<OpenRecord> {
  const { stateDir, telemetry, anchors, lease } = options;
  await checkKeyIsThere(database, stateDir);
  const key = loadAuditKey(stateDir, telemetry);
  const head = await checkRecord(database, options);
  await checkNothingIsLost(database, proofsOf(options));
  const time = new RecordTime(database, options.clock);
  const outside = [
    ...(anchors.file === null ? [] : [copyToFile(anchors.file)]),
    ...(anchors.log ? [copyToLog(telemetry)] : []),
  ];
  const copies = new CheckpointCopies(outside, copyRecord(database), telemetry);
  const newest = anchors.newest === undefined ? null : new NewestEntryFile(anchors.newest, telemetry);
  const audit = new PostgresAuditLog({ database, time, telemetry, key, copies, head, newest });
  const beforeClose = async (): Promise<void> => {
    await audit.close();
    await release();
  };
  const fresh = options.fresh === "without entries" ? head.seq === 0 : options.fresh;
  const store = new PostgresStore({
    database,
    fresh,
    takeover: lease?.takeover ?? null,
    time,
    settlements: audit,
    beforeClose,
  });
  const outboxStore = new PostgresOutboxStore(database);
  const sessions = new PostgresSessionStore(database);
  const removal = new PostgresEntryRemoval(database);
  return { store, audit, settlements: audit, outboxStore, sessions, removal };
}
