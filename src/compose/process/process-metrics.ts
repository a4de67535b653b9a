import { statfsSync } from "node:fs";
import type { Config } from "../../config/config.ts";
import type { Telemetry } from "../../controller/ports/telemetry.ts";
import { VERSION } from "../version.ts";

/** What is constant while the process runs. */
export function measureConfig({ tokens }: Pick<Config, "tokens">, telemetry: Telemetry): void {
  telemetry.gauge("build_info", 1, { version: VERSION });
  for (const { name: token, expires } of tokens)
    telemetry.gauge("token_expires_timestamp_seconds", Date.parse(expires) / 1_000, { token });
}

/** The intervals of the work: a standby does none of it, and rules would miss what it never read. */
export function measureIntervals(
  { sweepMs, source: platform, namespaceSources }: Pick<Config, "sweepMs" | "source" | "namespaceSources">,
  telemetry: Telemetry,
): void {
  telemetry.gauge("sweep_interval_seconds", sweepMs / 1_000);
  for (const { name: source, intervalMs } of [platform, ...namespaceSources])
    telemetry.gauge("source_interval_seconds", intervalMs / 1_000, { source });
}

/** The file system of the state directory is measured when someone reads the metrics. */
export function measuringDisk(config: Pick<Config, "stateDir">, telemetry: Telemetry) {
  return <Value>(read: () => Value) =>
    (): Value => {
      measureDisk(config, telemetry);
      return read();
    };
}

function measureDisk({ stateDir }: Pick<Config, "stateDir">, telemetry: Telemetry): void {
  try {
    const { bavail, blocks, bsize } = statfsSync(stateDir);
    telemetry.gauge("state_disk_free_bytes", bavail * bsize);
    telemetry.gauge("state_disk_size_bytes", blocks * bsize);
  } catch {
    // The record itself reports an unreadable state directory.
  }
}
