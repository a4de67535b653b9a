import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import type { Config } from "../../config/config.ts";
import type { Telemetry } from "../../controller/ports/telemetry.ts";
import { StoreError } from "../../store/errors.ts";
import type { LeasedRecord } from "../../store/postgres/open.ts";
import type { OpenStore } from "../../store/sqlite/open.ts";
import { clock } from "../ports.ts";
import { stateFiles } from "../state-files.ts";

/** The record of a controller, and how long this process may write to AWS. */
export interface ControllerRecord extends OpenStore {
  readonly writeLeftMs: () => number;
}

export interface RecordEvents {
  readonly telemetry: Telemetry;
  /** Another controller has the record now. */
  readonly leaseLost: (error: Error) => void;
}

/** @throws StoreError */
export async function openControllerRecord(
  config: Config,
  events: RecordEvents,
  signal: AbortSignal,
): Promise<ControllerRecord> {
  if (config.database === null) return openFile(config, events);
  await refuseUnmoved(config);
  const { databaseServer } = await import("./server.ts");
  const { openLeased } = await import("../../store/postgres/open.ts");
  const { telemetry, leaseLost } = events;
  const server = databaseServer(config.database);
  const holder = {
    holder: `pid ${process.pid} on ${hostname()}`,
    clock,
    steadyMs: () => performance.now(),
  };
  const options = { ...commonOptions(config, telemetry), server, instance: config.instance, clock: null };
  const record: LeasedRecord = await openLeased(options, holder, signal);
  void record.lease.lost.then(leaseLost);
  return { ...record, writeLeftMs: () => record.lease.leftMs() };
}

/** An empty database would hide the suspensions and the history of the file. */
async function refuseUnmoved({ stateDir }: Config): Promise<void> {
  const { DATABASE_FILE } = await import("../../store/sqlite/open.ts");
  const { retiredTo } = await import("../../store/sqlite/retired.ts");
  const path = join(stateDir, DATABASE_FILE);
  if (existsSync(path) && retiredTo(path) === null)
    throw new StoreError(
      "not-moved",
      `state.database is set, and the record of this installation is in ${path}`,
    );
}

async function openFile(config: Config, { telemetry }: RecordEvents): Promise<ControllerRecord> {
  const { openStore } = await import("../../store/sqlite/open.ts");
  const options = { ...commonOptions(config, telemetry), clock, shrinks: config.audit.retention !== null };
  return { ...openStore(options), writeLeftMs: () => Infinity };
}

function commonOptions({ stateDir }: Config, telemetry: Telemetry) {
  return { stateDir, telemetry, anchors: { file: stateFiles(stateDir).auditAnchors, log: true } };
}
