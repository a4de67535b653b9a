import type { BackupOutcome, BackupManifest } from "../../audit/backup.ts";
import type { RunInThreads } from "../../controller/ports/audit-log.ts";
import { NO_BACKUPS, type BackupRecord, type FailingBackups } from "../../model/backups/backup-record.ts";
import { errorCode } from "../../model/values/error-code.ts";
import { StoreError } from "../errors.ts";
import { readBackupRecord, writeBackupRecord } from "./backup-record-file.ts";
import { BackupError, BACKUP_FILES, fileHash, toBackupError } from "./files.ts";
import type { KeyObject } from "node:crypto";
import { mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { existingAuditKey } from "../audit-key.ts";
import { openSqliteReader } from "../sqlite/connection.ts";
import { storing } from "../sqlite/failure.ts";
import { sync, writePrivate } from "../durable-files.ts";
import { backupManifest, MANIFEST_FILE } from "./manifest.ts";
import { damagedCopiesIn, lastEntryOf, verifyFolder } from "./record-copy.ts";
import { exists, isThere } from "../exists.ts";

/**
 * Writes a backup, and leaves in the state directory what became of it: a timer runs it, and no one reads its output.
 * @throws BackupError, StoreError
 */
export async function writeRecordedBackup(
  request: BackupRequest,
  inThreads: RunInThreads,
): Promise<BackupOutcome> {
  try {
    const outcome = await writeBackup(request, inThreads);
    if (outcome.kind === "broken") {
      const { broken } = outcome.report;
      const where = broken === null ? "" : ` at entry ${broken.seq}`;
      recordFailure(request, {
        cause: `broken${where}`,
        reason: `the record is broken${where}`,
        fix: "grantkeeper runbook record-broken",
        isRecordBroken: true,
      });
      return outcome;
    }
    const { at, lastEntry } = outcome.manifest;
    const unrecorded = writeBackupRecord(request.stateDir, {
      written: { at, folder: request.to, lastEntry },
      failing: null,
    });
    return unrecorded === null ? outcome : { ...outcome, unrecorded };
  } catch (cause) {
    if (cause instanceof BackupError || cause instanceof StoreError)
      recordFailure(request, {
        cause: codeOf(cause),
        reason: cause.message,
        fix: cause.fix,
        ...(isOfRecord(cause) && { isRecordBroken: true }),
      });
    throw cause;
  }
}

/** The system and SQLite report a full disk in two ways. */
function codeOf(failure: BackupError | StoreError): string {
  const code = failure instanceof StoreError ? failure.code : (errorCode(failure.cause) ?? "refused");
  return code === "full" ? "ENOSPC" : code;
}

function isOfRecord(failure: BackupError | StoreError): boolean {
  return failure instanceof StoreError && (failure.code === "damaged" || failure.code === "broken-record");
}

/** If the state directory takes no file, the age of the last backup shows it, and the failure itself is more important. */
function recordFailure(
  { stateDir, at }: BackupRequest,
  failure: Omit<FailingBackups, "since" | "at" | "count">,
): void {
  const { written, failing } = earlierRecord(stateDir);
  const { since, count } = failing ?? { since: at, count: 0 };
  writeBackupRecord(stateDir, { written, failing: { since, at, count: count + 1, ...failure } });
}

/** A damaged file is replaced. */
function earlierRecord(stateDir: string): BackupRecord {
  const read = readBackupRecord(stateDir);
  return read.kind === "ok" ? read.value : NO_BACKUPS;
}

export interface BackupRequest {
  readonly stateDir: string;
  /** A folder that does not exist yet. */
  readonly to: string;
  readonly instance: string;
  readonly version: string;
  /** ISO 8601. */
  readonly at: string;
  /** With the private key, the holder of the backup can sign checkpoints. */
  readonly withKey: boolean;
}

/**
 * Copies the record at one point in time, while a controller may be running. The folder gets its name when it is
 * complete, verified and on disk: until then it is `TO.partial-…`, which a failure removes and a kill leaves.
 * @throws BackupError, StoreError
 */
export async function writeBackup(request: BackupRequest, inThreads: RunInThreads): Promise<BackupOutcome> {
  const { to } = request;
  const key = signingKey(request.stateDir);
  const partial = newFolder(to);
  try {
    const copied = copyFiles(request, partial);
    const report = await verifyFolder(partial, inThreads);
    if (report.verdict !== "intact") return { kind: "broken", report };
    const manifest = await manifestOf(request, { partial, copied, key });
    writePrivate(join(partial, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`);
    sync(partial);
    renameSync(partial, to);
    sync(dirname(to));
    return { kind: "written", manifest, report, damagedCopies: damagedCopiesIn([to]) };
  } catch (cause) {
    throw toBackupError(`write the backup ${to}`, cause);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

/** @throws BackupError */
function signingKey(stateDir: string): KeyObject {
  try {
    return existingAuditKey(stateDir);
  } catch (cause) {
    if (!(cause instanceof StoreError)) throw cause;
    throw new BackupError(
      `cannot sign a backup: ${cause.message}`,
      "run the command as root or the user of the controller; a controller that starts makes a missing key",
      cause,
    );
  }
}

function newFolder(to: string): string {
  try {
    if (isThere(to)) throw new BackupError(`${to} exists already`, "name a folder that does not exist yet");
    // Readable by its owner alone.
    return mkdtempSync(`${to}.partial-`);
  } catch (cause) {
    throw toBackupError(`write the backup ${to}`, cause);
  }
}

/** The copies of checkpoints come first: the database that is copied after them has all of their entries. */
function copyFiles({ stateDir, withKey }: BackupRequest, partial: string): readonly string[] {
  const { database, key, ...others } = BACKUP_FILES;
  const small = [...Object.values(others), ...(withKey ? [key] : [])].filter((name) =>
    exists(join(stateDir, name)),
  );
  for (const name of small) writePrivate(join(partial, name), readFileSync(join(stateDir, name)));
  copyDatabase(join(stateDir, database), join(partial, database));
  return [...small, database];
}

/** In one read transaction, so that it is one point in time, and without the log of the writer. */
function copyDatabase(from: string, to: string): void {
  writePrivate(to, "");
  const db = openSqliteReader(from);
  try {
    storing(`copy ${from}`, () => db.prepare("VACUUM INTO ?").run(to));
  } finally {
    db.close();
  }
  sync(to);
}

interface CopiedFiles {
  readonly partial: string;
  readonly copied: readonly string[];
  readonly key: KeyObject;
}

async function manifestOf(
  { version, instance, at }: BackupRequest,
  { partial, copied, key }: CopiedFiles,
): Promise<BackupManifest> {
  const files: Record<string, string> = {};
  for (const name of copied.toSorted()) files[name] = await fileHash(join(partial, name));
  return backupManifest({ version, instance, at, lastEntry: lastEntryOf(partial), files }, key);
}
