import type { QueueFailure } from "../../model/answers/queue-health.ts";
import type { PushedSource } from "../../aws/queue/pushes.ts";
import type { Probe } from "../../model/answers/probe.ts";
import type { Config } from "../../config/config.ts";
import type { SourceConfig } from "../../config/git/source-config.ts";
import type { Control } from "../../controller/ports/control.ts";
import type { Telemetry } from "../../controller/ports/telemetry.ts";
import { parseCodeCommitUrl } from "../../model/aws/codecommit.ts";
import type { Namespace } from "../../model/aws/ids.ts";
import { parseQueueUrl } from "../../model/aws/queue-url.ts";
import type { ProxyRoutes } from "../../model/network/proxy.ts";
import { clock, random } from "../ports.ts";
import { examineQueues, openQueues } from "../queues/open-queues.ts";

interface QueueParts {
  readonly control: Pick<Control, "pushed" | "pushQueueRead">;
  readonly telemetry: Telemetry;
  readonly routes: ProxyRoutes;
}

/** Reads the queues of the sources until it is closed; null: no source has one, and nothing is loaded or called. */
export async function openPushQueues(
  config: Config,
  { control, telemetry, routes }: QueueParts,
): Promise<(() => Promise<void>) | null> {
  const sources = pushedSources(config);
  if (sources.size === 0) return null;
  const { Pushes } = await import("../../aws/queue/pushes.ts");
  const { readQueue } = await import("../../aws/queue/read-queue.ts");
  const { queueOf, close } = await openQueues(config, { telemetry, routes });
  const ending = new AbortController();
  const reading = [...sources].map(([url, ofQueue]) => {
    const pushes = new Pushes({
      sources: ofQueue,
      pushed: (namespace) => control.pushed(namespace),
      nowMs: () => clock.nowMs(),
      telemetry,
    });
    const handle = (bodies: readonly string[]): readonly number[] => {
      pushes.handle(bodies);
      return [];
    };
    const report = (failure: QueueFailure | null): void => {
      for (const { namespace } of ofQueue) control.pushQueueRead(namespace, failure);
    };
    const queue = queueOf(url);
    const reader = { queue, purpose: "pushes" as const, handle, report, clock, random, telemetry };
    // The log and the metric of the reader suffice: a push that someone else takes is fetched at the interval.
    return readQueue({ ...reader, receivedElsewhere: () => undefined }, ending.signal);
  });
  return async () => {
    ending.abort();
    await Promise.all(reading);
    close();
  };
}

/** For `doctor`; empty if no source has a queue. */
export async function examinePushQueues(config: Config, signal: AbortSignal): Promise<readonly Probe[]> {
  const urls = [...pushedSources(config).keys()];
  return examineQueues(config, { urls, purpose: "pushes" }, signal);
}

/** By URL of the queue: several sources may have the same one. */
function pushedSources({ source, namespaceSources }: Config): ReadonlyMap<string, readonly PushedSource[]> {
  const found = [
    pushedSource(source, null),
    ...namespaceSources.map((one) => pushedSource(one, one.namespace)),
  ].filter((one) => one !== null);
  const byUrl = Map.groupBy(found, ({ queueUrl }) => queueUrl);
  return new Map([...byUrl].map(([url, ofQueue]) => [url, ofQueue.map(({ pushed }) => pushed)]));
}

function pushedSource(
  source: SourceConfig,
  namespace: Namespace | null,
): { readonly queueUrl: string; readonly pushed: PushedSource } | null {
  if (source.kind !== "git" || source.auth.kind !== "codecommit" || source.auth.queueUrl === null)
    return null;
  const { queueUrl } = source.auth;
  const [repository, queue] = [parseCodeCommitUrl(source.url), parseQueueUrl(queueUrl)];
  if (repository.kind === "err" || queue.kind === "err") return null;
  const { region, name } = repository.value;
  // The rule and its queue are in the account of the repository.
  const { accountId } = queue.value;
  return { queueUrl, pushed: { namespace, region, repository: name, accountId, ref: source.ref } };
}
