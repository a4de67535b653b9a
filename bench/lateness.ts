import { setTimeout as timer } from "node:timers/promises";
import { tenths } from "./measure.ts";

/** How late a timer of `TIMER_MS` was while something else happened in the process. */
export interface Lateness {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Timers that were more than 50 ms late. */
  readonly over50Ms: number;
  readonly seconds: number;
  /** Of this thread: the clients are in others. */
  readonly cpuMs: number;
}

const TIMER_MS = 5;

export async function lateness(work: () => Promise<unknown>): Promise<Lateness> {
  const late: number[] = [];
  const beganMs = performance.now();
  const before = process.threadCpuUsage();
  const over = new AbortController();
  const measuring = (async () => {
    while (!over.signal.aborted) {
      const dueMs = performance.now() + TIMER_MS;
      await timer(TIMER_MS);
      late.push(Math.max(0, performance.now() - dueMs));
    }
  })();
  await work();
  over.abort();
  await measuring;
  const { user, system } = process.threadCpuUsage(before);
  const sorted = late.toSorted((a, b) => a - b);
  const at = (part: number): number => tenths(sorted[Math.floor((sorted.length - 1) * part)] ?? 0);
  return {
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    maxMs: at(1),
    over50Ms: sorted.filter((ms) => ms > 50).length,
    seconds: tenths((performance.now() - beganMs) / 1_000),
    cpuMs: Math.round((user + system) / 1_000),
  };
}
