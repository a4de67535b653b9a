import type { Config } from "../../config/config.ts";
import type { Telemetry } from "../../controller/ports/telemetry.ts";
import type { ProxyRoutes } from "../../model/network/proxy.ts";
import { openNetwork } from "../network.ts";
import { warnOfUnusableSecrets } from "../secrets.ts";
import { openSpans, startExporter } from "./otlp.ts";
import { measureConfig, measuringDisk } from "./process-metrics.ts";
import type { Close } from "./record-upkeep.ts";

/** What a controller needs before its record, and a standby too. */
export interface ProcessParts {
  readonly telemetry: Telemetry;
  /** The text of /metrics. */
  readonly metrics: () => Promise<string>;
  readonly routes: ProxyRoutes;
}

/** @param toClose receives a function for each part that is opened */
export async function openProcess(config: Config, toClose: Close[]): Promise<ProcessParts> {
  const { openTelemetry } = await import("../../telemetry/telemetry.ts");
  const spans = await openSpans(config);
  const logging = { level: "info", destination: process.stderr } as const;
  const opened = openTelemetry(spans === null ? logging : { ...logging, trace: spans.trace });
  const { telemetry, metrics, values } = opened;
  measureConfig(config, telemetry);
  warnOfUnusableSecrets(config, telemetry);
  const { routes, caProblem } = await openNetwork(config);
  if (caProblem !== null) {
    const { code, message: reason, fix } = caProblem;
    telemetry.warn("the authorities of network.caFile are not trusted", { code, reason, fix });
  }
  const afterDisk = measuringDisk(config, telemetry);
  toClose.push(await startExporter(config, spans, { telemetry, values: afterDisk(values), routes }));
  return { telemetry, metrics: afterDisk(metrics), routes };
}
