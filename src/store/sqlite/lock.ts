import { readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { StoreError } from "../errors.ts";
import { sqliteStoreError } from "./failure.ts";

/** An empty database. A transaction on it is the lock, which the system releases when the process ends for any reason. */
const LOCK_FILE = "lock.db";
/**
 * The holder of the lock, for error messages; it may be an earlier holder. Its time is that of the last start. It is a
 * separate file, because the lock keeps readers out of lock.db.
 */
export const HOLDER_FILE = "lock.holder";
export const LOCK_FILES = [LOCK_FILE, HOLDER_FILE] as const;

/**
 * The connections that hold a lock. Without this reference a connection would be garbage collected, which would release
 * its lock.
 */
const HELD_LOCKS = new Set<Database.Database>();

export interface StateLock {
  readonly release: () => void;
}

/**
 * Makes this process the only controller on the state directory.
 * @throws StoreError `locked` immediately, with the holder, if another process (or this one) has the lock
 */
export function acquireLock(stateDir: string): StateLock {
  const holder = join(stateDir, HOLDER_FILE);
  const db = lockExclusively(join(stateDir, LOCK_FILE), stateDir);
  const release = (): void => {
    HELD_LOCKS.delete(db);
    db.close();
  };
  try {
    writeFileSync(holder, `pid ${process.pid} on ${hostname()}\n`);
  } catch (cause) {
    release();
    throw sqliteStoreError(`write ${holder}`, cause);
  }
  HELD_LOCKS.add(db);
  return { release };
}

function lockExclusively(path: string, stateDir: string): Database.Database {
  try {
    const db = new Database(path, { timeout: 0 });
    try {
      db.exec("BEGIN EXCLUSIVE");
      return db;
    } catch (cause) {
      db.close();
      throw cause;
    }
  } catch (cause) {
    const error = sqliteStoreError(`lock ${stateDir}`, cause);
    if (!(error instanceof StoreError) || error.code !== "locked") throw error;
    throw new StoreError(
      "locked",
      `${stateDir} is in use by another controller: ${holderOf(stateDir)}`,
      cause,
    );
  }
}

function holderOf(stateDir: string): string {
  try {
    return readFileSync(join(stateDir, HOLDER_FILE), "utf8").trim();
  } catch {
    return "unknown process"; // The holder took the lock but has not written its name yet.
  }
}
