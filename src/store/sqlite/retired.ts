import { exists } from "../exists.ts";
import { openSqliteReader, openWriter, selectOne, type SqliteConnection } from "./connection.ts";
import { storing } from "./failure.ts";

/** In place of the number of a schema: every version refuses to open the file as a record. */
export const RETIRED_VERSION = 1_000_000;

/** Ends the life of a record as a file. Durable when it returns. @param to the name of the database that has the record now */
export function retire(path: string, to: string): void {
  const db = openWriter(path);
  try {
    storing(`retire ${path}`, () =>
      db.transaction(() => {
        db.exec("CREATE TABLE retired (database TEXT NOT NULL) STRICT");
        db.prepare("INSERT INTO retired VALUES (?)").run(to);
        db.pragma(`user_version = ${RETIRED_VERSION}`);
      })(),
    );
  } finally {
    db.close();
  }
}

/** The database to which the record of this file was moved; null: it was not, or there is no file. */
export function retiredTo(path: string): string | null {
  if (!exists(path)) return null;
  const db = openSqliteReader(path);
  try {
    const version = storing(`read ${path}`, () => db.pragma("user_version", { simple: true }));
    return version === RETIRED_VERSION ? databaseIn(db) : null;
  } finally {
    db.close();
  }
}

export function databaseIn(db: SqliteConnection): string {
  return selectOne<{ readonly database: string }>(db, "SELECT database FROM retired")?.database ?? "";
}
