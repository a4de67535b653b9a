import { chmodSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { NO_BACKUPS, type BackupRecord } from "../../model/backups/backup-record.ts";
import { errorCode } from "../../model/values/error-code.ts";
import { err, ok, type Result } from "../../model/values/result.ts";
import { sync } from "../durable-files.ts";

/** In the state directory: what became of the runs of `grantkeeper backup`. */
const FILE = "backups.json";
const FORMAT = "grantkeeper-backups/1";

/** @returns the reason if there is a file that cannot be read or used */
export function readBackupRecord(stateDir: string): Result<BackupRecord, string> {
  const path = join(stateDir, FILE);
  try {
    const record = parsed(readFileSync(path, "utf8"));
    return record === null ? err(`${path} is damaged`) : ok(record);
  } catch (cause) {
    const code = errorCode(cause);
    if (code === undefined) throw cause;
    return code === "ENOENT" ? ok(NO_BACKUPS) : err(`${path} cannot be read (${code})`);
  }
}

/**
 * Replaces the file completely. Every user may read it, because the state directory decides who can: a backup that root
 * made must not hide its result from the controller.
 * @returns the reason if it cannot be written
 */
export function writeBackupRecord(stateDir: string, record: BackupRecord): string | null {
  const path = join(stateDir, FILE);
  const partial = `${path}.${process.pid}.partial`;
  try {
    writeFileSync(partial, `${JSON.stringify({ format: FORMAT, ...record })}\n`, { flush: true });
    // A mode that is given at the creation would be cut by the umask.
    chmodSync(partial, 0o644);
    renameSync(partial, path);
    sync(stateDir);
    return null;
  } catch (cause) {
    const code = errorCode(cause);
    if (code === undefined) throw cause;
    return `${path} cannot be written (${code})`;
  } finally {
    rmSync(partial, { force: true });
  }
}

type Unchecked<T> = { readonly [Name in keyof T]?: unknown };

function parsed(text: string): BackupRecord | null {
  const value = objectIn(text);
  if (value?.format !== FORMAT) return null;
  const { written, failing } = value as Unchecked<BackupRecord>;
  const isUsable = isNullOr(written, isWritten) && isNullOr(failing, isFailing);
  return isUsable ? ({ written, failing } as BackupRecord) : null;
}

function isNullOr(value: unknown, isUsable: (fields: Readonly<Record<string, unknown>>) => boolean): boolean {
  if (value === null) return true;
  return typeof value === "object" && isUsable(value as Readonly<Record<string, unknown>>);
}

function isWritten({ at, folder, lastEntry }: Readonly<Record<string, unknown>>): boolean {
  return isTime(at) && typeof folder === "string" && Number.isSafeInteger(lastEntry);
}

function isFailing({ since, at, count, cause, reason, fix }: Readonly<Record<string, unknown>>): boolean {
  const isText = typeof reason === "string" && (fix === null || typeof fix === "string");
  return isTime(since) && isTime(at) && Number.isSafeInteger(count) && typeof cause === "string" && isText;
}

function isTime(value: unknown): boolean {
  return typeof value === "string" && !Number.isNaN(Date.parse(value));
}

function objectIn(text: string): { readonly format?: unknown } | null {
  try {
    return JSON.parse(text) as { readonly format?: unknown } | null;
  } catch {
    return null;
  }
}
