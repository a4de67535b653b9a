import { setImmediate as immediate } from "node:timers/promises";
import type { EventLoop } from "../../src/controller/ports/event-loop.ts";

/** Its clock does not move, so that a computation is never interrupted. */
export const STEADY_LOOP: EventLoop = { elapsedMs: () => 0, turn: () => Promise.resolve() };

/** Each look at the clock is a slice later: a computation gives way wherever it can. */
export function eagerLoop(): EventLoop & { readonly turns: () => number } {
  let now = 0;
  let turns = 0;
  return {
    elapsedMs: () => (now += 1_000),
    turn: async () => {
      turns += 1;
      await immediate();
    },
    turns: () => turns,
  };
}
