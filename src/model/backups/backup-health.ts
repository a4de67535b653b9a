import type { BackupRecord, FailingBackups, VerifiedBackup } from "./backup-record.ts";
import type { Result } from "../values/result.ts";

/** How old the last verified backup may be. */
export interface BackupRule {
  /** null: its age is not judged. */
  readonly maxAgeMs: number | null;
  /** The operator's file asks for backups, so that none at all is a problem too. */
  readonly isExpected: boolean;
}

export type BackupHealth =
  /** No run is known, and none is expected yet. */
  | { readonly kind: "none" }
  | { readonly kind: "good"; readonly written: VerifiedBackup }
  | { readonly kind: "failing"; readonly failing: FailingBackups; readonly written: VerifiedBackup | null }
  /** `since` is the time when `written` became too old. If it is null, no backup is known for too long. */
  | { readonly kind: "overdue"; readonly written: VerifiedBackup | null; readonly since: string }
  /** The facts about backups cannot be read or used. `written` has a time in the future, or is null. */
  | { readonly kind: "unknown"; readonly reason: string; readonly written: VerifiedBackup | null };

export interface BackupTimes {
  readonly nowMs: number;
  /** Of the controller: a first backup may take `maxAgeMs` from then on. null: it was never started. */
  readonly startedMs: number | null;
}

/** A later time than this proves a wrong clock, and would hide that backups stopped. */
const AHEAD_MS = 300_000;

export function backupHealth(
  read: Result<BackupRecord, string>,
  { maxAgeMs, isExpected }: BackupRule,
  { nowMs, startedMs }: BackupTimes,
): BackupHealth {
  if (read.kind === "err") return { kind: "unknown", reason: read.error, written: null };
  const { written, failing } = read.value;
  if (failing !== null) return { kind: "failing", failing, written };
  if (written === null) {
    if (!isExpected || maxAgeMs === null || startedMs === null) return { kind: "none" };
    return overdueSince(startedMs + maxAgeMs, nowMs, written) ?? { kind: "none" };
  }
  if (maxAgeMs === null) return { kind: "good", written };
  const writtenMs = Date.parse(written.at);
  if (writtenMs > nowMs + AHEAD_MS)
    return { kind: "unknown", reason: `the last backup is of ${written.at}, in the future`, written };
  return overdueSince(writtenMs + maxAgeMs, nowMs, written) ?? { kind: "good", written };
}

/** null: it is not due yet. */
function overdueSince(dueMs: number, nowMs: number, written: VerifiedBackup | null): BackupHealth | null {
  return nowMs > dueMs ? { kind: "overdue", written, since: new Date(dueMs).toISOString() } : null;
}

export interface BackupProblem {
  /** The same for the same problem: `details` may have another folder. */
  readonly cause: string;
  readonly message: string;
  readonly details: readonly string[];
  readonly fix: string;
  /** ISO 8601; null: it is unknown. */
  readonly since: string | null;
  /** The record itself is broken or damaged. */
  readonly isRecordBroken?: true;
}

export const SCHEDULE =
  "schedule backups as docs/operations/backup-and-restore.md shows, as root or the user of the controller";

/** Why people should not rely on a recent backup; null: nothing is known against it. */
export function backupProblem(health: BackupHealth): BackupProblem | null {
  switch (health.kind) {
    case "none":
    case "good":
      return null;
    case "failing":
      return {
        cause: health.failing.cause,
        message: "the last backup failed",
        details: [health.failing.reason, lastGoodText(health.written)],
        fix: health.failing.fix ?? "grantkeeper runbook backup-failed",
        since: health.failing.since,
        ...(health.failing.isRecordBroken === true && { isRecordBroken: true }),
      };
    case "overdue":
      return {
        cause: health.kind,
        message:
          health.written === null ? "no backup is known" : "no new backup for longer than backups.maxAge",
        details: health.written === null ? [] : [lastGoodText(health.written)],
        fix: SCHEDULE,
        since: health.since,
      };
    case "unknown":
      return {
        cause: health.kind,
        message: "the time of the last backup is not known",
        details: [health.reason],
        fix: `${SCHEDULE}; the next backup corrects it`,
        since: null,
      };
  }
}

/** A backup is verified when it is written; nothing here proves that the folder still exists. */
export function lastGoodText(written: VerifiedBackup | null): string {
  return written === null
    ? "no verified backup is known"
    : `last verified backup: ${written.at}, ${written.folder}, up to entry ${written.lastEntry}`;
}
