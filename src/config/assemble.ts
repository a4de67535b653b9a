import { isAbsolute, resolve } from "node:path";
import { parseInstanceName, parseRegion } from "../model/aws/ids.ts";
import type { ProxyServer, ProxySettings } from "../model/network/proxy.ts";
import { byTextOf } from "../text/order.ts";
import { lowerMode } from "../model/rules/mode.ts";
import type { Config } from "./config.ts";
import type { SourceConfig } from "./git/source-config.ts";
import { environmentProxies } from "./environment-proxies.ts";
import { changeQueueAccess, changeQueues } from "./events/change-events.ts";
import { checkedSettings, optionalPath, type ToAbsolute } from "./checked.ts";
import { namespaceSource, platformSource, webhookFiles } from "./git/assemble-source.ts";
import type { ConfigInput } from "./input.ts";
import { alertRoutes } from "./alerts/alert-routes.ts";
import { endpointsOf } from "./endpoints/endpoints.ts";
import { httpConfig } from "./http/http-config.ts";
import { databaseConfig } from "./state/database-config.ts";
import type { ParsedConfig } from "./schema.ts";
import { sourceAccess } from "./git/source-access.ts";

/** The frozen configuration of a file that passed every check. */
export function assemble(file: ParsedConfig, input: ConfigInput): Config {
  const toAbsolute: ToAbsolute = (path) => (isAbsolute(path) ? path : resolve(input.file, "..", path));
  const { deletes, changedCount, changedShare, ...sizes } = file.limits;
  const instance = checkedSettings(parseInstanceName(file.instance));
  const setting = { instance, toAbsolute };
  const platform = checkedSettings(file.sources.find(({ namespace }) => namespace === undefined));
  const source = platformSource(platform, setting);
  const namespaceSources = file.sources
    .filter(({ namespace }) => namespace !== undefined)
    .map((parsed) => namespaceSource(parsed, setting))
    .sort(byTextOf(({ namespace }) => namespace));
  const changeEvents = changeQueues(file.changeEvents);
  return deepFreeze({
    file: input.file,
    instance,
    stateDir: toAbsolute(file.stateDir),
    database: databaseConfig(file.state, toAbsolute),
    replicas: file.replicas,
    mode: lowerMode(file.mode, input.flags.observe ? "observe" : "enforce"),
    source,
    namespaceSources,
    sweepMs: file.sweep,
    longWaitMs: file.longWait,
    limits: { deletes, changedCount, changedShare },
    sizes,
    http: httpConfig(file.http, toAbsolute),
    tokens: file.tokens,
    approvers: file.approvers,
    webhooks: webhookFiles(file.webhooks, toAbsolute),
    changeEvents,
    resourcePolicies: { readWithinMs: file.resourcePolicies.readWithin },
    alerts: alertRoutes(file.alerts, toAbsolute),
    audit: auditConfig(file.audit, toAbsolute),
    backups: backupsOf(file.backups),
    otlp: otlpOf(file.telemetry.otlp, toAbsolute),
    network: {
      proxy: proxyOf(file.network.proxy, input, toAbsolute),
      caFile: optionalPath(file.network.caFile, toAbsolute),
    },
    aws: awsConfig(file.aws),
    bootstrap: bootstrapConfig(file.bootstrap, { sources: [source, ...namespaceSources], changeEvents }),
  });
}

function bootstrapConfig(
  parsed: ParsedConfig["bootstrap"],
  { sources, changeEvents }: { readonly sources: readonly SourceConfig[] } & Pick<Config, "changeEvents">,
): Config["bootstrap"] {
  if (parsed === undefined) return null;
  return {
    ...parsed,
    organization: parsed.organization ?? null,
    sources: [...sourceAccess(sources), ...changeQueueAccess(changeEvents)],
  };
}

function awsConfig(aws: ParsedConfig["aws"]): Config["aws"] {
  return {
    endpoint: aws.endpoint,
    endpoints: endpointsOf(aws),
    stsRegion: aws.stsRegion === undefined ? null : checkedSettings(parseRegion(aws.stsRegion)),
    fips: aws.fips,
    simulator: aws.simulator,
    lookupEvents: aws.lookupEvents,
    propagationWaitMs: aws.propagationWait ?? null,
    deleteQuietMs: aws.deleteQuiet ?? null,
    revertOtherMs: aws.revert?.other ?? null,
    waveIntervalMs: aws.waveInterval ?? null,
  };
}

function otlpOf(otlp: ParsedConfig["telemetry"]["otlp"], toAbsolute: ToAbsolute): Config["otlp"] {
  if (otlp === undefined) return null;
  const { endpoint, headersFile } = otlp;
  return {
    endpoint: endpoint.replace(/\/+$/, ""),
    headersFile: optionalPath(headersFile, toAbsolute),
  };
}

/** The file counts alone: with `proxy: null`, no variable of the environment does. */
function proxyOf(
  proxy: ParsedConfig["network"]["proxy"],
  { env }: ConfigInput,
  toAbsolute: ToAbsolute,
): ProxySettings | null {
  if (proxy === undefined) return environmentProxies(env).proxy;
  if (proxy === null) return null;
  const { url, loginFile, noProxy } = proxy;
  const login: ProxyServer["login"] =
    loginFile === undefined ? { kind: "none" } : { kind: "file", file: toAbsolute(loginFile) };
  const server: ProxyServer = { url: new URL(url).origin, login };
  return { http: server, https: server, noProxy };
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  for (const member of Object.values(value)) deepFreeze(member);
  return Object.freeze(value);
}

function auditConfig(
  { stdout, retention, archive }: ParsedConfig["audit"],
  toAbsolute: ToAbsolute,
): Config["audit"] {
  if (retention === undefined) return { stdout, retention: null };
  return { stdout, retention: { afterMs: retention, archive: optionalPath(archive, toAbsolute) } };
}

/** Without the setting, one backup before an upgrade is enough not to be forgotten for longer than this. */
const BACKUP_MAX_AGE_MS = 7 * 86_400_000;

function backupsOf({ maxAge }: ParsedConfig["backups"]): Config["backups"] {
  return { maxAgeMs: maxAge === undefined ? BACKUP_MAX_AGE_MS : maxAge, isExpected: maxAge !== undefined };
}
