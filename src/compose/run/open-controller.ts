import type { Config } from "../../config/config.ts";
import type { Controller } from "../../controller/controller.ts";
import type { Telemetry } from "../../controller/ports/telemetry.ts";
import { startHttpServer } from "../api/http.ts";
import { followCertificate } from "../api/tls.ts";
import type { ControllerParts } from "./life.ts";
import type { ControllerRecord } from "../database/open-record.ts";
import { newestEntryOf } from "../database/readers.ts";
import { openPorts } from "./open-ports.ts";
import { growHeapUntilReady } from "../process/heap-growth.ts";
import { loadParts } from "../process/load-parts.ts";
import type { ProcessParts } from "../process/open-process.ts";
import { measureIntervals } from "../process/process-metrics.ts";
import { openBackupWatch, openRecordWatch } from "../process/record-upkeep.ts";
import { openChangeQueues } from "../queues/change-queues.ts";
import { controllerSettings } from "../settings.ts";
import { openNamespaceSources, openPrefetchedSource } from "../sources/open-source.ts";
import { openPushQueues } from "../sources/push-queues.ts";
import { warnOfSigningKeys } from "../sources/signing-keys.ts";

export interface OpenedController {
  readonly controller: Controller;
  readonly url: string;
}

interface Taking {
  readonly record: (config: Config, telemetry: Telemetry) => Promise<ControllerRecord>;
  /** Called before the API is served: a standby has served at its address. */
  readonly beforeServing?: () => Promise<void>;
}

/** Opens every part between the process and the loop. */
export async function openRunningController(
  { config, life, toClose }: ControllerParts,
  { telemetry, metrics, routes }: ProcessParts,
  { record: openRecord, beforeServing = () => Promise.resolve() }: Taking,
): Promise<OpenedController> {
  const stop = life.stopping.signal;
  measureIntervals(config, telemetry);
  // The source is first: Git fetches while the other parts are loaded.
  const source = await openPrefetchedSource(config, { telemetry, toClose }, stop);
  const warned = warnOfSigningKeys(config, telemetry, stop).catch((cause: unknown) => {
    if (!stop.aborted) telemetry.warn("the keys of commits were not examined", { reason: String(cause) });
  });
  toClose.push(() => warned);
  const namespaceSources = await openNamespaceSources(config, { telemetry, toClose });
  await loadParts(config);
  const record = await openRecord(config, telemetry);
  const sources = { source, namespaceSources };
  const { sessions, ...ports } = await openPorts(config, { ...sources, telemetry, routes, record }, toClose);
  const { Controller } = await import("../../controller/controller.ts");
  const { catalogueDigest } = await import("../../manifest/schema/reference.ts");
  const { ControllerCaches } = await import("../../controller/state/controller-caches.ts");
  const settings = controllerSettings(config, catalogueDigest);
  const controller = new Controller(settings, ports, new ControllerCaches());
  toClose.push(await growHeapUntilReady({ stateDir: config.stateDir, changes: controller.changes }));
  toClose.push(await openBackupWatch(config, { telemetry, controller }));
  toClose.push(await openRecordWatch(config, { telemetry, controller, newestEntry: newestEntryOf }));
  await beforeServing();
  const http = await startHttpServer(config, {
    control: controller.control,
    telemetry,
    metrics,
    sessions,
    routes,
  });
  toClose.push(() => http.close(), followCertificate(config, http, telemetry));
  const pushQueues = await openPushQueues(config, { control: controller.control, telemetry, routes });
  if (pushQueues !== null) toClose.push(pushQueues);
  const changeQueues = await openChangeQueues(config, { changes: controller.changes, telemetry, routes });
  if (changeQueues !== null) toClose.push(changeQueues);
  return { controller, url: http.url };
}
