import type { QueuePurpose } from "../../aws/queue/failure.ts";
import type { Queue } from "../../aws/queue/queue.ts";
import type { Config } from "../../config/config.ts";
import type { Probe } from "../../model/answers/probe.ts";
import type { Telemetry } from "../../controller/ports/telemetry.ts";
import { checkedQueueUrl } from "../../model/aws/queue-url.ts";
import type { ProxyRoutes } from "../../model/network/proxy.ts";
import { clientOptions } from "../aws.ts";
import { openNetwork } from "../network.ts";
import { SILENT } from "../ports.ts";

/** Queues are read with the credentials of the process. */
export async function openQueues(
  config: Config,
  parts: { readonly telemetry: Telemetry; readonly routes: ProxyRoutes },
): Promise<{ readonly queueOf: (url: string) => Queue; readonly close: () => void }> {
  const { Clients } = await import("../../aws/requests/clients.ts");
  const { Queue: QueueOfSqs } = await import("../../aws/queue/queue.ts");
  const clients = new Clients(clientOptions(config, parts));
  const queueOf = (url: string): Queue => new QueueOfSqs(checkedQueueUrl(url), clients);
  return { queueOf, close: () => clients.close() };
}

/** For `doctor`; empty if there are no queues. */
export async function examineQueues(
  config: Config,
  { urls, purpose }: { readonly urls: readonly string[]; readonly purpose: QueuePurpose },
  signal: AbortSignal,
): Promise<readonly Probe[]> {
  if (urls.length === 0) return [];
  const { examineQueue } = await import("../../aws/queue/examine.ts");
  const { routes } = await openNetwork(config);
  const { queueOf, close } = await openQueues(config, { telemetry: SILENT, routes });
  try {
    const probes: Probe[] = [];
    for (const url of urls) {
      const queue = queueOf(url);
      const { region, arn } = queue.address;
      const found = await examineQueue(queue, purpose, signal);
      probes.push({ identity: "base", region, what: arn, ...found });
    }
    return probes;
  } finally {
    close();
  }
}
