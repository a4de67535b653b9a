import { StoreError } from "../../errors.ts";
import { openReader, selectOne, type SqliteConnection } from "../connection.ts";
import { databaseIn, RETIRED_VERSION } from "../retired.ts";
import { storing } from "../failure.ts";
import { FIRST_SCHEMA } from "./schema-1.ts";
import { SECOND_SCHEMA } from "./schema-2.ts";
import { THIRD_SCHEMA } from "./schema-3.ts";
import { FOURTH_SCHEMA } from "./schema-4.ts";
import { FIFTH_SCHEMA } from "./schema-5.ts";
import { SIXTH_SCHEMA } from "./schema-6.ts";
import { SEVENTH_SCHEMA } from "./schema-7.ts";

interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
}

/** In order, never edited once released: a change of the schema is a new row. */
const MIGRATIONS: readonly Migration[] = [
  { number: 1, name: "record and audit", sql: FIRST_SCHEMA },
  { number: 2, name: "rejections", sql: SECOND_SCHEMA },
  { number: 3, name: "incidents and routes of alerts", sql: THIRD_SCHEMA },
  { number: 4, name: "recent entries", sql: FOURTH_SCHEMA },
  { number: 5, name: "retention", sql: FIFTH_SCHEMA },
  { number: 6, name: "change events", sql: SIXTH_SCHEMA },
  { number: 7, name: "sessions", sql: SEVENTH_SCHEMA },
];

const NEWEST = MIGRATIONS.length;

/** "GKPR": distinguishes this record from other SQLite files (PRAGMA application_id). */
const APPLICATION_ID = 0x474b_5052;

/**
 * Migrates the schema to this version. Each step is a separate transaction and is recorded with its time.
 * @returns whether the database was empty before
 * @throws StoreError `newer-version`, `damaged`
 */
export function migrate(db: SqliteConnection, nowMs: number): { readonly fresh: boolean } {
  const before = checkVersion(db);
  for (const migration of MIGRATIONS.slice(before)) {
    storing(`migrate ${db.name} to schema ${migration.number}`, () => apply(db, migration, nowMs));
  }
  return { fresh: before === 0 };
}

/** In a record of an earlier schema, which a reader does not migrate, all entries are in the table `entries`. */
const EARLIER_CHAIN = `
CREATE TEMP VIEW chain AS SELECT * FROM entries;
CREATE TEMP VIEW recent_entries AS SELECT * FROM entries WHERE FALSE;
`;
const FIRST_WITH_CHAIN = 4;

/**
 * Opens a record to read it. If `make` throws, the connection is closed.
 * @throws StoreError `missing`, `damaged`, `newer-version`
 */
export function openRecord<Reader>(path: string, make: (db: SqliteConnection) => Reader): Reader {
  const db = openReader(path);
  try {
    const version = checkVersion(db);
    if (version === 0) throw new StoreError("damaged", `${db.name} has no record in it`);
    if (version < FIRST_WITH_CHAIN) db.exec(EARLIER_CHAIN);
    return make(db);
  } catch (cause) {
    db.close();
    throw cause;
  }
}

/** The schema's number; 0 for an empty file. @throws StoreError `newer-version`, `damaged` */
function checkVersion(db: SqliteConnection): number {
  const found = storing(`read ${db.name}`, () => readVersion(db));
  if (found.applicationId !== APPLICATION_ID && found.tables > 0) {
    throw new StoreError("damaged", `${db.name} is a database of another program`);
  }
  if (found.version === RETIRED_VERSION)
    throw new StoreError("moved", `the record of ${db.name} was moved to ${databaseIn(db)}`);
  if (found.version > NEWEST) {
    throw new StoreError(
      "newer-version",
      `${db.name} was written by a newer Grantkeeper: it has schema ${found.version}, this version knows schemas up to ${NEWEST}`,
    );
  }
  return found.version;
}

function readVersion(db: SqliteConnection) {
  const pragma = (name: string): number => Number(db.pragma(name, { simple: true }));
  const tables = selectOne<{ readonly n: number }>(db, "SELECT count(*) AS n FROM sqlite_schema");
  return { version: pragma("user_version"), applicationId: pragma("application_id"), tables: tables?.n ?? 0 };
}

function apply(db: SqliteConnection, migration: Migration, nowMs: number): void {
  db.transaction(() => {
    db.exec(migration.sql);
    db.prepare("INSERT INTO migrations (number, name, applied_ms) VALUES (?, ?, ?)").run(
      migration.number,
      migration.name,
      nowMs,
    );
    db.pragma(`application_id = ${APPLICATION_ID}`);
    db.pragma(`user_version = ${migration.number}`);
  }).immediate();
}
