import type { Config } from "../config/config.ts";
import type { ControllerSettings } from "../controller/settings.ts";
import { DEFAULT_MANIFEST_LIMITS, type ManifestLimits } from "../manifest/parse/parsed.ts";
import { digestOf, type Digest } from "../model/values/digest.ts";
import type { Json } from "../model/values/json.ts";
import { statusSources } from "./sources/commit-status.ts";
import { notedSources } from "./sources/pull-requests.ts";
import { VERSION } from "./version.ts";
import type { SourceConfig, WebhookFiles } from "../config/git/source-config.ts";
import type { SourceLocation } from "../model/answers/source-location.ts";
import type { Namespace } from "../model/aws/ids.ts";
import { hideCredentials } from "../model/values/credential-text.ts";
import { WEBHOOK_SENDERS } from "../model/values/webhook-sender.ts";

export function controllerSettings(config: Config, catalogueDigest: Digest): ControllerSettings {
  const { aws, source, namespaceSources } = config;
  const simulator = aws.simulator
    ? {
        propagationWaitMs: aws.propagationWaitMs,
        deleteQuietMs: aws.deleteQuietMs,
        revertOtherMs: aws.revertOtherMs,
        waveIntervalMs: aws.waveIntervalMs,
      }
    : null;
  return {
    version: VERSION,
    configDigest: digestOf(JSON.parse(JSON.stringify(config)) as Json),
    catalogueDigest,
    instance: config.instance,
    mode: config.mode,
    limits: config.limits,
    manifestLimits: manifestLimits(config),
    compile: {
      instance: config.instance,
      platformPath: source.platformPath,
      tenantPath: source.tenantPath,
      ...(namespaceSources.length > 0 && {
        namespaceSources: new Set(namespaceSources.map(({ namespace }) => namespace)),
      }),
      simulator,
      alertRoutes: config.alerts.map(({ name }) => name),
      approverGroups: Object.keys(config.approvers).sort(),
    },
    sourceLocations: sourceLocations(config),
    shownCommits: new Set(statusSources(config).map(({ namespace }) => namespace)),
    notedSources: new Set(notedSources(config).map(({ namespace }) => namespace)),
    intervalMs: source.intervalMs,
    sweepMs: config.sweepMs,
    longWaitMs: config.longWaitMs,
    policiesWithinMs: config.resourcePolicies.readWithinMs,
    approvers: config.approvers,
    tokenExpiryMs: Object.fromEntries(config.tokens.map(({ name, expires }) => [name, Date.parse(expires)])),
    mails: Object.fromEntries(
      config.tokens.map(({ name, mails }) => [name, mails.map((mail) => mail.toLowerCase())]),
    ),
  };
}

export function manifestLimits({ sizes: { fileBytes, documentsPerFile } }: Config): ManifestLimits {
  return { ...DEFAULT_MANIFEST_LIMITS, fileBytes, documentsPerFile };
}

/** By namespace of the source; null: the platform source. */
function sourceLocations({
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
