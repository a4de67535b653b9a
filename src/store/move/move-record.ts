import { join } from "node:path";
import type { MoveOutcome } from "../../audit/backup.ts";
import { verifyLinks, type VerifyReport } from "../../audit/verification/verify.ts";
import type { Clock } from "../../controller/ports/clock.ts";
import type { RunInThreads } from "../../controller/ports/audit-log.ts";
import type { Telemetry } from "../../controller/ports/telemetry.ts";
import { anchorsOf, publicKeysOf, verifyFolder } from "../backup/record-copy.ts";
import { StoreError } from "../errors.ts";
import { exists } from "../exists.ts";
import { checkServer, refuseUndurable } from "../postgres/check-server.ts";
import { Database, type Query } from "../postgres/database.ts";
import { openPostgresAuditReader } from "../postgres/readers.ts";
import { migratePostgres } from "../postgres/schema/migrations.ts";
import { serverName, type DatabaseServer } from "../postgres/server.ts";
import { openSqliteReader, selectOne, type SqliteConnection } from "../sqlite/connection.ts";
import { acquireLock } from "../sqlite/lock.ts";
import { DATABASE_FILE, openStore } from "../sqlite/open.ts";
import { retire, retiredTo } from "../sqlite/retired.ts";
import { MOVED_TABLES, type MovedTable } from "./tables.ts";

export interface MoveRequest {
  readonly stateDir: string;
  readonly instance: string;
  readonly server: DatabaseServer;
  readonly anchorsFile: string;
}

export interface MoveTools {
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly inThreads: RunInThreads;
}

/**
 * Moves the record of a state directory to an empty database, while no controller runs. The file stays, and no version
 * starts with it again. If it is interrupted, the file is still the record, and the same command moves it.
 * @throws StoreError
 */
export async function moveRecordTo(request: MoveRequest, tools: MoveTools): Promise<MoveOutcome> {
  const lock = acquireLock(request.stateDir);
  try {
    return await move(request, tools);
  } finally {
    lock.release();
  }
}

async function move(request: MoveRequest, tools: MoveTools): Promise<MoveOutcome> {
  const { stateDir, server, instance } = request;
  const path = join(stateDir, DATABASE_FILE);
  const to = retiredTo(path);
  if (to !== null) throw new StoreError("moved", `the record of ${path} was moved to ${to}`);
  if (!exists(path)) throw new StoreError("missing", `there is no record in ${stateDir}`);
  await sign(request, tools);
  const before = await verifyFolder(stateDir, tools.inThreads);
  if (before.verdict !== "intact") return { kind: "broken", report: before };
  const database = new Database({ server, telemetry: tools.telemetry });
  try {
    await checkServer(database);
    await refuseUndurable(database);
    await migratePostgres(database, instance);
    await copyFile(path, database);
  } finally {
    await database.close();
  }
  const report = await verifyCopy(request, tools);
  if (report.verdict !== "intact" || report.last !== before.last) return { kind: "broken", report };
  retire(path, serverName(server));
  return { kind: "moved", database: serverName(server), report };
}

/** Signs the last entries, and copies the signature outside: no entry of the file is then without a proof. */
async function sign({ stateDir, anchorsFile }: MoveRequest, { clock, telemetry }: MoveTools): Promise<void> {
  const anchors = { file: anchorsFile, log: false };
  const { store, audit } = openStore({ stateDir, clock, telemetry, anchors, shrinks: false });
  try {
    await audit.checkpoint();
  } finally {
    await store.close();
  }
}

async function copyFile(path: string, database: Database): Promise<void> {
  const file = openSqliteReader(path);
  try {
    await copyRecord(file, database);
  } finally {
    file.close();
  }
}

async function verifyCopy(
  { server, stateDir }: MoveRequest,
  { telemetry, inThreads }: MoveTools,
): Promise<VerifyReport> {
  const reader = await openPostgresAuditReader({ server, telemetry });
  try {
    return await verifyLinks({
      links: reader.links(inThreads),
      publicKeys: publicKeysOf(stateDir),
      anchors: anchorsOf(stateDir),
      extent: "whole",
    });
  } finally {
    reader.close();
  }
}

const BATCH = 500;

type RowToMove = Readonly<Record<string, string | number | null>>;

/** The end of a chain. */
interface End {
  readonly seq: number;
  readonly hash: string;
}

/**
 * Copies a file whose chain ends with a checkpoint, in one transaction. Does nothing if an earlier move did it completely.
 * @throws StoreError `not-empty` if the database has another record, or one that a controller has used
 */
async function copyRecord(file: SqliteConnection, database: Database): Promise<void> {
  const end = endOf(file);
  await database.transaction("copy the record", async (query) => {
    const [found] = await query<End & { readonly epoch: number }>(
      "SELECT seq, hash, epoch FROM head, lease WHERE lease.name = 'controller' FOR UPDATE",
    );
    if (found?.epoch !== 0 || (found.seq !== 0 && found.hash !== end.hash))
      throw new StoreError("not-empty", `${database.name} has another record already`);
    if (found.seq === end.seq) return;
    for (const table of MOVED_TABLES) await copyTable(table, file, query);
    await query(
      "SELECT setval(pg_get_serial_sequence('outbox', 'id'), (SELECT coalesce(max(id), 0) + 1 FROM outbox))",
    );
    await query("UPDATE head SET seq = $1, hash = $2, checkpoint = $1, version = $3", [
      end.seq,
      end.hash,
      selectOne<{ readonly value: number }>(file, "SELECT value FROM sequence")?.value ?? 0,
    ]);
  });
}

function endOf(file: SqliteConnection): End {
  const end = selectOne<End>(file, "SELECT seq, hash FROM chain ORDER BY seq DESC LIMIT 1");
  if (end === undefined) throw new StoreError("missing", `there is no entry in ${file.name} yet`);
  return end;
}

async function copyTable(table: MovedTable, file: SqliteConnection, query: Query): Promise<void> {
  const names = Object.keys(table.columns);
  const types = Object.values(table.columns);
  const given = types.map((type, at) => `$${at + 1}::${type.toUpperCase()}[]`).join(", ");
  const own = table.name === "outbox" ? "OVERRIDING SYSTEM VALUE" : "";
  const sql = `INSERT INTO ${table.name} (${names.join(", ")}) ${own} SELECT * FROM unnest(${given})`;
  const insert = (rows: readonly RowToMove[]) =>
    query(
      sql,
      names.map((name, at) => rows.map((row) => valueOf(row[name] ?? null, types[at] ?? "text"))),
    );
  let rows: RowToMove[] = [];
  for (const row of file.prepare<[], RowToMove>(`SELECT ${names.join(", ")} FROM ${table.name}`).iterate()) {
    rows.push(row);
    if (rows.length < BATCH) continue;
    await insert(rows);
    rows = [];
  }
  if (rows.length > 0) await insert(rows);
}

function valueOf(value: string | number | null, type: string): string | Buffer | null {
  if (value === null) return null;
  if (type === "bytea") return Buffer.from(String(value));
  return type === "boolean" ? String(value !== 0) : String(value);
}
