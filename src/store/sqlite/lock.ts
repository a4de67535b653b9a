import { readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { StoreError } from "../errors.ts";
import { toStoreError } from "./failure.ts";

/** Nothing is in it: a transaction on it is the lock, which the system ends with the process, however it ends. */
const LOCK_FILE = "lock.db";
/** Who holds it, for people; may be of an earlier holder. A file of its own, as the lock keeps readers out of lock.db. */
const HOLDER_FILE = "lock.holder";

/** Connections that hold a lock: one that nobody refers to would be collected, and its lock would end unseen. */
const HELD = new Set<Database.Database>();

export interface StateLock {
  readonly release: () => void;
}

/**
 * Makes this process the only controller on the state directory.
 * @throws StoreError `locked` at once, naming the holder, while another process (or this one) has it
 */
export function acquireLock(stateDir: string): StateLock {
  const holder = join(stateDir, HOLDER_FILE);
  const db = lockExclusively(join(stateDir, LOCK_FILE), stateDir);
  const release = (): void => {
    HELD.delete(db);
    db.close();
  };
  try {
    writeFileSync(holder, `pid ${process.pid} on ${hostname()}\n`);
  } catch (cause) {
    release();
    throw cause;
  }
  HELD.add(db);
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
    const error = toStoreError(`lock ${stateDir}`, cause);
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
    return "not known which"; // It took the lock and did not get to say who it is.
  }
}
