import type { RunningController } from "../cli/toolbox/toolbox.ts";
import type { Config } from "../config/config.ts";
import type { Controller } from "../controller/controller.ts";
import { startHttpServer } from "./api/http.ts";
import { openPorts } from "./open-ports.ts";
import { openNetwork } from "./network.ts";
import { measureConfig, measuringDisk } from "./process/process-metrics.ts";
import { openSpans, startExporter } from "./process/otlp.ts";
import { openChangeQueues } from "./queues/change-queues.ts";
import { openPushQueues } from "./sources/push-queues.ts";
import { warnOfUnusableSecrets } from "./secrets.ts";
import { controllerSettings } from "./settings.ts";
import { openNamespaceSources, openPrefetchedSource } from "./sources/open-source.ts";
import { warnOfSigningKeys } from "./sources/signing-keys.ts";
import { makeStateDir } from "./state-files.ts";
import { openControllerRecord } from "./database/open-record.ts";
import { followCertificate } from "./api/tls.ts";
import { growHeapUntilReady } from "./process/heap-growth.ts";
import { loadParts } from "./process/load-parts.ts";
import { type Close, openBackupWatch } from "./process/record-upkeep.ts";

/** Opens every part of a controller in order, runs it, and closes the parts in the reverse order. */
export async function startController(config: Config, signal: AbortSignal): Promise<RunningController> {
  makeStateDir(config.stateDir);
  const { acquireLock } = await import("../store/sqlite/lock.ts");
  const lock = acquireLock(config.stateDir);
  const stopping = new AbortController();
  // A listener instead of AbortSignal.any: the exit signal ends the process unless it has a listener.
  signal.addEventListener("abort", () => stopping.abort(), { once: true });
  if (signal.aborted) stopping.abort();
  let failure: Error | null = null;
  const leaseLost = (error: Error): void => {
    failure = error;
    stopping.abort();
  };
  // Its last writes were refused too, but this is the reason.
  const throwIfLeaseLost = (): void => {
    if (failure !== null) throw failure;
  };
  const toClose: Close[] = [() => lock.release(), () => stopping.abort()];
  const closeAll = async (): Promise<void> => {
    for (const close of toClose.toReversed()) await close();
  };
  try {
    const { controller, url } = await openController(config, { stop: stopping.signal, leaseLost }, toClose);
    const done = runThenClose(controller.run(stopping.signal), closeAll).finally(throwIfLeaseLost);
    const stop = async (): Promise<void> => {
      stopping.abort();
      await done;
    };
    return { url, done, stop };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

async function runThenClose(running: Promise<void>, close: () => Promise<void>): Promise<void> {
  try {
    await running;
  } finally {
    await close();
  }
}

interface Stopping {
  readonly stop: AbortSignal;
  readonly leaseLost: (error: Error) => void;
}

/** @param toClose receives a function for each part that is opened */
async function openController(
  config: Config,
  { stop, leaseLost }: Stopping,
  toClose: Close[],
): Promise<{ readonly controller: Controller; readonly url: string }> {
  const { openTelemetry } = await import("../telemetry/telemetry.ts");
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
  // The source is first: Git fetches while the other parts are loaded.
  const source = await openPrefetchedSource(config, { telemetry, toClose }, stop);
  const warned = warnOfSigningKeys(config, telemetry, stop).catch((cause: unknown) => {
    if (!stop.aborted) telemetry.warn("the keys of commits were not examined", { reason: String(cause) });
  });
  toClose.push(() => warned);
  const namespaceSources = await openNamespaceSources(config, { telemetry, toClose });
  await loadParts(config);
  const record = await openControllerRecord(config, { telemetry, leaseLost }, stop);
  const { sessions, ...ports } = await openPorts(
    config,
    { source, namespaceSources, telemetry, routes, record },
    toClose,
  );
  const { Controller } = await import("../controller/controller.ts");
  const { catalogueDigest } = await import("../manifest/schema/reference.ts");
  const { ControllerCaches } = await import("../controller/state/controller-caches.ts");
  const settings = controllerSettings(config, catalogueDigest);
  const controller = new Controller(settings, ports, new ControllerCaches());
  toClose.push(await growHeapUntilReady({ stateDir: config.stateDir, changes: controller.changes }));
  toClose.push(await openBackupWatch(config, { telemetry, controller }));
  const parts = { control: controller.control, telemetry, metrics: afterDisk(metrics), sessions, routes };
  const http = await startHttpServer(config, parts);
  toClose.push(() => http.close(), followCertificate(config, http, telemetry));
  const pushQueues = await openPushQueues(config, { control: controller.control, telemetry, routes });
  if (pushQueues !== null) toClose.push(pushQueues);
  const changeQueues = await openChangeQueues(config, { changes: controller.changes, telemetry, routes });
  if (changeQueues !== null) toClose.push(changeQueues);
  return { controller, url: http.url };
}
