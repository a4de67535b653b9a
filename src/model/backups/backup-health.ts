import type { BackupRecord, FailingBackups, WrittenBackup } from "./backup-record.ts";
import type { Result } from "../values/result.ts";

/** How old the last verified backup may be. */
export interface BackupRule {
  /** null: its age is not judged. */
  readonly maxAgeMs: number | null;
  /** The operator's file asks for backups, so that none at all is a problem too. */
  readonly isExpected: boolean;
}

export type BackupHealth =
  /** No run is known, and none is expected. */
  | { readonly kind: "none" }
  | { readonly kind: "good"; readonly written: WrittenBackup }
  | { readonly kind: "failing"; readonly failing: FailingBackups; readonly written: WrittenBackup | null }
  /** `since` is the time when `written` became too old. Both are null if no backup is known. */
  | { readonly kind: "overdue"; readonly written: WrittenBackup | null; readonly since: string | null }
  /** What is known of backups cannot be read or used. */
  | { readonly kind: "unknown"; readonly reason: string };

/** A later time than this proves a wrong clock, and would hide that backups stopped. */
const AHEAD_MS = 300_000;

export function backupHealth(
  read: Result<BackupRecord, string>,
  { maxAgeMs, isExpected }: BackupRule,
  nowMs: number,
): BackupHealth {
  if (read.kind === "err") return { kind: "unknown", reason: read.error };
  const { written, failing } = read.value;
  if (failing !== null) return { kind: "failing", failing, written };
  if (written === null)
    return isExpected && maxAgeMs !== null ? { kind: "overdue", written, since: null } : { kind: "none" };
  if (maxAgeMs === null) return { kind: "good", written };
  const writtenMs = Date.parse(written.at);
  if (writtenMs > nowMs + AHEAD_MS)
    return { kind: "unknown", reason: `the last backup is of ${written.at}, in the future` };
  const dueMs = writtenMs + maxAgeMs;
  return nowMs > dueMs
    ? { kind: "overdue", written, since: new Date(dueMs).toISOString() }
    : { kind: "good", written };
}

export interface BackupProblem {
  readonly message: string;
  readonly details: readonly string[];
  readonly fix: string;
  /** ISO 8601; null: it is unknown. */
  readonly since: string | null;
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
        message: "the last backup failed",
        details: [health.failing.reason, lastGoodText(health.written)],
        fix: health.failing.fix ?? "grantkeeper runbook backup-failed",
        since: health.failing.since,
      };
    case "overdue":
      return {
        message:
          health.written === null ? "no backup is known" : "no new backup for longer than backups.maxAge",
        details: health.written === null ? [] : [lastGoodText(health.written)],
        fix: SCHEDULE,
        since: health.since,
      };
    case "unknown":
      return {
        message: "the time of the last backup is not known",
        details: [health.reason],
        fix: `${SCHEDULE}; the next backup corrects it`,
        since: null,
      };
  }
}

/** A backup is verified when it is written; nothing here proves that the folder still exists. */
export function lastGoodText(written: WrittenBackup | null): string {
  return written === null
    ? "no verified backup is known"
    : `last verified backup: ${written.at}, ${written.folder}, up to entry ${written.lastEntry}`;
}
