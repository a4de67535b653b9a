import type { Config } from "../../config/config.ts";
import type { SessionStore } from "../../controller/ports/browser/session-store.ts";
import type { ControllerPorts } from "../../controller/settings.ts";
import type { ProxyRoutes } from "../../model/network/proxy.ts";
import { openAws } from "../aws.ts";
import type { ControllerRecord } from "../database/open-record.ts";
import { openParsedFiles } from "../parsed-files.ts";
import { clock, eventLoop, random } from "../ports.ts";
import { betweenParts } from "../process/load-parts.ts";
import { type Close, openRetention, streamToStandardOutput } from "../process/record-upkeep.ts";
import { openRecorder } from "../record.ts";
import { openReviewedSources } from "../sources/pull-requests.ts";

/** The ports of a controller over its record. @param toClose receives a function for each part that is opened */
export async function openPorts(
  config: Config,
  {
    routes,
    record,
    ...given
  }: Pick<ControllerPorts, "source" | "namespaceSources" | "telemetry"> & {
    readonly routes: ProxyRoutes;
    readonly record: ControllerRecord;
  },
  toClose: Close[],
): Promise<ControllerPorts & { readonly sessions: SessionStore }> {
  const { store, audit, settlements, outboxStore, sessions, removal, inForce, writeLeftMs } = record;
  const { assignedMemories, holders, assigner, dueWriter, eventFacts } = record;
  toClose.push(() => store.close());
  if (config.audit.stdout) toClose.push(await streamToStandardOutput(config, { audit, ...given }));
  const retention = await openRetention(config, { audit, removal, telemetry: given.telemetry });
  if (retention !== null) toClose.push(retention);
  const aws = await openAws(config, { telemetry: given.telemetry, routes, writeLeftMs });
  toClose.push(() => aws.close());
  const parts = { audit, settlements, outboxStore, telemetry: given.telemetry, routes };
  await betweenParts();
  const recorder = await openRecorder(config, parts);
  const parsedFiles = await openParsedFiles(config, given.telemetry);
  toClose.push(() => parsedFiles?.close());
  const reviewedSources = await openReviewedSources(config, routes);
  return {
    ...given,
    ...aws,
    store,
    inForce,
    sessions,
    parsedFiles,
    memories: null,
    assignedMemories,
    holders,
    assigner,
    dueWriter,
    eventFacts,
    audit,
    clock,
    random,
    eventLoop,
    reviewedSources,
    ...recorder,
  };
}
