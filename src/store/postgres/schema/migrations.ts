import { StoreError } from "../../errors.ts";
import type { Database, Query } from "../database.ts";
import { APPEND_FUNCTIONS } from "./append.ts";
import { CHANGE_FUNCTIONS } from "./change.ts";
import { LEASE_FUNCTIONS } from "./lease.ts";
import { REMOVAL_FUNCTIONS } from "./removal.ts";
import { FIRST_SCHEMA } from "./schema-1.ts";
import { REPLICA_SCHEMA } from "./schema-2.ts";
import { ASSIGNMENT_SCHEMA } from "./schema-3.ts";
import { PASS_MEMORY_SCHEMA } from "./schema-4.ts";
import { FAILOVER_SCHEMA } from "./schema-5.ts";
import { IN_FORCE_SCHEMA } from "./schema-6.ts";
import { SHARE_SCHEMA } from "./schema-7.ts";
import { EVENT_FACTS_SCHEMA } from "./schema-8.ts";

interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
}

/** In order, never edited once released: a change of the schema is a new row. */
const MIGRATIONS: readonly Migration[] = [
  {
    number: 1,
    name: "record and audit",
    sql: FIRST_SCHEMA + LEASE_FUNCTIONS + CHANGE_FUNCTIONS + APPEND_FUNCTIONS + REMOVAL_FUNCTIONS,
  },
  { number: 2, name: "replicas", sql: REPLICA_SCHEMA },
  { number: 3, name: "assigned accounts", sql: ASSIGNMENT_SCHEMA },
  { number: 4, name: "memory of passes", sql: PASS_MEMORY_SCHEMA },
  { number: 5, name: "failovers", sql: FAILOVER_SCHEMA },
  { number: 6, name: "what is in force", sql: IN_FORCE_SCHEMA },
  { number: 7, name: "shares of accounts", sql: SHARE_SCHEMA },
  { number: 8, name: "facts of change events", sql: EVENT_FACTS_SCHEMA },
];

const NEWEST = MIGRATIONS.length;

/** "GKPR": two programs that start at the same time migrate one after the other. */
const MIGRATION_LOCK = 0x474b_5052;

const MIGRATIONS_TABLE = `CREATE TABLE IF NOT EXISTS migrations (
  number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_ms BIGINT NOT NULL)`;

/**
 * Migrates the schema to this version, in one transaction.
 * @returns whether the database was empty before
 * @throws StoreError `newer-version`, `damaged`, `read-only`, `other-installation`
 */
export async function migratePostgres(
  database: Database,
  instance: string,
): Promise<{ readonly fresh: boolean }> {
  return database.transaction("migrate", async (query) => {
    await refuseReadOnly(query, database.name);
    await query("SELECT pg_advisory_xact_lock($1)", [MIGRATION_LOCK]);
    const before = await versionOf(query, database.name);
    refuseNewer(database, before);
    if (before === 0) await query(MIGRATIONS_TABLE);
    for (const { number, name, sql } of MIGRATIONS.slice(before)) {
      await query(sql);
      await query("INSERT INTO migrations VALUES ($1, $2, now_ms())", [number, name]);
    }
    await query("INSERT INTO installation VALUES (1, $1) ON CONFLICT DO NOTHING", [instance]);
    await refuseOtherInstance(query, { instance, name: database.name });
    return { fresh: before === 0 };
  });
}

/** The first installation gave the database its name. @throws StoreError `other-installation` */
export async function refuseOtherInstance(
  query: Query,
  { instance, name }: { readonly instance: string; readonly name: string },
): Promise<void> {
  const [found] = await query<{ readonly instance: string }>("SELECT instance FROM installation");
  if (found?.instance !== instance)
    throw new StoreError(
      "other-installation",
      `${name} has the record of instance ${found?.instance ?? ""}, and this one is ${instance}`,
    );
}

/** For programs that only read: they neither create nor change a schema. @throws StoreError `missing`, `newer-version`, `damaged` */
export async function checkSchema(database: Database): Promise<void> {
  const version = await database.transaction("read the schema", (query) => versionOf(query, database.name));
  refuseNewer(database, version);
  if (version === 0) throw new StoreError("missing", `there is no record in ${database.name} yet`);
}

/** @throws StoreError `newer-version` */
export function refuseNewer({ name }: Pick<Database, "name">, version: number): void {
  if (version <= NEWEST) return;
  throw new StoreError(
    "newer-version",
    `${name} was written by a newer Grantkeeper: it has schema ${version}, this version knows schemas up to ${NEWEST}`,
  );
}

async function refuseReadOnly(query: Query, name: string): Promise<void> {
  const sql = "SELECT current_setting('transaction_read_only') AS setting";
  const [row] = await query<{ readonly setting: string }>(sql);
  if (row?.setting === "on") throw new StoreError("read-only", `${name} is read-only: it may be a standby`);
}

/** 0: the database has no tables. @throws StoreError `damaged` */
export async function versionOf(query: Query, name: string): Promise<number> {
  const tables = await query<{ readonly name: string }>(
    "SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema()",
  );
  if (tables.length === 0) return 0;
  if (!tables.some((table) => table.name === "migrations"))
    throw new StoreError("damaged", `${name} is a database of another program`);
  const [newest] = await query<{ readonly number: number | null }>(
    "SELECT max(number) AS number FROM migrations",
  );
  return newest?.number ?? 0;
}
