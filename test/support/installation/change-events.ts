import { Queue } from "../../../src/aws/queue/queue.ts";
import { onceReady } from "../../../src/compose/queues/change-queues.ts";
import { readQueue } from "../../../src/aws/queue/read-queue.ts";
import { Clients, PUBLIC_AWS } from "../../../src/aws/requests/clients.ts";
import type { QueueFailure } from "../../../src/model/answers/queue-health.ts";
import { parseQueueUrl } from "../../../src/model/aws/queue-url.ts";
import { DIRECT } from "../../../src/model/network/proxy.ts";
import type { EventDelivery } from "../../../src/simulator/cloudtrail/deliveries.ts";
import { BASE_ACCOUNT } from "../../../src/simulator/seed.ts";
import { SILENT } from "../git/git-source.ts";
import { CLOCK } from "./compose.ts";
import { PROD } from "./estate.ts";
import type { Installation } from "./installation.ts";
import type { Controller } from "../../../src/controller/controller.ts";

export const QUEUE_URL = `https://sqs.us-east-1.amazonaws.com/${BASE_ACCOUNT}/changes`;

/** The events of prod reach a queue in the account of the process, which is read as `run` reads it. */
export function followEvents(
  installation: Installation,
  delivery: Partial<EventDelivery> = {},
): { readonly stop: () => Promise<void> } {
  const { simulator, estate } = installation;
  simulator.sendEvents({ ...DELIVERY, ...delivery });
  const { endpoint } = simulator;
  const stop = readChanges(installation.changes, { endpoint, accessKey: estate.base });
  return {
    stop: async () => {
      await stop();
      simulator.stopEvents();
    },
  };
}

/** Of the calls in prod. */
export const DELIVERY: EventDelivery = {
  accountId: PROD,
  queueAccountId: BASE_ACCOUNT,
  region: "us-east-1",
  queue: "changes",
  sourceAddress: "203.0.113.7",
};

/** Reads the queue from when a revision is in force. @returns what stops it */
export function readChanges(
  changes: Controller["changes"],
  { endpoint, accessKey }: { readonly endpoint: string; readonly accessKey: { id: string; secret: string } },
): () => Promise<void> {
  const clients = new Clients({
    network: { ...PUBLIC_AWS, simulator: endpoint, routes: DIRECT },
    baseCredentials: { accessKeyId: accessKey.id, secretAccessKey: accessKey.secret },
    env: {},
    // As `run` has it: a request for messages is answered after up to 20 s.
    fetchTimeoutMs: 30_000,
    clock: CLOCK,
    telemetry: SILENT,
  });
  const address = parseQueueUrl(QUEUE_URL);
  if (address.kind === "err") throw new Error(address.error);
  changes.addQueue(QUEUE_URL, new Set([PROD]));
  const ending = new AbortController();
  const reading = readQueue(
    {
      queue: onceReady(new Queue(address.value, clients), changes),
      purpose: "changes",
      handle: (bodies) => changes.receive(bodies, new Set([PROD])),
      report: (failure: QueueFailure | null) => changes.queueAnswered(QUEUE_URL, failure),
      receivedElsewhere: (count) => changes.receivedElsewhere(QUEUE_URL, count),
      clock: CLOCK,
      random: { next: () => 0 },
      telemetry: SILENT,
    },
    ending.signal,
  );
  return async () => {
    ending.abort();
    await reading;
    clients.close();
  };
}
