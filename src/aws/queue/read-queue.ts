import type { Clock } from "../../controller/ports/clock.ts";
import type { Random } from "../../controller/ports/random.ts";
import type { Telemetry } from "../../controller/ports/telemetry.ts";
import { backoffMs, type Backoff } from "../../model/values/backoff.ts";
import { queueFailure } from "./failure.ts";
import type { Queue } from "./queue.ts";

interface QueueReading {
  readonly queue: Pick<Queue, "address" | "receive" | "remove">;
  /** The messages are deleted after it has returned; if it throws, they are delivered again. */
  readonly handle: (bodies: readonly string[]) => Promise<void> | void;
  readonly clock: Clock;
  readonly random: Pick<Random, "next">;
  readonly telemetry: Pick<Telemetry, "info" | "warn">;
}

const BACKOFF: Backoff = { firstMs: 2_000, longestMs: 60_000, jitter: "half" };
/** A server that does not wait for messages is not asked more often. */
const EMPTY_PAUSE_MS = 1_000;

/** Reads a queue until the signal aborts, and then returns. A call that fails is made again, after ever longer pauses. */
export async function readQueue(reading: QueueReading, signal: AbortSignal): Promise<void> {
  const { queue, clock, random, telemetry } = reading;
  const { url } = queue.address;
  let failures = 0;
  while (!signal.aborted) {
    try {
      const pauseMs = await readOnce(reading, signal);
      if (failures > 0) telemetry.info("the queue is read again", { queue: url });
      failures = 0;
      await pause(pauseMs, clock, signal);
    } catch (cause) {
      if (signal.aborted) return;
      if (failures === 0)
        telemetry.warn("the queue cannot be read", { queue: url, ...queueFailure(cause, queue.address) });
      await pause(backoffMs(BACKOFF, failures, random.next()), clock, signal);
      failures += 1;
    }
  }
}

/** Returns how long to wait before the next call. */
async function readOnce({ queue, handle, clock }: QueueReading, signal: AbortSignal): Promise<number> {
  const beganMs = clock.nowMs();
  const messages = await queue.receive(signal);
  if (messages.length === 0) return Math.max(0, EMPTY_PAUSE_MS - (clock.nowMs() - beganMs));
  await handle(messages.map(({ body }) => body));
  await queue.remove(messages, signal);
  return 0;
}

async function pause(durationMs: number, clock: Clock, signal: AbortSignal): Promise<void> {
  if (durationMs === 0) return;
  try {
    await clock.sleep(durationMs, signal);
  } catch (cause) {
    if (!signal.aborted) throw cause;
  }
}
