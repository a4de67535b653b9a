import type { Queue } from "../../aws/queue/queue.ts";
import type { Config } from "../../config/config.ts";
import type { Telemetry } from "../../controller/ports/telemetry.ts";
import { checkedQueueUrl } from "../../model/aws/queue-url.ts";
import type { ProxyRoutes } from "../../model/network/proxy.ts";
import { clientOptions } from "../aws.ts";

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
