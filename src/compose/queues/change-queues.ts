import type { Queue } from "../../aws/queue/queue.ts";
import type { Config } from "../../config/config.ts";
import type { Controller } from "../../controller/controller.ts";
import type { Telemetry } from "../../controller/ports/telemetry.ts";
import type { Probe } from "../../model/answers/probe.ts";
import type { ProxyRoutes } from "../../model/network/proxy.ts";
import { clock, random } from "../ports.ts";
import { examineQueues, openQueues } from "./open-queues.ts";

interface ChangeQueueParts {
  readonly changes: Controller["changes"];
  readonly telemetry: Telemetry;
  readonly routes: ProxyRoutes;
}

/** How often to look whether the first revision is in force. */
const LOOK_MS = 200;

/** Reads the queues of change events until it is closed; null: there are none, and nothing is loaded or called. */
export async function openChangeQueues(
  config: Config,
  { changes, telemetry, routes }: ChangeQueueParts,
): Promise<(() => Promise<void>) | null> {
  if (config.changeEvents.length === 0) return null;
  const { readQueue } = await import("../../aws/queue/read-queue.ts");
  const { queueOf, close } = await openQueues(config, { telemetry, routes });
  const ending = new AbortController();
  const reading = config.changeEvents.map(({ queueUrl, accounts }) => {
    const queue = onceReady(queueOf(queueUrl), changes);
    const ofQueue = new Set<string>(accounts);
    changes.addQueue(queueUrl, ofQueue);
    return readQueue(
      {
        queue,
        purpose: "changes",
        handle: (bodies) => {
          const { arn } = queue.address;
          telemetry.gauge("change_queue_last_message_timestamp_seconds", clock.nowMs() / 1_000, {
            queue: arn,
          });
          return changes.receive(bodies, ofQueue);
        },
        report: (failure) => changes.queueAnswered(queueUrl, failure),
        receivedElsewhere: (count) => changes.receivedElsewhere(queueUrl, count),
        clock,
        random,
        telemetry,
      },
      ending.signal,
    );
  });
  return async () => {
    ending.abort();
    await Promise.all(reading);
    close();
  };
}

/** Messages stay in the queue until a revision shows which keys they concern. */
export function onceReady(
  queue: Queue,
  changes: Controller["changes"],
): Pick<Queue, "address" | "receive" | "remove"> {
  return {
    address: queue.address,
    remove: (messages, signal) => queue.remove(messages, signal),
    receive: async (signal) => {
      while (!changes.isReady) await clock.sleep(LOOK_MS, signal);
      return queue.receive(signal);
    },
  };
}

/** For `doctor`; empty if there are no queues of change events. */
export async function examineChangeQueues(config: Config, signal: AbortSignal): Promise<readonly Probe[]> {
  const urls = config.changeEvents.map(({ queueUrl }) => queueUrl);
  return examineQueues(config, { urls, purpose: "changes" }, signal);
}
