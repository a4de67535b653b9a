import { statSync } from "node:fs";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import type { Controller } from "../../controller/controller.ts";
import { clock } from "../ports.ts";
import type { Close } from "./record-upkeep.ts";

/** The setting with which bin/launch.mjs starts a controller: its heap stays near its used size. */
const USUAL = "--heap-growing-percent=5";
/** The heap may double between two collections. */
const GROWING = "--heap-growing-percent=100";
/** Of about 2,000 functions. With fewer, a start hardly collects, and memory that it leaves free would add to the peak later. */
const MANY_BYTES = 8_388_608;
/** How often to look whether the first revision is in force. */
const LOOK_MS = 200;

/** The settings of V8 for this process. */
interface Heap {
  /** The options of Node that the process was started with. */
  readonly options: readonly string[];
  readonly setFlag: (flag: string) => void;
}

export interface StartingController {
  readonly stateDir: string;
  readonly changes: Pick<Controller["changes"], "isReady">;
}

/**
 * Lets the heap grow until the first revision is in force, if an earlier process stored many parsed files. A start keeps nearly
 * everything that it allocates: with the usual setting, collections that find little garbage take half of its processor time
 * (bench/restart.ts, 10,000 functions).
 */
export async function growHeapUntilReady(
  { stateDir, changes }: StartingController,
  heap: Heap = { options: process.execArgv, setFlag: setFlagsFromString },
): Promise<Close> {
  const { PARSED_FILES_FILE } = await import("../../store/parsed-files.ts");
  const path = join(stateDir, PARSED_FILES_FILE);
  // What a killed process stored last is in the log of SQLite.
  if (bytesOf(path) + bytesOf(`${path}-wal`) < MANY_BYTES || !heap.options.includes(USUAL))
    return () => undefined;
  heap.setFlag(GROWING);
  const ending = new AbortController();
  const usual = onceReady(changes, ending.signal).then(() => heap.setFlag(USUAL));
  return async () => {
    ending.abort();
    await usual;
  };
}

function bytesOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** Also when the process ends before. */
async function onceReady(
  changes: Pick<Controller["changes"], "isReady">,
  signal: AbortSignal,
): Promise<void> {
  while (!changes.isReady && !signal.aborted) await clock.sleep(LOOK_MS, signal).catch(() => undefined);
}
