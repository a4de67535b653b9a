import { setTimeout as timer } from "node:timers/promises";
import { tenths } from "./measure.ts";

/** How late a timer of `TIMER_MS` was while something else happened in the process. */
export interface Lateness {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly seconds: number;
  readonly cpuMs: number;
}

const TIMER_MS = 5;

export async function lateness(work: () => Promise<unknown>): Promise<Lateness> {
  const late: number[] = [];
  const beganMs = performance.now();
  const before = process.cpuUsage();
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
  const { user, system } = process.cpuUsage(before);
  const sorted = late.toSorted((a, b) => a - b);
  const at = (part: number): number => tenths(sorted[Math.floor((sorted.length - 1) * part)] ?? 0);
  return {
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    maxMs: at(1),
    seconds: tenths((performance.now() - beganMs) / 1_000),
    cpuMs: Math.round((user + system) / 1_000),
  };
}
