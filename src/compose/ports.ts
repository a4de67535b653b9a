import { randomBytes } from "node:crypto";
import { setTimeout as timer } from "node:timers/promises";
import type { Clock } from "../controller/ports/clock.ts";
import type { EventLoop } from "../controller/ports/event-loop.ts";
import type { Random } from "../controller/ports/random.ts";
import { untraced, type Telemetry } from "../controller/ports/telemetry.ts";
import { SharedTurns } from "./process/shared-turns.ts";

export const clock: Clock = {
  nowMs: () => Date.now(),
  sleep: (durationMs, signal) => timer(durationMs, undefined, { signal }),
};

export const random: Random = {
  next: () => Math.random(),
  hex: (bytes) => randomBytes(bytes).toString("hex"),
};

/** One computation with its slice in each turn. */
const computing = new SharedTurns(1);

export const eventLoop: EventLoop = {
  elapsedMs: () => performance.now(),
  turn: () => computing.next(),
};

/** To sign and send a request to AWS takes half a millisecond, so a turn has several. */
const sending = new SharedTurns(8);

/** For requests to AWS, which do not wait for the slices of computations. */
export const sendLoop: Pick<EventLoop, "turn"> = { turn: () => sending.next() };

/** Commands use this: they print their results instead of logging them. */
export const SILENT: Telemetry = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  debug: () => undefined,
  count: () => undefined,
  gauge: () => undefined,
  observe: () => undefined,
  forget: () => undefined,
  trace: untraced,
};

/** The ports that only the active replica of several has. */
export const NOT_SHARED = {
  inForce: null,
  assignedMemories: null,
  assigner: null,
  dueWriter: null,
  eventFacts: null,
  holders: null,
};
