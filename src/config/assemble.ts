import { isAbsolute, resolve } from "node:path";
import { parseInstanceName, parseNamespace, parseRegion } from "../model/aws/ids.ts";
import type { ProxyServer, ProxySettings } from "../model/network/proxy.ts";
import { byTextOf } from "../text/order.ts";
import { lowerMode } from "../model/rules/mode.ts";
import type { Config } from "./config.ts";
import type {
  NamespaceSourceConfig,
  PlatformSourceConfig,
  SourceConfig,
  WebhookFiles,
} from "./git/source-config.ts";
import { environmentProxies } from "./environment-proxies.ts";
import { folderPath } from "./git/folder-path.ts";
import type { ConfigInput } from "./input.ts";
import { alertRoutes, optionalPath, type ToAbsolute } from "./alert-routes.ts";
import { endpointsOf } from "./endpoints/endpoints.ts";
import { commitStatusConfig } from "./git/commit-status.ts";
import { sourceAccess } from "./git/source-access.ts";
import { parseListenAddress } from "./listen-address.ts";
import type { ParsedConfig } from "./schema.ts";

type GitConfig = Extract<SourceConfig, { readonly kind: "git" }>;
type ParsedSource = ParsedConfig["sources"][number];
type ParsedGit = NonNullable<ParsedSource["git"]>;

/** What the fields of a source are read with. */
interface SourceSetting {
  readonly instance: Config["instance"];
  readonly toAbsolute: ToAbsolute;
}

/** The frozen configuration of a file that passed every check. */
export function assemble(file: ParsedConfig, input: ConfigInput): Config {
  const toAbsolute: ToAbsolute = (path) => (isAbsolute(path) ? path : resolve(input.file, "..", path));
  const { deletes, changedCount, changedShare, ...sizes } = file.limits;
  const instance = checked(parseInstanceName(file.instance));
  const setting = { instance, toAbsolute };
  const platform = checked(file.sources.find(({ namespace }) => namespace === undefined));
  const source = platformSource(platform, setting);
  const namespaceSources = file.sources
    .filter(({ namespace }) => namespace !== undefined)
    .map((parsed) => namespaceSource(parsed, setting))
    .sort(byTextOf(({ namespace }) => namespace));
  return deepFreeze({
    file: input.file,
    instance,
    stateDir: toAbsolute(file.stateDir),
    mode: lowerMode(file.mode, input.flags.observe ? "observe" : "enforce"),
    source,
    namespaceSources,
    sweepMs: file.sweep,
    limits: { deletes, changedCount, changedShare },
    sizes,
    http: checked(parseListenAddress(file.http.listen)),
    tokens: file.tokens,
    approvers: file.approvers,
    webhooks: webhookFiles(file.webhooks, toAbsolute),
    alerts: alertRoutes(file.alerts, toAbsolute),
    audit: auditConfig(file.audit, toAbsolute),
    otlp: otlpOf(file.telemetry.otlp, toAbsolute),
    network: {
      proxy: proxyOf(file.network.proxy, input, toAbsolute),
      caFile: optionalPath(file.network.caFile, toAbsolute),
    },
    aws: awsConfig(file.aws),
    bootstrap: bootstrapConfig(file.bootstrap, [source, ...namespaceSources]),
  });
}

function bootstrapConfig(
  parsed: ParsedConfig["bootstrap"],
  sources: readonly SourceConfig[],
): Config["bootstrap"] {
  if (parsed === undefined) return null;
  return { ...parsed, organization: parsed.organization ?? null, sources: sourceAccess(sources) };
}

function awsConfig(aws: ParsedConfig["aws"]): Config["aws"] {
  return {
    endpoint: aws.endpoint,
    endpoints: endpointsOf(aws),
    stsRegion: aws.stsRegion === undefined ? null : checked(parseRegion(aws.stsRegion)),
    fips: aws.fips,
    simulator: aws.simulator,
    propagationWaitMs: aws.propagationWait ?? null,
    deleteQuietMs: aws.deleteQuiet ?? null,
    revertOtherMs: aws.revert?.other ?? null,
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

/** A value that the schema has checked already. */
function checked<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("the schema of the configuration lacks a check");
  return value;
}

function webhookFiles(webhooks: ParsedConfig["webhooks"], toAbsolute: ToAbsolute): WebhookFiles {
  return Object.fromEntries(
    Object.entries(webhooks).map(([sender, { secretFile }]) => [sender, toAbsolute(secretFile)]),
  );
}

function platformSource(parsed: ParsedSource, setting: SourceSetting): PlatformSourceConfig {
  return {
    ...sourceConfig(parsed, setting),
    platformPath: folderPath(parsed.platformPath ?? "platform"),
    tenantPath: folderPath(parsed.tenantPath ?? "teams"),
  };
}

function namespaceSource(parsed: ParsedSource, setting: SourceSetting): NamespaceSourceConfig {
  return {
    ...sourceConfig(parsed, setting),
    namespace: checked(parseNamespace(checked(parsed.namespace))),
    manifestPath: folderPath(checked(parsed.path)),
    webhooks: webhookFiles(parsed.webhooks ?? {}, setting.toAbsolute),
  };
}

function sourceConfig(parsed: ParsedSource, { instance, toAbsolute }: SourceSetting): SourceConfig {
  const { git, directory, namespace } = parsed;
  const common = { name: checked(parsed.name ?? parsed.namespace), intervalMs: parsed.interval };
  if (directory !== undefined)
    return { ...common, kind: "directory", ...directory, path: toAbsolute(directory.path) };
  const { url, caFile, signatures, ...rest } = checked(git);
  return {
    ...common,
    kind: "git",
    url: isRelativePath(url) ? toAbsolute(url) : url,
    ref: refOf(rest),
    auth: authOf(rest, toAbsolute),
    caFile: optionalPath(caFile, toAbsolute),
    signatures: signatures === undefined ? null : signatureConfig(signatures, toAbsolute),
    commitStatus: commitStatusConfig(
      checked(git),
      [instance, ...(namespace === undefined ? [] : [namespace])],
      toAbsolute,
    ),
  };
}

function signatureConfig(
  parsed: NonNullable<ParsedGit["signatures"]>,
  toAbsolute: ToAbsolute,
): NonNullable<GitConfig["signatures"]> {
  const {
    trustedCommit,
    allowedSignersFile,
    revocationFile,
    gpgKeyrings,
    forgeKeyrings,
    x509,
    gitsign,
    ...rest
  } = parsed;
  return {
    ...rest,
    trustedCommit: trustedCommit ?? null,
    allowedSignersFile: optionalPath(allowedSignersFile, toAbsolute),
    revocationFile: optionalPath(revocationFile, toAbsolute),
    gpgKeyrings: gpgKeyrings.map(toAbsolute),
    forgeKeyrings: forgeKeyrings.map(toAbsolute),
    x509:
      x509 === undefined
        ? null
        : {
            caFile: toAbsolute(x509.caFile),
            revocationFile: optionalPath(x509.revocationFile, toAbsolute),
          },
    gitsign:
      gitsign === undefined ? null : { ...gitsign, trustedRootFile: toAbsolute(gitsign.trustedRootFile) },
  };
}

const REF_KINDS = ["branch", "tag", "semver", "commit"] as const;

function refOf(git: Pick<ParsedGit, (typeof REF_KINDS)[number]>): GitConfig["ref"] {
  const kind = checked(REF_KINDS.find((one) => git[one] !== undefined));
  return { kind, name: checked(git[kind]) };
}

function authOf(
  {
    tokenFile,
    username,
    passwordFile,
    githubApp,
    ssh,
    codecommit,
  }: Pick<ParsedGit, "tokenFile" | "username" | "passwordFile" | "githubApp" | "ssh" | "codecommit">,
  toAbsolute: ToAbsolute,
): GitConfig["auth"] {
  if (ssh !== undefined)
    return {
      kind: "ssh",
      privateKeyFile: toAbsolute(ssh.privateKeyFile),
      knownHostsFile: toAbsolute(ssh.knownHostsFile),
    };
  if (githubApp !== undefined)
    return {
      kind: "github-app",
      appId: String(githubApp.appId),
      installationId: String(githubApp.installationId),
      privateKeyFile: toAbsolute(githubApp.privateKeyFile),
      apiUrl: githubApp.apiUrl?.replace(/\/+$/, "") ?? null,
    };
  if (codecommit !== undefined) {
    const { roleArn, externalId = null, queueUrl = null } = codecommit;
    return { kind: "codecommit", role: roleArn === undefined ? null : { roleArn, externalId }, queueUrl };
  }
  if (tokenFile !== undefined) return { kind: "token", tokenFile: toAbsolute(tokenFile) };
  if (username === undefined || passwordFile === undefined) return { kind: "none" };
  return { kind: "basic", username, passwordFile: toAbsolute(passwordFile) };
}

/** `./permissions` is a path from the configuration file; any other text is a URL or an absolute path. */
function isRelativePath(url: string): boolean {
  return /^\.{1,2}(\/|$)/.test(url);
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
