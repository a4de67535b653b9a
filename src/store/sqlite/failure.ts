import { errorCode } from "../../model/error-code.ts";
import { StoreError, type StoreErrorCode } from "../errors.ts";

/** By SQLite's primary result code; the extended ones (`SQLITE_IOERR_FSYNC`) begin with it. */
const CODES: Readonly<Record<string, { readonly code: StoreErrorCode; readonly words: string }>> = {
  SQLITE_FULL: { code: "full", words: "no room is left" },
  SQLITE_BUSY: { code: "locked", words: "another process holds it" },
  SQLITE_LOCKED: { code: "locked", words: "another connection holds it" },
  SQLITE_NOTADB: { code: "damaged", words: "the file is no SQLite database" },
  SQLITE_CORRUPT: { code: "damaged", words: "the file is damaged" },
  SQLITE_CANTOPEN: { code: "missing", words: "the file can't be opened" },
  SQLITE_IOERR: { code: "io", words: "the disk refused" },
  SQLITE_READONLY: { code: "io", words: "the file can't be written" },
};

/** SQLite's failures as ours; everything else (a bug) as it is. */
export function toStoreError(doing: string, cause: unknown): unknown {
  const sqliteCode = errorCode(cause) ?? "";
  const [, primary = ""] = /^(SQLITE_[A-Z]+)/.exec(sqliteCode) ?? [];
  const known = CODES[primary];
  if (known === undefined) return cause;
  return new StoreError(known.code, `cannot ${doing}: ${known.words} (${sqliteCode})`, cause);
}

/** Runs it; what SQLite refuses leaves as a StoreError. */
export function storing<T>(doing: string, run: () => T): T {
  try {
    return run();
  } catch (cause) {
    throw toStoreError(doing, cause);
  }
}
