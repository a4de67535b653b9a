import { errorCode } from "../../model/values/error-code.ts";
import { StoreError, type StoreErrorCode } from "../errors.ts";

/** By SQLite's primary result code, with which the extended ones (`SQLITE_IOERR_FSYNC`) begin, or the system's code. */
const CODES: Readonly<Record<string, { readonly code: StoreErrorCode; readonly text: string }>> = {
  SQLITE_FULL: { code: "full", text: "the disk is full" },
  SQLITE_BUSY: { code: "locked", text: "another process uses it" },
  SQLITE_LOCKED: { code: "locked", text: "another connection uses it" },
  SQLITE_NOTADB: { code: "damaged", text: "the file is not a SQLite database" },
  SQLITE_CORRUPT: { code: "damaged", text: "the file is damaged" },
  SQLITE_CANTOPEN: { code: "missing", text: "the file cannot be opened" },
  SQLITE_IOERR: { code: "io", text: "the disk reported an error" },
  SQLITE_READONLY: { code: "io", text: "the file cannot be written" },
  EACCES: { code: "io", text: "permission denied" },
  EPERM: { code: "io", text: "permission denied" },
  ENOTDIR: { code: "io", text: "a part of the path is a file and no folder" },
  ELOOP: { code: "io", text: "symbolic links of the path lead back to themselves" },
  ENAMETOOLONG: { code: "io", text: "the path is too long" },
  EIO: { code: "io", text: "the disk reported an error" },
  EROFS: { code: "io", text: "the disk is read-only" },
};

/** Converts a failure of SQLite or of the file system to a StoreError; any other error (a bug) is returned unchanged. */
export function sqliteStoreError(doing: string, cause: unknown): unknown {
  const code = errorCode(cause) ?? "";
  const [primary] = /^SQLITE_[A-Z]+/.exec(code) ?? [code];
  const known = CODES[primary];
  if (known === undefined) return cause;
  return new StoreError(known.code, `cannot ${doing}: ${known.text} (${code})`, cause);
}

/** Calls `run`; a failure of SQLite or of the file system is thrown as a StoreError. */
export function storing<T>(doing: string, run: () => T): T {
  try {
    return run();
  } catch (cause) {
    throw sqliteStoreError(doing, cause);
  }
}
