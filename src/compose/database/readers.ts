import type { DatabaseConfig } from "../../config/state/database-config.ts";
import type { AuditReader } from "../../controller/ports/audit-log.ts";
import type { RecordReader } from "../../controller/ports/store.ts";
import { SILENT } from "../ports.ts";

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
