import { closeSync, existsSync, openSync } from "node:fs";
import Database from "better-sqlite3";
import { StoreError } from "../errors.ts";
import { storing } from "./failure.ts";

export type Connection = Database.Database;

/** How long to wait for another connection's lock; readers never hold one in WAL mode, so it is short. */
const BUSY_MS = 5_000;

/** SQLite's own default; the driver's is 16 MB, which a controller would fill with pages that it seldom reads again. */
const CACHE_KIB = 2_000;

/** The one connection that writes: every commit is on disk (fsynced) when it returns. Makes the file, readable by its owner alone. */
export function openWriter(path: string): Connection {
  return storing(`open ${path}`, () => {
    // SQLite gives the files beside it (-wal, -shm) the permissions of this one.
    closeSync(openSync(path, "a", 0o600));
    const db = new Database(path, { timeout: BUSY_MS });
    try {
      db.pragma("journal_mode = WAL");
      db.pragma("synchronous = FULL");
      db.pragma("foreign_keys = ON");
      // Four times SQLite's own: moving pages from its log to the file costs most where commits are small and many.
      db.pragma("wal_autocheckpoint = 4000");
      db.pragma(`cache_size = -${CACHE_KIB}`);
      return db;
    } catch (cause) {
      db.close();
      throw cause;
    }
  });
}

/** Reads beside the writer, without its lock, and changes nothing. @throws StoreError `missing` */
export function openReader(path: string): Connection {
  if (!existsSync(path)) throw new StoreError("missing", `there is no ${path}`);
  return storing(
    `open ${path}`,
    () => new Database(path, { readonly: true, fileMustExist: true, timeout: BUSY_MS }),
  );
}
