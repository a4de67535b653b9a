import type { Clock } from "../../controller/ports/clock.ts";
import type { Telemetry } from "../../controller/ports/telemetry.ts";
import {
  backupHealth,
  backupProblem,
  type BackupHealth,
  type BackupRule,
  type BackupTimes,
} from "../../model/backups/backup-health.ts";
import type { BackupRecord } from "../../model/backups/backup-record.ts";
import { ok } from "../../model/values/result.ts";
import { readBackupRecord } from "./backup-record-file.ts";

/** Reading one small file costs nothing, and `status` shows a failure soon after it. */
const INTERVAL_MS = 5_000;

export interface BackupWatch {
  readonly stateDir: string;
  readonly rule: BackupRule;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly report: (health: BackupHealth) => void;
}

/** Reports, measures and logs what became of backups, until the signal. Each problem is logged when it begins. */
export async function watchBackups(watch: BackupWatch, signal: AbortSignal): Promise<void> {
  const { clock, telemetry } = watch;
  const startedMs = clock.nowMs();
  let logged = "";
  try {
    while (!signal.aborted) {
      const health = examine(watch, startedMs);
      const event = eventOf(health);
      if (event !== logged) log(health, telemetry);
      logged = event;
      await clock.sleep(INTERVAL_MS, signal);
    }
  } catch (cause) {
    if (!signal.aborted) telemetry.error("backups are no longer watched", { reason: String(cause) });
  }
}

function examine({ stateDir, rule, clock, telemetry, report }: BackupWatch, startedMs: number): BackupHealth {
  const read = readBackupRecord(stateDir);
  const times = { nowMs: clock.nowMs(), startedMs };
  const health = backupHealth(read, rule, times);
  report(health);
  // The other gauges stay as they are: a file that cannot be read does not prove that a backup succeeded.
  if (read.kind === "err") telemetry.gauge("backup_unknown", 1);
  else measure(read.value, { rule, times, telemetry });
  return health;
}

/** Failures do not hide the age: backups that fail for long are overdue too. */
function measure(
  { written, failing }: BackupRecord,
  { rule, times, telemetry }: Pick<BackupWatch, "rule" | "telemetry"> & { readonly times: BackupTimes },
): void {
  if (written !== null)
    telemetry.gauge("backup_last_success_timestamp_seconds", Date.parse(written.at) / 1_000);
  telemetry.gauge("backup_failures", failing?.count ?? 0);
  const { kind } = backupHealth(ok({ written, failing: null }), rule, times);
  telemetry.gauge("backup_overdue", kind === "overdue" ? 1 : 0);
  telemetry.gauge("backup_unknown", kind === "unknown" ? 1 : 0);
}

/** Another value for each event that is logged. */
function eventOf(health: BackupHealth): string {
  return health.kind === "failing" ? `failing ${health.failing.at} ${health.failing.count}` : health.kind;
}

function log(health: BackupHealth, telemetry: Telemetry): void {
  const problem = backupProblem(health);
  if (problem === null) return;
  const { message, details, fix } = problem;
  telemetry.warn(message, { reason: details.join("; "), fix });
}
