import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { BranchRequest, DirectoryRequest, FolderRequest, ReadFolder } from "../cli/toolbox/toolbox.ts";
import type { Config } from "../config/config.ts";
import type { SourceConfig } from "../config/git/source-config.ts";
import type { NamespaceSource, Source } from "../controller/ports/source.ts";
import type { Telemetry } from "../controller/ports/telemetry.ts";
import type { ChangeAuthors } from "../model/authors.ts";
import type { Namespace } from "../model/aws/ids.ts";
import type { Snapshot } from "../model/snapshot.ts";
import type { KeyFinding } from "../model/verification.ts";
import { parseCodeCommitUrl } from "../model/aws/codecommit.ts";
import type { ProxyRoutes } from "../model/network/proxy.ts";
import type { GitAuth } from "../source/git/credential.ts";
import type { LocalRequest } from "../source/git/repository.ts";
import type { SourceLimits, SourcePaths } from "../source/rules/entry-rules.ts";
import { clientOptions } from "./aws.ts";
import { gitAuthorities, openNetwork, routesByEnvironment } from "./network.ts";
import { clock, SILENT } from "./ports.ts";
import { stateFiles } from "./state-files.ts";

const GIT_TIMEOUT_MS = 120_000;
const DEBOUNCE_MS = 300;
const MIRROR_BYTES = 2_147_483_648;

/** What sources are opened with. */
interface SourceParts {
  readonly telemetry: Telemetry;
  /** Receives a function for each part that has connections of its own. */
  readonly toClose: (() => void)[];
}

/** The platform source of the configuration, for a controller or a command. */
export async function openSource(config: Config, { telemetry, toClose }: SourceParts): Promise<Source> {
  const { source, stateDir, sizes: limits } = config;
  return openOne({
    config,
    source,
    telemetry,
    toClose,
    mirrorDir: stateFiles(stateDir).mirror,
    paths: source,
    limits,
  });
}

export async function openNamespaceSources(
  config: Config,
  parts: SourceParts,
): Promise<readonly NamespaceSource[]> {
  if (config.namespaceSources.length === 0) return [];
  const { forNamespace } = await import("../source/namespace-source.ts");
  const { sizes } = config;
  const limits = {
    ...sizes,
    files: sizes.teamFiles,
    snapshotBytes: sizes.teamBytes,
    isOneTeam: true,
  } as const;
  return Promise.all(
    config.namespaceSources.map(async (source) => {
      const { namespace, manifestPath, intervalMs } = source;
      const paths = { platformPath: manifestPath, tenantPath: null };
      const mirrorDir = mirrorOf(config, namespace);
      const opened = await openOne({ config, source, ...parts, mirrorDir, paths, limits });
      return { namespace, intervalMs, source: forNamespace(opened, namespace) };
    }),
  );
}

function mirrorOf({ stateDir }: Config, namespace: Namespace): string {
  return join(stateFiles(stateDir).mirrors, namespace);
}

interface SourceToOpen<Of extends SourceConfig = SourceConfig> extends SourceParts {
  readonly config: Config;
  readonly source: Of;
  readonly mirrorDir: string;
  readonly paths: SourcePaths;
  readonly limits: SourceLimits;
}

function openOne(to: SourceToOpen): Promise<Source> {
  const { source } = to;
  return source.kind === "git" ? gitSource({ ...to, source }) : directorySource({ ...to, source });
}

type GitConfig = Extract<SourceConfig, { readonly kind: "git" }>;
type DirectoryConfig = Extract<SourceConfig, { readonly kind: "directory" }>;

async function gitSource({
  config,
  source,
  telemetry,
  toClose,
  mirrorDir,
  paths,
  limits,
}: SourceToOpen<GitConfig>): Promise<Source> {
  const { GitSource } = await import("../source/git.ts");
  const { aws } = config;
  const network = await openNetwork(config);
  return new GitSource({
    name: source.name,
    url: source.url,
    ref: source.ref,
    auth: await gitAuth(source, { config, telemetry, toClose, routes: network.routes }),
    caFile: source.caFile ?? (await gitAuthorities(config, network)),
    routes: network.routes,
    signatures: source.signatures,
    mirrorDir,
    paths,
    limits: { ...limits, mirrorBytes: MIRROR_BYTES },
    timeoutMs: GIT_TIMEOUT_MS,
    allowHttpLoopback: aws.simulator,
    allowedFilePath: localPath(source.url),
    telemetry,
  });
}

interface Surroundings extends SourceParts {
  readonly config: Config;
  readonly routes: ProxyRoutes;
}

async function gitAuth(source: GitConfig, around: Surroundings): Promise<GitAuth> {
  const { auth, url } = source;
  if (auth.kind === "codecommit") return codeCommitAuth({ ...source, auth }, around);
  if (auth.kind !== "github-app") return auth;
  const { tokenLogin } = await import("../source/git/credential.ts");
  const token = await appTokens({ auth, url }, "contents: read", around.routes);
  return { kind: "made", login: async (signal) => tokenLogin(await token(signal)) };
}

async function codeCommitAuth(
  { name, url, auth }: GitConfig & { readonly auth: Extract<GitConfig["auth"], { kind: "codecommit" }> },
  { config, telemetry, toClose, routes }: Surroundings,
): Promise<GitAuth> {
  const { CodeCommitLogins } = await import("../aws/codecommit/logins.ts");
  const { Clients } = await import("../aws/requests/clients.ts");
  const repository = parseCodeCommitUrl(url);
  if (repository.kind === "err") throw new Error(`an unchecked URL: ${repository.error}`);
  const clients = new Clients(clientOptions(config, { telemetry, routes }));
  toClose.push(() => clients.close());
  const logins = new CodeCommitLogins({
    clients,
    repository: repository.value,
    url,
    source: name,
    role: auth.role,
    nowMs: () => clock.nowMs(),
  });
  return { kind: "made", login: (signal) => logins.login(signal) };
}

type AppConfig = Pick<GitConfig, "url"> & {
  readonly auth: Extract<GitConfig["auth"], { readonly kind: "github-app" }>;
};

/** The tokens of a GitHub App with one permission for the repository of the source. */
export async function appTokens(
  { auth, url }: AppConfig,
  permission: "contents: read" | "statuses: write",
  routes: ProxyRoutes,
): Promise<(signal: AbortSignal) => Promise<string>> {
  const { GitHubApp, apiUrlOf, repositoryOf } = await import("../source/forge/github-app.ts");
  const { proxiedFetch } = await import("../network/proxied-fetch.ts");
  const app = new GitHubApp({
    ...auth,
    apiUrl: auth.apiUrl ?? apiUrlOf(url),
    repository: repositoryOf(url),
    permission,
    fetch: proxiedFetch(routes),
    nowMs: () => clock.nowMs(),
  });
  return (signal) => app.token(signal);
}

/** @param namespace null: of the platform source. @returns null: the source needs no signatures */
export async function examineSigningKeys(
  config: Config,
  namespace: Namespace | null,
  signal: AbortSignal,
): Promise<readonly KeyFinding[] | null> {
  const source = config.namespaceSources.find((one) => one.namespace === namespace) ?? config.source;
  if (source.kind !== "git" || source.signatures === null) return null;
  const { examineKeys } = await import("../source/signatures/examine-keys.ts");
  const folder = namespace === null ? stateFiles(config.stateDir).mirror : mirrorOf(config, namespace);
  return examineKeys({ settings: source.signatures, folder, nowMs: clock.nowMs() }, signal);
}

/** Keys are read at each fetch; a warning at the start names those that verify nothing any more. */
export async function warnOfSigningKeys(
  config: Config,
  telemetry: Telemetry,
  signal: AbortSignal,
): Promise<void> {
  const namespaces = config.namespaceSources.map(({ namespace }) => namespace);
  for (const namespace of [null, ...namespaces])
    for (const { outcome, detail } of (await examineSigningKeys(config, namespace, signal)) ?? [])
      if (outcome !== "passed")
        telemetry.warn("a key cannot verify commits", {
          ...(namespace !== null && { source: namespace }),
          reason: detail,
        });
}

function localPath(url: string): string | null {
  if (url.startsWith("/")) return url;
  return url.startsWith("file://") ? fileURLToPath(url) : null;
}

async function directorySource({
  source,
  telemetry,
  paths,
  limits,
}: SourceToOpen<DirectoryConfig>): Promise<Source> {
  const { DirectorySource } = await import("../source/directory.ts");
  return new DirectorySource({
    name: source.name,
    root: source.path,
    paths,
    limits,
    rules: "directory",
    debounceMs: DEBOUNCE_MS,
    telemetry,
  });
}

/** A command uses this: it reads the folder once and does not watch it. */
const READ_ONCE = { name: "directory", debounceMs: 0, telemetry: SILENT, timeoutMs: GIT_TIMEOUT_MS };

export async function readDirectory(
  { platformPath, tenantPath, sizes, ...request }: FolderRequest,
  signal: AbortSignal,
): Promise<ReadFolder> {
  const { readFolder } = await import("../source/folder.ts");
  const paths = { platformPath, tenantPath };
  return readFolder({ ...request, ...READ_ONCE, paths, limits: sizes }, signal);
}

export async function gitAuthors(
  request: DirectoryRequest & { readonly base: string; readonly head: string },
  signal: AbortSignal,
): Promise<ChangeAuthors> {
  const { readLocalAuthors } = await import("../source/local-repository.ts");
  return readLocalAuthors(localRequest(request), request, signal);
}

export async function gitSnapshot(
  request: DirectoryRequest & { readonly revision: string },
  signal: AbortSignal,
): Promise<Snapshot> {
  const { readLocalRevision } = await import("../source/local-repository.ts");
  return readLocalRevision(localRequest(request), request.revision, signal);
}

export function localRequest({ root, sizes: limits, ...paths }: DirectoryRequest): LocalRequest {
  return { root, paths, limits, timeoutMs: GIT_TIMEOUT_MS };
}

/** A command uses this for one answer: the mirror is removed after it. */
export async function fetchBranch(
  { url, branch, login, platformPath, tenantPath, sizes }: BranchRequest,
  signal: AbortSignal,
): Promise<Snapshot> {
  const { GitSource } = await import("../source/git.ts");
  const mirrorDir = await mkdtemp(join(tmpdir(), "grantkeeper-"));
  try {
    const source = new GitSource({
      name: "platform",
      url,
      ref: { kind: "branch", name: branch },
      auth: login,
      caFile: null,
      routes: await routesByEnvironment(),
      signatures: null,
      mirrorDir: join(mirrorDir, "mirror"),
      paths: { platformPath, tenantPath },
      limits: { ...sizes, mirrorBytes: MIRROR_BYTES },
      timeoutMs: GIT_TIMEOUT_MS,
      allowHttpLoopback: false,
      allowedFilePath: localPath(url),
      telemetry: SILENT,
    });
    return await source.latest(signal);
  } finally {
    await rm(mirrorDir, { recursive: true, force: true });
  }
}
