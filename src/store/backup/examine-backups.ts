import { backupHealth, type BackupHealth, type BackupRule } from "../../model/backups/backup-health.ts";
import { readBackupRecord } from "./backup-record-file.ts";
import { exists } from "../exists.ts";

/** Before the first start there is no record that a backup could copy, so that none is expected. */
export function examineBackups(stateDir: string, rule: BackupRule, nowMs: number): BackupHealth {
  const read = readBackupRecord(stateDir);
  const isMissing = read.kind === "ok" && !exists(stateDir);
  return isMissing ? { kind: "none" } : backupHealth(read, rule, nowMs);
}
