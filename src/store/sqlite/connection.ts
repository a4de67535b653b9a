import { closeSync, openSync } from "node:fs";
import Database from "better-sqlite3";
import { StoreError } from "../errors.ts";
import { storing } from "./failure.ts";
import { exists } from "../exists.ts";

export type SqliteConnection = Database.Database;

/** The time to wait for the lock of another connection; it is short, because readers never hold a lock in WAL mode. */
const BUSY_MS = 5_000;

/**
 * The default of SQLite. The default of the driver is 16 MB, which a controller would fill with pages that it rarely
 * reads again.
 */
const CACHE_KIB = 2_000;

/**
 * Opens the only connection that writes: every commit is on disk (fsynced) when it returns. Creates the file, readable
 * only by its owner.
 */
export function openWriter(path: string): SqliteConnection {
  return storing(`open ${path}`, () => {
    // SQLite creates its other files (-wal, -shm) with the permissions of this file.
    closeSync(openSync(path, "a", 0o600));
    const db = new Database(path, { timeout: BUSY_MS });
    try {
      // For a new file only: it can return the pages of removed entries to the file system.
      db.pragma("auto_vacuum = INCREMENTAL");
      db.pragma("journal_mode = WAL");
      db.pragma("synchronous = FULL");
      db.pragma("foreign_keys = ON");
      // Four times the default of SQLite, because moving pages from the log to the file is expensive for many small
      // commits.
      db.pragma("wal_autocheckpoint = 4000");
      db.pragma(`cache_size = -${CACHE_KIB}`);
      return db;
    } catch (cause) {
      db.close();
      throw cause;
    }
  });
}

/**
 * Opens a read-only connection, which works next to the writer and does not need its lock.
 * @throws StoreError `missing`
 */
export function openSqliteReader(path: string): SqliteConnection {
  if (!exists(path)) throw new StoreError("missing", `there is no ${path}`);
  return storing(
    `open ${path}`,
    () => new Database(path, { readonly: true, fileMustExist: true, timeout: BUSY_MS }),
  );
}

type Parameter = string | number;

/** Runs statements by their names and counts the changed rows. Each is prepared once: a change may run it for thousands of rows. */
export function statementRunner<Name extends string>(
  db: SqliteConnection,
  sql: Readonly<Record<Name, string>>,
): (name: Name, ...parameters: readonly Parameter[]) => number {
  const prepared = new Map<Name, Database.Statement>();
  return (name, ...parameters) => {
    const statement = prepared.get(name) ?? db.prepare(sql[name]);
    prepared.set(name, statement);
    return statement.run(...parameters).changes;
  };
}

/** The statements of a connection that are kept; a search of the history has a text of its own. */
const KEPT_STATEMENTS = 64;
const kept = new WeakMap<SqliteConnection, Map<string, Database.Statement>>();

/** To prepare a statement takes longer than most reads, and each request makes a dozen of the same. */
function prepared(db: SqliteConnection, sql: string): Database.Statement {
  const statements = kept.get(db) ?? new Map<string, Database.Statement>();
  kept.set(db, statements);
  const statement = statements.get(sql) ?? db.prepare(sql);
  // The last used one is the last.
  statements.delete(sql);
  statements.set(sql, statement);
  const [oldest] = statements.keys();
  if (statements.size > KEPT_STATEMENTS && oldest !== undefined) statements.delete(oldest);
  return statement;
}

// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller knows the columns of its SQL
export function selectAll<Row>(
  db: SqliteConnection,
  sql: string,
  ...parameters: readonly Parameter[]
): readonly Row[] {
  return prepared(db, sql).all(...parameters) as readonly Row[];
}

// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller knows the columns of its SQL
export function selectOne<Row>(
  db: SqliteConnection,
  sql: string,
  ...parameters: readonly Parameter[]
): Row | undefined {
  return prepared(db, sql).get(...parameters) as Row | undefined;
}
