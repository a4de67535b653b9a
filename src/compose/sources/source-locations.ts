import type { Config } from "../../config/config.ts";
import type { SourceConfig, WebhookFiles } from "../../config/git/source-config.ts";
import type { SourceLocation } from "../../model/answers/source-location.ts";
import type { Namespace } from "../../model/aws/ids.ts";
import { hideCredentials } from "../../model/values/credential-text.ts";
import { WEBHOOK_SENDERS } from "../../model/values/webhook-sender.ts";

/** By namespace of the source; null: the platform source. */
export function sourceLocations({
  source,
  webhooks,
  namespaceSources,
}: Config): ReadonlyMap<Namespace | null, SourceLocation> {
  return new Map<Namespace | null, SourceLocation>([
    [null, placeOf(source, webhooks)],
    ...namespaceSources.map((one) => [one.namespace, placeOf(one, one.webhooks)] as const),
  ]);
}

function placeOf(source: SourceConfig, files: WebhookFiles): SourceLocation {
  const webhooks = WEBHOOK_SENDERS.filter((sender) => files[sender] !== undefined).toSorted();
  if (source.kind === "directory") return { url: source.path, ref: null, webhooks, pushQueue: null };
  const pushQueue = source.auth.kind === "codecommit" ? source.auth.queueUrl : null;
  return { url: hideCredentials(source.url), ref: source.ref, webhooks, pushQueue };
}
