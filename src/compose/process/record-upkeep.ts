import { parseAnchors } from "../../audit/anchor.ts";
import { parsePublicKeys } from "../../audit/checkpoint.ts";
import type { Evidence } from "../../audit/verification/walk.ts";
import { inOneThread } from "../../cli/toolbox/in-threads.ts";
import type { Config } from "../../config/config.ts";
import type { Controller } from "../../controller/controller.ts";
import type { ControllerPorts } from "../../controller/settings.ts";
import type { BackupWatch } from "../../store/backup/watch-backups.ts";
import type { RetentionParts } from "../../store/retention.ts";
import { ok } from "../../model/values/result.ts";
import type { OpenedRecord, RecordWatch } from "../../store/verification/watch-record.ts";
import { clock } from "../ports.ts";
import { openAuditReader } from "../record.ts";
import { fileTextOrNull, stateFiles } from "../state-files.ts";

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

interface RecordWatchParts extends Pick<RecordWatch, "telemetry"> {
  readonly controller: Controller;
  readonly newestEntry: (config: Config) => ReturnType<OpenedRecord["confirmed"]>;
}

/** Verifies the record while the controller runs, with the evidence in the state directory. */
export async function openRecordWatch(
  config: Config,
  { telemetry, controller, newestEntry }: RecordWatchParts,
): Promise<Close> {
  const { watchRecord } = await import("../../store/verification/watch-record.ts");
  const files = stateFiles(config.stateDir);
  const ending = new AbortController();
  const watching = watchRecord(
    {
      open: async () => {
        const reader = await openAuditReader(config);
        const links = () => reader.links(inOneThread);
        return { ...reader, links, confirmed: () => newestEntry(config) };
      },
      evidence: async () =>
        evidenceOf(await fileTextOrNull(files.auditPublicKeys), await fileTextOrNull(files.auditAnchors)),
      clock,
      telemetry,
      report: (verification) => controller.recordVerified(verification),
    },
    ending.signal,
  );
  return async () => {
    ending.abort();
    await watching;
  };
}

/** @throws Error if the public keys cannot be used */
function evidenceOf(publicKeys: string | null, anchors: string | null): Evidence {
  const keys = publicKeys === null ? ok([]) : parsePublicKeys(publicKeys);
  if (keys.kind === "err") throw new Error(`the public key in the state directory: ${keys.error}`);
  return { publicKeys: keys.value, anchors: parseAnchors(anchors ?? ""), extent: "whole" };
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
