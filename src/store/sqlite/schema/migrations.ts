import { StoreError } from "../../errors.ts";
import { openSqliteReader, selectOne, type SqliteConnection } from "../connection.ts";
import { databaseIn, RETIRED_VERSION } from "../retired.ts";
import { storing } from "../failure.ts";
import { FIRST_SCHEMA } from "./schema-1.ts";

interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
}

const SECOND_SCHEMA = `
-- Plans and revisions that an operator refused.
CREATE TABLE rejections (subject TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT;
`;

const THIRD_SCHEMA = `
ALTER TABLE outbox ADD COLUMN first_due_ms INTEGER NOT NULL DEFAULT 0;
-- 1: a copy of it was given to the fallback of its route.
ALTER TABLE outbox ADD COLUMN copied INTEGER NOT NULL DEFAULT 0;
UPDATE outbox SET first_due_ms = due_ms;
DROP INDEX outbox_due;
CREATE INDEX outbox_by_route ON outbox (route, id);

-- Incidents that people were alerted to and that have not ended.
CREATE TABLE incidents (incident TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT;

-- The routes that were notified of an open incident.
CREATE TABLE incident_routes (
  incident TEXT NOT NULL,
  route TEXT NOT NULL,
  notified_ms INTEGER NOT NULL,
  PRIMARY KEY (incident, route)
) STRICT;

-- How a receiver names the incident that it was notified of, for its updates and its end.
CREATE TABLE alert_threads (
  route TEXT NOT NULL,
  incident TEXT NOT NULL,
  thread TEXT NOT NULL,
  PRIMARY KEY (route, incident)
) STRICT;

-- The last delivery and the last failure of each route.
CREATE TABLE alert_routes (
  route TEXT PRIMARY KEY,
  delivered_ms INTEGER,
  problem_ms INTEGER,
  cause TEXT,
  fix TEXT
) STRICT;
`;

const FOURTH_SCHEMA = `
-- The entries after the last checkpoint. Each append changes this table alone, which has no index; a checkpoint moves
-- its rows to entries together. With the three indexes of entries and the journal, an append took twice as long.
CREATE TABLE recent_entries (
  seq INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  kind TEXT NOT NULL,
  key TEXT,
  prev TEXT NOT NULL,
  hash TEXT NOT NULL,
  fact TEXT NOT NULL,
  documents TEXT
) STRICT;
CREATE TRIGGER recent_entries_are_not_changed BEFORE UPDATE ON recent_entries
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER recent_entries_are_only_moved BEFORE DELETE ON recent_entries
WHEN NOT EXISTS (SELECT 1 FROM entries WHERE seq = OLD.seq AND hash = OLD.hash)
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;

CREATE VIEW chain AS
SELECT seq, at_ms, kind, key, prev, hash, fact, documents FROM entries
UNION ALL
SELECT seq, at_ms, kind, key, prev, hash, fact, documents FROM recent_entries;
`;

const FIFTH_SCHEMA = `
-- The last entry that retention may remove: an entry of the chain records it.
CREATE TABLE removal (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  up_to INTEGER NOT NULL
) STRICT;
INSERT INTO removal (id, up_to) VALUES (1, 0);

-- Documents of removed entries, until it is known whether another entry or a key needs them.
CREATE TABLE removable_documents (hash TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

DROP TRIGGER entries_are_not_deleted;
CREATE TRIGGER entries_are_not_deleted BEFORE DELETE ON entries
WHEN OLD.seq > (SELECT up_to FROM removal)
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
`;

const SIXTH_SCHEMA = `
-- Change events: calls in AWS that changed an object of a key, until they cannot explain drift any more.
CREATE TABLE changes (
  id TEXT PRIMARY KEY,     -- of the event
  account_id TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  record TEXT NOT NULL     -- JSON
) STRICT;
CREATE INDEX changes_by_account ON changes (account_id, at_ms);
`;

const SEVENTH_SCHEMA = `
-- Persons who are signed in to the page.
CREATE TABLE sessions (
  hash TEXT PRIMARY KEY,   -- SHA-256 of the token that the browser has
  ends_ms INTEGER NOT NULL,
  used_ms INTEGER NOT NULL,
  record TEXT NOT NULL     -- JSON
) STRICT;
`;

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
export function migrateSqlite(db: SqliteConnection, nowMs: number): { readonly fresh: boolean } {
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
  const db = openSqliteReader(path);
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
