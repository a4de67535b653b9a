import { generate } from "./generate.ts";
import { openSurroundings, startController, type Controller } from "./installation.ts";

/** In ms from the start of the process, with an empty state directory each time. */
export interface StartTimes {
  readonly bindings: number;
  /** To 200 of /readyz: the first revision is compiled. */
  readonly readyMs: readonly number[];
  readonly middleMs: number;
  /** Until every account was compared. */
  readonly comparedMs: readonly number[];
  readonly comparedMiddleMs: number;
}

/** The first start fills Node's compile cache, as an installation's first one does, and does not count. */
export async function measureStart(bindings: number, times: number): Promise<StartTimes> {
  const surroundings = await openSurroundings(generate(bindings));
  const starts: Pick<Controller, "readyMs" | "comparedMs">[] = [];
  try {
    for (let round = 0; round <= times; round += 1) {
      const controller = await startController(surroundings, `state-${round}`);
      if (round > 0) starts.push(controller);
      await controller.stop();
    }
  } finally {
    await surroundings.close();
  }
  const readyMs = starts.map((start) => Math.round(start.readyMs));
  const comparedMs = starts.map((start) => Math.round(start.comparedMs));
  return {
    bindings,
    readyMs,
    middleMs: middleOf(readyMs),
    comparedMs,
    comparedMiddleMs: middleOf(comparedMs),
  };
}

function middleOf(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor((times.length - 1) / 2)] ?? 0;
}
