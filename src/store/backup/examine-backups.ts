import { statSync } from "node:fs";
import { join } from "node:path";
import { backupHealth, type BackupHealth, type BackupRule } from "../../model/backups/backup-health.ts";
import { errorCode } from "../../model/values/error-code.ts";
import { exists } from "../exists.ts";
import { HOLDER_FILE } from "../sqlite/lock.ts";
import { readBackupRecord } from "./backup-record-file.ts";

/** Before the first start there is no record that a backup could copy, so that none is expected. */
export function examineBackupFolder(stateDir: string, rule: BackupRule, nowMs: number): BackupHealth {
  const read = readBackupRecord(stateDir);
  const isMissing = read.kind === "ok" && !exists(stateDir);
  return isMissing ? { kind: "none" } : backupHealth(read, rule, { nowMs, startedMs: startOf(stateDir) });
}

/** The last start of a controller, which writes its name; null: none is known. */
function startOf(stateDir: string): number | null {
  try {
    return statSync(join(stateDir, HOLDER_FILE)).mtimeMs;
  } catch (cause) {
    if (errorCode(cause) === undefined) throw cause;
    return null;
  }
}
