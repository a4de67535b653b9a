import { generate } from "./generate.ts";
import { openSurroundings, startController } from "./installation.ts";

export interface StartTimes {
  readonly bindings: number;
  /** From the start of the process to 200 of /readyz, with an empty state directory each time. */
  readonly readyMs: readonly number[];
  readonly middleMs: number;
}

/** The first start fills Node's compile cache, as an installation's first one does, and does not count. */
export async function measureStart(bindings: number, times: number): Promise<StartTimes> {
  const surroundings = await openSurroundings(generate(bindings));
  const readyMs: number[] = [];
  try {
    for (let round = 0; round <= times; round += 1) {
      const controller = await startController(surroundings, `state-${round}`);
      if (round > 0) readyMs.push(Math.round(controller.readyMs));
      await controller.stop();
    }
  } finally {
    await surroundings.close();
  }
  const sorted = readyMs.toSorted((a, b) => a - b);
  return { bindings, readyMs, middleMs: sorted[Math.floor((sorted.length - 1) / 2)] ?? 0 };
}
