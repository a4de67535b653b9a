import type { BackupOutcome } from "../../audit/backup.ts";
import type { RunInThreads } from "../../controller/ports/audit-log.ts";
import { NO_BACKUPS, type BackupRecord, type FailingBackups } from "../../model/backups/backup-record.ts";
import { errorCode } from "../../model/values/error-code.ts";
import { StoreError } from "../errors.ts";
import { readBackupRecord, writeBackupRecord } from "./backup-record-file.ts";
import { BackupError } from "./files.ts";
import { type BackupRequest, writeBackup } from "./write-backup.ts";

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
