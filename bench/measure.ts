/** The cost of one piece of work. `cpuMs` includes every thread of the process, also the garbage collector. */
export interface Cost {
  readonly wallMs: number;
  readonly cpuMs: number;
}

export interface Measured<Value> {
  readonly value: Value;
  readonly cost: Cost;
}

export function measure<Value>(work: () => Value): Measured<Value> {
  const startedMs = performance.now();
  const before = process.cpuUsage();
  const value = work();
  return { value, cost: costSince(startedMs, before) };
}

export async function measureAsync<Value>(work: () => Promise<Value>): Promise<Measured<Value>> {
  const startedMs = performance.now();
  const before = process.cpuUsage();
  const value = await work();
  return { value, cost: costSince(startedMs, before) };
}

function costSince(startedMs: number, before: NodeJS.CpuUsage): Cost {
  const { user, system } = process.cpuUsage(before);
  return { wallMs: tenths(performance.now() - startedMs), cpuMs: tenths((user + system) / 1_000) };
}

export function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}

/** The median by CPU time: other processes on the machine may disturb some measurements. */
export function middle<Item extends { readonly cost: Cost }>(items: readonly Item[]): Item {
  const sorted = items.toSorted((a, b) => a.cost.cpuMs - b.cost.cpuMs);
  const found = sorted[Math.floor((sorted.length - 1) / 2)];
  if (found === undefined) throw new Error("nothing was measured");
  return found;
}
