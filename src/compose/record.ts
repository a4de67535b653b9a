import { join } from "node:path";
import type { BackupOutcome, RestoreOutcome, MoveOutcome } from "../audit/backup.ts";
import { inThreads } from "../cli/toolbox/in-threads.ts";
import { CliError } from "../cli/toolbox/cli-error.ts";
import type { AuditReader } from "../controller/ports/audit-log.ts";
import type { RecordReader, SettlementStore } from "../controller/ports/store.ts";
import type { Installation } from "../cli/toolbox/toolbox.ts";
import type { Config } from "../config/config.ts";
import type { ControllerPorts } from "../controller/settings.ts";
import type { BackupHealth } from "../model/backups/backup-health.ts";
import type { ProxyRoutes } from "../model/network/proxy.ts";
import type { OutboxStore } from "../controller/ports/outbox-store.ts";
import type { OutboxSender } from "../record/alert-sender.ts";
import type { Route } from "../record/route.ts";
import { openDatabaseAudit, openDatabaseRecord } from "./database/readers.ts";
import { clock, eventLoop, random, SILENT } from "./ports.ts";
import { makeStateDir, stateFiles } from "./state-files.ts";
import { VERSION } from "./version.ts";
import { forgeRoutes, forgeSenderRoutes, recordedRoute, senderRoute } from "./alerts/sender-routes.ts";
import type { MoveCommand } from "../cli/toolbox/record-commands.ts";

/** The audit record in the state directory, read only. @throws CliError if there is no database yet */
export async function openAuditReader(config: Config): Promise<AuditReader> {
  if (config.database !== null) return openDatabaseAudit(config.database);
  const { DATABASE_FILE } = await import("../store/sqlite/open.ts");
  const { openSqliteAuditReader: open } = await import("../store/sqlite/audit/audit-reader.ts");
  const path = join(config.stateDir, DATABASE_FILE);
  if (!(await isInState(path)))
    throw new CliError(`there is no record yet: ${path}`, "grantkeeper run makes it");
  return open(path);
}

/** The database in the state directory, read only; null if there is none yet. */
export async function openRecordReader(config: Config): Promise<RecordReader | null> {
  if (config.database !== null) return openDatabaseRecord(config.database);
  const { DATABASE_FILE } = await import("../store/sqlite/open.ts");
  const { openSqliteRecordReader: open } = await import("../store/sqlite/record-reader.ts");
  const path = join(config.stateDir, DATABASE_FILE);
  return (await isInState(path)) ? open(path) : null;
}

/** @throws StoreError if it is not known */
async function isInState(path: string): Promise<boolean> {
  const { exists } = await import("../store/exists.ts");
  return exists(path);
}

/** Copies the record of a state directory to a new folder. */
export async function backupRecord(
  { stateDir, instance, database }: Config,
  request: Parameters<Installation["backup"]>[0],
): Promise<BackupOutcome> {
  refuseDatabase(database, "backup", "back it up with pg_dump or by its archive of the write-ahead log");
  const { writeRecordedBackup } = await import("../store/backup/recorded-backup.ts");
  const at = new Date(clock.nowMs()).toISOString();
  return writeRecordedBackup({ ...request, stateDir, instance, version: VERSION, at }, inThreads);
}

/** The files of a backup are those of a state directory. @throws CliError */
function refuseDatabase(database: Config["database"], command: string, fix: string): void {
  if (database === null) return;
  const { host, port, database: name } = database;
  throw new CliError(
    `grantkeeper ${command} is for the record in a state directory, and this one is in ${host}:${port}/${name}`,
    `${fix}: docs/postgresql.md`,
  );
}

/** What the state directory shows of backups. */
export async function examineBackups({ stateDir, backups }: Config): Promise<BackupHealth> {
  const { examineBackupFolder: examine } = await import("../store/backup/examine-backups.ts");
  return examine(stateDir, backups, clock.nowMs());
}

/** Replaces the record of a state directory by a backup. */
export async function restoreRecord(
  { stateDir, instance, database }: Config,
  request: Parameters<Installation["restore"]>[0],
): Promise<RestoreOutcome> {
  refuseDatabase(
    database,
    "restore",
    "restore it with PostgreSQL's programs, and run grantkeeper audit verify",
  );
  makeStateDir(stateDir);
  const { restoreBackup } = await import("../store/backup/restore-backup.ts");
  return restoreBackup(
    { ...request, stateDir, instance, version: VERSION },
    { clock, telemetry: SILENT, inThreads },
  );
}

/** Creates the recorder of settlements and the sender of its alerts. */
export async function openRecorder(
  config: Config,
  parts: Pick<ControllerPorts, "audit" | "telemetry"> & {
    readonly settlements: SettlementStore;
    readonly outboxStore: OutboxStore;
    readonly routes: ProxyRoutes;
  },
): Promise<Pick<ControllerPorts, "recorder" | "alerts">> {
  const { createRecorder } = await import("../record/recorder.ts");
  return {
    recorder: createRecorder({ ...parts, routes: recordedRoutes(config), clock, eventLoop }),
    alerts: await openAlertSender(config, parts),
  };
}

/** The routes as the recorder sees them. */
function recordedRoutes(config: Config): readonly Route[] {
  return [...config.alerts.map(recordedRoute), ...forgeRoutes(config)];
}

/** Creates the receivers of all routes and the sender of their messages. */
async function openAlertSender(
  config: Config,
  parts: Pick<ControllerPorts, "telemetry"> & {
    readonly outboxStore: OutboxStore;
    readonly routes: ProxyRoutes;
  },
): Promise<OutboxSender> {
  const { OutboxSender: Sender } = await import("../record/alert-sender.ts");
  const { proxiedFetch } = await import("../network/proxied-fetch.ts");
  const { tracedFetch } = await import("../telemetry/traced-fetch.ts");
  const fetch = tracedFetch(proxiedFetch(parts.routes), parts.telemetry);
  const open = { instance: config.instance, tools: { clock, fetch } };
  const routes = await Promise.all(config.alerts.map((route) => senderRoute(route, open)));
  routes.push(...(await forgeSenderRoutes(config, { routes: parts.routes, fetch })));
  return new Sender({ store: parts.outboxStore, clock, random, telemetry: parts.telemetry }, routes);
}

/** @throws CliError, StoreError */
export async function moveRecord(
  { stateDir, instance, database }: Config,
  { to }: MoveCommand,
): Promise<MoveOutcome> {
  if (database === null)
    throw new CliError("the operator's file names no database", "add state.database: docs/postgresql.md");
  if (to !== database.url)
    throw new CliError(`--to is not the URL of state.database: ${database.url}`, "name the same URL in both");
  const { databaseServer } = await import("./database/server.ts");
  const { moveRecordTo: move } = await import("../store/move/move-record.ts");
  const anchorsFile = stateFiles(stateDir).auditAnchors;
  const request = { stateDir, instance, server: databaseServer(database), anchorsFile };
  return move(request, { clock, telemetry: SILENT, inThreads });
}
