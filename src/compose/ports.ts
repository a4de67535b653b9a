import { randomBytes } from "node:crypto";
import { setImmediate as immediate, setTimeout as timer } from "node:timers/promises";
import type { Clock } from "../controller/ports/clock.ts";
import type { EventLoop } from "../controller/ports/event-loop.ts";
import type { Random } from "../controller/ports/random.ts";
import { untraced, type Telemetry } from "../controller/ports/telemetry.ts";

export const clock: Clock = {
  nowMs: () => Date.now(),
  sleep: (durationMs, signal) => timer(durationMs, undefined, { signal }),
};

export const random: Random = {
  next: () => Math.random(),
  hex: (bytes) => randomBytes(bytes).toString("hex"),
};

export const eventLoop: EventLoop = {
  elapsedMs: () => performance.now(),
  turn: () => immediate(),
};

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
