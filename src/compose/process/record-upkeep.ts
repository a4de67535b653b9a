import type { Config } from "../../config/config.ts";
import type { Controller } from "../../controller/controller.ts";
import type { ControllerPorts } from "../../controller/settings.ts";
import type { BackupWatch } from "../../store/backup/watch-backups.ts";
import type { RetentionParts } from "../../store/retention.ts";
import { clock } from "../ports.ts";
import { stateFiles } from "../state-files.ts";

/** Closes one part that was opened. */
export type Close = () => void | Promise<void>;

export async function streamToStandardOutput(
  config: Config,
  { audit, telemetry }: Pick<ControllerPorts, "audit" | "telemetry">,
): Promise<Close> {
  const { openStandardOutput } = await import("./standard-output.ts");
  const { streamAudit } = await import("../../store/audit-stream.ts");
  const output = openStandardOutput();
  const ending = new AbortController();
  const positionFile = stateFiles(config.stateDir).auditStdout;
  const streaming = streamAudit(
    { audit, positionFile, write: output.write, clock, telemetry },
    ending.signal,
  );
  return async () => {
    ending.abort();
    await streaming;
    output.close();
  };
}

/** Watches what other processes report of backups. */
export async function openBackupWatch(
  { stateDir, backups: rule }: Config,
  { telemetry, controller }: Pick<BackupWatch, "telemetry"> & { readonly controller: Controller },
): Promise<Close> {
  const { watchBackups } = await import("../../store/backup/watch-backups.ts");
  const ending = new AbortController();
  const report: BackupWatch["report"] = (health) => controller.backupsExamined(health);
  const watching = watchBackups({ stateDir, rule, clock, telemetry, report }, ending.signal);
  return async () => {
    ending.abort();
    await watching;
  };
}

/** Removes old entries while the controller runs; null if every entry is kept. */
export async function openRetention(
  { audit: { retention, stdout }, stateDir }: Config,
  parts: Pick<RetentionParts, "audit" | "removal" | "telemetry">,
): Promise<Close | null> {
  if (retention === null) return null;
  const { keepRetention } = await import("../../store/retention.ts");
  const { streamedEntry } = await import("../../store/audit-stream.ts");
  const readUpTo = async (): Promise<number> =>
    stdout ? streamedEntry(stateFiles(stateDir).auditStdout) : Infinity;
  const { afterMs: retentionMs, archive } = retention;
  const ending = new AbortController();
  const keeping = keepRetention({ ...parts, retentionMs, archive, readUpTo, clock }, ending.signal);
  return async () => {
    ending.abort();
    await keeping;
  };
}
