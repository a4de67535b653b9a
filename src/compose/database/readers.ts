import { basename } from "node:path";
import type { ConfirmedProof } from "../../audit/verification/confirmed-entry.ts";
import type { Config } from "../../config/config.ts";
import type { Probe } from "../../model/answers/probe.ts";
import type { DatabaseConfig } from "../../config/state/database-config.ts";
import type { AuditReader } from "../../controller/ports/audit-log.ts";
import type { RecordReader } from "../../controller/ports/store.ts";
import { clock, SILENT } from "../ports.ts";
import { stateFiles } from "../state-files.ts";

/** @throws StoreError `missing` if the database has no record */
export async function openDatabaseAudit(config: DatabaseConfig): Promise<AuditReader> {
  const { databaseServer } = await import("./server.ts");
  const { openPostgresAuditReader } = await import("../../store/postgres/readers.ts");
  return openPostgresAuditReader({ server: databaseServer(config), telemetry: SILENT });
}

/** null: the database has no record. */
export async function openDatabaseRecord(config: DatabaseConfig): Promise<RecordReader | null> {
  const { databaseServer } = await import("./server.ts");
  const { openPostgresRecordReader } = await import("../../store/postgres/readers.ts");
  return openPostgresRecordReader({ server: databaseServer(config), telemetry: SILENT });
}

/** null: none is noted, or the record is in the state directory. @throws StoreError `unreadable-proof` */
export async function newestEntryOf({
  database,
  stateDir,
}: Pick<Config, "database" | "stateDir">): Promise<ConfirmedProof | null> {
  if (database === null) return null;
  const { readNewestEntry } = await import("../../store/newest-entry.ts");
  const path = stateFiles(stateDir).newestEntry;
  const entry = readNewestEntry(path);
  return entry === null ? null : { file: basename(path), entry };
}

/** For `doctor`; empty if the record is in the state directory. */
export async function examineDatabaseOf({
  database,
  instance,
  stateDir,
}: Pick<Config, "database" | "instance" | "stateDir">): Promise<readonly Probe[]> {
  if (database === null) return [];
  const { databaseServer } = await import("./server.ts");
  const { examineDatabase } = await import("../../store/postgres/examine.ts");
  const { auditAnchors: anchorsFile, newestEntry: newestFile } = stateFiles(stateDir);
  const proofs = { anchorsFile, newestFile };
  const about = { instance, proofs, nowMs: () => clock.nowMs(), elapsedMs: () => performance.now() };
  return examineDatabase({ server: () => databaseServer(database), telemetry: SILENT }, about);
}
