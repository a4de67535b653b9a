import { statfsSync } from "node:fs";
import { join } from "node:path";
import type { AuditLog } from "../../controller/ports/audit-log.ts";
import type { Clock } from "../../controller/ports/clock.ts";
import type { OutboxStore } from "../../controller/ports/outbox-store.ts";
import type { SessionStore } from "../../controller/ports/browser/session-store.ts";
import type { SettlementStore, Store } from "../../controller/ports/store.ts";
import type { Telemetry } from "../../controller/ports/telemetry.ts";
import { loadAuditKey, publishedKeys } from "../audit-key.ts";
import { checkNoRestore } from "../restore-marker.ts";
import { copyToFile, copyToLog } from "../outside-copy.ts";
import { SqliteAuditLog } from "./audit/audit-log.ts";
import { openWriter, type SqliteConnection, selectOne } from "./connection.ts";
import { migrateSqlite } from "./schema/migrations.ts";
import type { EntryRemoval } from "../entry-removal.ts";
import { SqliteEntryRemoval } from "./audit/entry-removal.ts";
import { makeShrinkable } from "./shrinkable-file.ts";
import { SqliteOutboxStore } from "./outbox-store.ts";
import { SqliteSessionStore } from "./sessions/session-store.ts";
import { SqliteStore } from "./store.ts";
import type { AuditFact } from "../../audit/entry.ts";
import type { RecordChange } from "../../model/records/record-change.ts";
import type { VerificationKey } from "../../audit/checkpoint.ts";
import type { EntryRow } from "../rows/audit-rows.ts";
import { documentsOf } from "./documents.ts";
import { checkEnd } from "../rows/chain-end.ts";
import { storing } from "./failure.ts";

/** In the state directory. */
export const DATABASE_FILE = "grantkeeper.db";

export interface StoreOptions {
  /** An existing folder on a local disk; it contains the database and the audit key. */
  readonly stateDir: string;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** The destinations of checkpoint copies. Without any of them, the audit proves less. */
  readonly anchors: { readonly file: string | null; readonly log: boolean };
  /** Old entries are removed: the file has to be able to shrink. */
  readonly shrinks: boolean;
}

export interface OpenStore {
  /** Closing the store closes the audit too. */
  readonly store: Store;
  readonly audit: AuditLog;
  readonly settlements: SettlementStore;
  readonly outboxStore: OutboxStore;
  readonly sessions: SessionStore;
  readonly removal: EntryRemoval;
}

/**
 * Opens or creates the record; acquire the lock before. Checkpoints that an earlier run could not copy outside are
 * copied with the next one.
 * @throws StoreError `broken-record`, `newer-version`, `damaged`, `full`, `locked`, `io`, `unfinished-restore`
 */
export function openStore(options: StoreOptions): OpenStore {
  checkNoRestore(options.stateDir);
  const db = openWriter(join(options.stateDir, DATABASE_FILE));
  try {
    return openOn(db, options);
  } catch (cause) {
    db.close();
    throw cause;
  }
}

/** Checks the record before anything is written to it. */
function checkStart(
  db: SqliteConnection,
  { stateDir, telemetry }: Pick<StoreOptions, "stateDir" | "telemetry">,
): void {
  try {
    checkRecord(db, publishedKeys(stateDir));
    telemetry.gauge("audit_record_intact", 1);
  } catch (cause) {
    telemetry.gauge("audit_record_intact", 0);
    throw cause;
  }
}

function freeBytesAt(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

/** Like `openStore`, on a connection of the caller, who closes it if this throws. */
export function openOn(db: SqliteConnection, options: StoreOptions): OpenStore {
  const { stateDir, clock, telemetry, anchors } = options;
  const { fresh } = migrateSqlite(db, clock.nowMs());
  const key = loadAuditKey(stateDir, telemetry);
  checkStart(db, { stateDir, telemetry });
  if (options.shrinks) makeShrinkable(db, () => freeBytesAt(stateDir), telemetry);
  const outside = [
    ...(anchors.file === null ? [] : [copyToFile(anchors.file)]),
    ...(anchors.log ? [copyToLog(telemetry)] : []),
  ];
  const audit = new SqliteAuditLog({ db, clock, telemetry, key, outside });
  const store = new SqliteStore({ db, fresh, clock, beforeClose: () => audit.close() });
  return {
    store,
    audit,
    settlements: new SqliteSettlements(audit, store),
    outboxStore: new SqliteOutboxStore(db),
    sessions: new SqliteSessionStore(db),
    removal: new SqliteEntryRemoval(db),
  };
}

/** Writes the audit and the record in one transaction, since both are in the same database. */
class SqliteSettlements implements SettlementStore {
  readonly #audit: SqliteAuditLog;
  readonly #store: SqliteStore;

  constructor(audit: SqliteAuditLog, store: SqliteStore) {
    this.#audit = audit;
    this.#store = store;
  }

  async record(facts: readonly AuditFact[], changeFor: (firstSeq: number) => RecordChange): Promise<void> {
    this.#audit.appendWith(facts, (put) =>
      this.#store.inTransaction(() => this.#store.write(changeFor(put()))),
    );
  }
}

/**
 * Checks the end of the chain before anything is appended to it: the last checkpoint with its signature, and every
 * later entry. `grantkeeper audit verify` checks the complete chain.
 * @throws StoreError `broken-record`
 */
function checkRecord(db: SqliteConnection, keys: readonly VerificationKey[]): void {
  storing("check the audit", () => {
    const documents = documentsOf(db);
    const lastCheckpoint = "SELECT max(seq) AS seq FROM entries WHERE kind = 'checkpoint'";
    const signed = selectOne<{ readonly seq: number | null }>(db, lastCheckpoint);
    // A checkpoint signs the entry before it.
    const first = Math.max(1, (signed?.seq ?? 1) - 1);
    const rows = db
      .prepare<[number], EntryRow>("SELECT * FROM chain WHERE seq >= ? ORDER BY seq")
      .iterate(first);
    checkEnd(rows, { first, documents, keys });
  });
}
