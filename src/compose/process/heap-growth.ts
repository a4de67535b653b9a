import { statSync } from "node:fs";
import { join } from "node:path";
import { getHeapStatistics, setFlagsFromString } from "node:v8";
import type { Controller } from "../../controller/controller.ts";
import { clock } from "../ports.ts";
import type { Close } from "./record-upkeep.ts";

/** The setting with which bin/launch.mjs starts a controller: its heap stays near its used size. */
const USUAL = "--heap-growing-percent=5";
/**
 * The same for a heap that is large once the controller is ready: a collection of it takes so long that with the usual setting
 * they take a third of the processor time of a pass (bench/unchanged-pass.ts, 10,000 functions: 8.5 s and 400 MiB, and 6.0 s
 * and 415 MiB with this one).
 */
const LARGE = "--heap-growing-percent=15";
/** The heap may double between two collections. */
const GROWING = "--heap-growing-percent=100";
/** Of about 2,000 functions. With fewer, a start hardly collects, and memory that it leaves free would add to the peak later. */
const MANY_BYTES = 8_388_608;
/** The heap of a start without stored files that has read some 4,000 functions: it has collected garbage several times. */
const LARGE_HEAP_BYTES = 83_886_080;
/** The heap of a controller of some 6,000 functions, with the garbage of its start. */
const LARGE_READY_HEAP_BYTES = 167_772_160;
/** How often to look at the heap, and whether the first revision is in force. */
const LOOK_MS = 200;

/** The settings of V8 for this process. */
interface Heap {
  /** The options of Node that the process was started with. */
  readonly options: readonly string[];
  readonly setFlag: (flag: string) => void;
  readonly usedBytes: () => number;
}

const OWN_HEAP: Heap = {
  options: process.execArgv,
  setFlag: setFlagsFromString,
  usedBytes: () => getHeapStatistics().used_heap_size,
};

export interface StartingController {
  readonly stateDir: string;
  readonly changes: Pick<Controller["changes"], "isReady">;
}

/**
 * Lets the heap grow until the first revision is in force, if an earlier process stored many parsed files, or as soon as the heap
 * is large. A start keeps nearly everything that it allocates: with the usual setting, collections that find little garbage take
 * a third to half of its processor time (bench/restart.ts, 10,000 functions).
 */
export async function growHeapUntilReady(
  { stateDir, changes }: StartingController,
  heap: Heap = OWN_HEAP,
): Promise<Close> {
  if (!heap.options.includes(USUAL)) return () => undefined;
  const { PARSED_FILES_FILE } = await import("../../store/parsed-files.ts");
  const path = join(stateDir, PARSED_FILES_FILE);
  // What a killed process stored last is in the log of SQLite.
  const hasMany = bytesOf(path) + bytesOf(`${path}-wal`) >= MANY_BYTES;
  if (hasMany) heap.setFlag(GROWING);
  const ending = new AbortController();
  const usual = growAndReset({ changes, heap, isGrowing: hasMany }, ending.signal);
  return async () => {
    ending.abort();
    await usual;
  };
}

function bytesOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

interface Growth {
  readonly changes: StartingController["changes"];
  readonly heap: Heap;
  readonly isGrowing: boolean;
}

/** Ends the growth also when the process ends before the first revision is in force. */
async function growAndReset(growth: Growth, signal: AbortSignal): Promise<void> {
  const { changes, heap } = growth;
  let { isGrowing } = growth;
  while (!changes.isReady && !signal.aborted) {
    if (!isGrowing && heap.usedBytes() >= LARGE_HEAP_BYTES) {
      heap.setFlag(GROWING);
      isGrowing = true;
    }
    await clock.sleep(LOOK_MS, signal).catch(() => undefined);
  }
  if (isGrowing) heap.setFlag(heap.usedBytes() < LARGE_READY_HEAP_BYTES ? USUAL : LARGE);
}
