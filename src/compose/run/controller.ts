import type { RunningController } from "../../cli/toolbox/toolbox.ts";
import type { Config } from "../../config/config.ts";
import { openRunningController, type OpenedController } from "./open-controller.ts";
import { openProcess, type ProcessParts } from "../process/open-process.ts";
import { makeStateDir } from "../state-files.ts";
import { openControllerReplica, openFile } from "../database/open-record.ts";
import { lifeUntil, type ControllerParts, takeRecord } from "./life.ts";
import type { Close } from "../process/record-upkeep.ts";
import { startStandby } from "./standby.ts";

/**
 * Opens every part of a controller in order, runs it, and closes the parts in the reverse order. With a database, another
 * replica may be active: then the controller is opened when this one has the lease.
 */
export async function startController(config: Config, signal: AbortSignal): Promise<RunningController> {
  makeStateDir(config.stateDir);
  const { acquireLock } = await import("../../store/sqlite/lock.ts");
  const lock = acquireLock(config.stateDir);
  const life = lifeUntil(signal);
  const toClose: Close[] = [() => lock.release(), () => life.stopping.abort()];
  const closeAll = async (): Promise<void> => {
    for (const close of toClose.toReversed()) await close();
  };
  const open = { config, life, toClose };
  try {
    const parts = await openProcess(config, toClose);
    const { url, standbyOf, running } = await openActiveOrStandby(open, parts);
    const done = runThenClose(running, closeAll).finally(life.throwIfLost);
    const stop = async (): Promise<void> => {
      life.stopping.abort();
      await done;
    };
    return { url, standbyOf, done, stop };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

async function openActiveOrStandby(
  open: ControllerParts,
  parts: ProcessParts,
): Promise<Pick<RunningController, "url" | "standbyOf"> & { readonly running: Promise<void> }> {
  const { config, toClose } = open;
  const replica = await openControllerReplica(config, parts.telemetry);
  if (replica === null) return active(await openRunningController(open, parts, { record: openFile }), open);
  toClose.push(() => replica.leave());
  const record = await replica.claim();
  if (record === null) return startStandby(open, parts, replica);
  takeRecord(record, open);
  return active(await openRunningController(open, parts, { record: () => Promise.resolve(record) }), open);
}

function active({ controller, url }: OpenedController, { life }: ControllerParts) {
  return { url, standbyOf: null, running: controller.run(life.stopping.signal) };
}

async function runThenClose(running: Promise<void>, close: () => Promise<void>): Promise<void> {
  try {
    await running;
  } finally {
    await close();
  }
}
