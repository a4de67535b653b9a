import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { tenths } from "./measure.ts";
import type { Lasting } from "./watch-verdict.ts";
import type { Clients } from "./watching.ts";

const LASTING_MS = 300_000;
/** As many as a watch can be behind: from then on, what is kept of changes no longer grows. */
const KEPT_CHANGES = 10_000;

/** Minutes in which everything changes again and again, as often as all clients can take it. @param functions that each change concerns */
export async function lastingChanges(
  clients: Pick<Clients, "asked" | "served">,
  change: (count: number) => Promise<void>,
  functions: number,
): Promise<Lasting> {
  let count = 0;
  for (; count * functions < KEPT_CHANGES; count += 1) await change(count);
  const before = count;
  const mb = [memoryMb()];
  await clients.served();
  const sinceMs = performance.now();
  for (const part of [0.5, 1]) {
    for (; performance.now() - sinceMs < LASTING_MS * part; count += 1) await change(count);
    mb.push(memoryMb());
  }
  const asked = await clients.served();
  const minutes = tenths((performance.now() - sinceMs) / 60_000);
  return { minutes, changes: (count - before) * functions, mb, ended: await clients.asked("ended"), asked };
}

/** After a collection. */
export function memoryMb(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  return Math.round((heapUsed + external) / 1_000_000);
}
