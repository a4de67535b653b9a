import type { Steps } from "../model/values/steps.ts";
import type { EventLoop } from "./ports/event-loop.ts";

/** A computation yields to the event loop after this time: several accounts and the API share it. */
const SLICE_MS = 10;

/** A read of so many items takes a few milliseconds. */
const READ_TOGETHER = 100;

/** Reads a list in parts, because a read blocks the event loop. */
export async function readInParts<Item, Value>(
  items: readonly Item[],
  read: (part: readonly Item[]) => Promise<readonly Value[]>,
  eventLoop: Pick<EventLoop, "turn">,
): Promise<readonly Value[]> {
  const values: Value[] = [];
  for (let at = 0; at < items.length; at += READ_TOGETHER) {
    if (at > 0) await eventLoop.turn();
    values.push(...(await read(items.slice(at, at + READ_TOGETHER))));
  }
  return values;
}

/**
 * Runs a long computation without blocking the event loop: requests are answered between its slices. A large push must
 * not block the health checks.
 * @throws the signal's reason once it aborts: the computation is abandoned
 */
export async function inSlices<Value>(
  steps: Steps<Value>,
  eventLoop: EventLoop,
  signal: AbortSignal,
): Promise<Value> {
  let sinceMs = eventLoop.elapsedMs();
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (eventLoop.elapsedMs() - sinceMs < SLICE_MS) continue;
    await eventLoop.turn();
    signal.throwIfAborted();
    sinceMs = eventLoop.elapsedMs();
  }
}
