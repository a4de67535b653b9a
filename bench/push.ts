import { generate, inLargeFiles } from "./generate.ts";
import {
  commitFiles,
  openSurroundings,
  peakMemoryMib,
  startController,
  until,
  type Controller,
} from "./installation.ts";
import { setTimeout as timer } from "node:timers/promises";

/** The effect of one push of many functions on a running controller. */
export interface PushCosts {
  readonly functions: number;
  readonly files: number;
  readonly bytes: number;
  /** The time until every function was compared with AWS. */
  readonly wallMs: number;
  /** Answers of /healthz during that time: the slowest, and the 99th percentile. */
  readonly healthMs: { readonly longest: number; readonly p99: number; readonly answers: number };
  readonly peakMemoryMib: number | null;
}

const FILES = 8;
const EVERY_MS = 10;

export async function measurePush(functions: number): Promise<PushCosts> {
  const pushed = inLargeFiles(generate(functions), FILES);
  const surroundings = await openSurroundings(pushed, { repository: generate(10) });
  try {
    const controller = await startController(surroundings, "state");
    try {
      commitFiles(surroundings.folder, pushed);
      const bytes = Object.values(pushed).reduce((sum, text) => sum + text.length, 0);
      return { functions, files: FILES, bytes, ...(await measured(controller)) };
    } finally {
      await controller.stop();
    }
  } finally {
    await surroundings.close();
  }
}

async function measured(
  controller: Controller,
): Promise<Pick<PushCosts, "wallMs" | "healthMs" | "peakMemoryMib">> {
  const over = new AbortController();
  const asking = healthTimes(controller.url, over.signal);
  const startedMs = performance.now();
  const { metadata } = await controller.api.create("reconciliations", { all: true });
  const isDone = async (): Promise<true | undefined> => {
    const { status } = await controller.api.get("reconciliations", metadata.name);
    return status.done ? true : undefined;
  };
  await until("every function of the push was compared", controller.child, isDone, { everyMs: 250 });
  const wallMs = Math.round(performance.now() - startedMs);
  over.abort();
  const times = (await asking).toSorted((a, b) => a - b);
  const longest = Math.round(times.at(-1) ?? 0);
  const p99 = Math.round(times[Math.floor(0.99 * (times.length - 1))] ?? 0);
  const peak = peakMemoryMib(controller.child);
  return { wallMs, healthMs: { longest, p99, answers: times.length }, peakMemoryMib: peak };
}

/** Polls like a kubelet, but more often. */
async function healthTimes(url: string, over: AbortSignal): Promise<readonly number[]> {
  const times: number[] = [];
  while (!over.aborted) {
    const askedMs = performance.now();
    const answer = await fetch(`${url}/healthz`);
    await answer.arrayBuffer();
    times.push(performance.now() - askedMs);
    await timer(EVERY_MS);
  }
  return times;
}
