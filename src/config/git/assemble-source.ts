import { parseNamespace } from "../../model/aws/ids.ts";
import { optionalPath, type ToAbsolute, checkedSettings } from "../checked.ts";
import type { Config } from "../config.ts";
import type { ParsedConfig } from "../schema.ts";
import { commitStatusConfig } from "./commit-status.ts";
import { pullRequestCommentsConfig } from "./pull-request-comments.ts";
import { folderPath } from "./folder-path.ts";
import type {
  GitSourceConfig,
  NamespaceSourceConfig,
  PlatformSourceConfig,
  SourceConfig,
  WebhookFiles,
} from "./source-config.ts";

type ParsedSource = ParsedConfig["sources"][number];
type ParsedGit = NonNullable<ParsedSource["git"]>;

/** What the fields of a source are read with. */
interface SourceSetting {
  readonly instance: Config["instance"];
  readonly toAbsolute: ToAbsolute;
}

export function platformSource(parsed: ParsedSource, setting: SourceSetting): PlatformSourceConfig {
  return {
    ...sourceConfig(parsed, setting),
    platformPath: folderPath(parsed.platformPath ?? "platform"),
    tenantPath: folderPath(parsed.tenantPath ?? "teams"),
  };
}

export function namespaceSource(parsed: ParsedSource, setting: SourceSetting): NamespaceSourceConfig {
  return {
    ...sourceConfig(parsed, setting),
    namespace: checkedSettings(parseNamespace(checkedSettings(parsed.namespace))),
    manifestPath: folderPath(checkedSettings(parsed.path)),
    webhooks: webhookFiles(parsed.webhooks ?? {}, setting.toAbsolute),
  };
}

export function webhookFiles(webhooks: ParsedConfig["webhooks"], toAbsolute: ToAbsolute): WebhookFiles {
  return Object.fromEntries(
    Object.entries(webhooks).map(([sender, { secretFile }]) => [sender, toAbsolute(secretFile)]),
  );
}

function sourceConfig(parsed: ParsedSource, { instance, toAbsolute }: SourceSetting): SourceConfig {
  const { git, directory, namespace } = parsed;
  const common = { name: checkedSettings(parsed.name ?? parsed.namespace), intervalMs: parsed.interval };
  if (directory !== undefined)
    return { ...common, kind: "directory", ...directory, path: toAbsolute(directory.path) };
  const { url, caFile, signatures, ...rest } = checkedSettings(git);
  const of = [instance, ...(namespace === undefined ? [] : [namespace])];
  return {
    ...common,
    kind: "git",
    url: isRelativePath(url) ? toAbsolute(url) : url,
    ref: refOf(rest),
    auth: authOf(rest, toAbsolute),
    caFile: optionalPath(caFile, toAbsolute),
    signatures: signatures === undefined ? null : signatureConfig(signatures, toAbsolute),
    commitStatus: commitStatusConfig(checkedSettings(git), of, toAbsolute),
    pullRequestComments: pullRequestCommentsConfig(checkedSettings(git), of, toAbsolute),
  };
}

function signatureConfig(
  parsed: NonNullable<ParsedGit["signatures"]>,
  toAbsolute: ToAbsolute,
): NonNullable<GitSourceConfig["signatures"]> {
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

function refOf(git: Pick<ParsedGit, (typeof REF_KINDS)[number]>): GitSourceConfig["ref"] {
  const kind = checkedSettings(REF_KINDS.find((one) => git[one] !== undefined));
  return { kind, name: checkedSettings(git[kind]) };
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
): GitSourceConfig["auth"] {
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
