import type { Config } from "../../config/config.ts";
import type { Probe } from "../../model/answers/probe.ts";
import type { DatabaseConfig } from "../../config/state/database-config.ts";
import type { AuditReader } from "../../controller/ports/audit-log.ts";
import type { RecordReader } from "../../controller/ports/store.ts";
import { clock, SILENT } from "../ports.ts";

/** @throws StoreError `missing` if the database has no record */
export async function openDatabaseAudit(config: DatabaseConfig): Promise<AuditReader> {
  const { databaseServer } = await import("./server.ts");
  const { openAuditReader } = await import("../../store/postgres/readers.ts");
  return openAuditReader({ server: databaseServer(config), telemetry: SILENT });
}

/** null: the database has no record. */
export async function openDatabaseRecord(config: DatabaseConfig): Promise<RecordReader | null> {
  const { databaseServer } = await import("./server.ts");
  const { openRecordReader } = await import("../../store/postgres/readers.ts");
  return openRecordReader({ server: databaseServer(config), telemetry: SILENT });
}

/** For `doctor`; empty if the record is in the state directory. */
export async function examineDatabaseOf({
  database,
  instance,
}: Pick<Config, "database" | "instance">): Promise<readonly Probe[]> {
  if (database === null) return [];
  const { databaseServer } = await import("./server.ts");
  const { examineDatabase } = await import("../../store/postgres/examine.ts");
  const about = { instance, nowMs: () => clock.nowMs(), elapsedMs: () => performance.now() };
  return examineDatabase({ server: () => databaseServer(database), telemetry: SILENT }, about);
}
