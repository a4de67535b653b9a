import { fileURLToPath } from "node:url";
import type { DirectoryRequest, FolderRequest, ReadFolder } from "../cli/toolbox/toolbox.ts";
import type { Config } from "../config/config.ts";
import type { Source } from "../controller/ports/source.ts";
import type { Telemetry } from "../controller/ports/telemetry.ts";
import type { ChangeAuthors } from "../model/authors.ts";
import type { Snapshot } from "../model/snapshot.ts";
import type { KeyFinding } from "../model/verification.ts";
import type { ProxyRoutes } from "../model/network/proxy.ts";
import type { GitAuth } from "../source/git/credential.ts";
import { gitAuthorities, openNetwork } from "./network.ts";
import { clock, SILENT } from "./ports.ts";
import { stateFiles } from "./state-files.ts";

const GIT_TIMEOUT_MS = 120_000;
const DEBOUNCE_MS = 300;
const MIRROR_BYTES = 2_147_483_648;

/** The source of the configuration, for a controller or a command. */
export async function openSource(config: Config, telemetry: Telemetry): Promise<Source> {
  const { source } = config;
  return source.kind === "git"
    ? gitSource(config, source, telemetry)
    : directorySource(config, source.path, telemetry);
}

type GitConfig = Extract<Config["source"], { readonly kind: "git" }>;

async function gitSource(config: Config, source: GitConfig, telemetry: Telemetry): Promise<Source> {
  const { GitSource } = await import("../source/git.ts");
  const { stateDir, sizes, aws } = config;
  const network = await openNetwork(config);
  return new GitSource({
    name: source.name,
    url: source.url,
    ref: source.ref,
    auth: await gitAuth(source, network.routes),
    caFile: source.caFile ?? (await gitAuthorities(config, network)),
    routes: network.routes,
    signatures: source.signatures,
    mirrorDir: stateFiles(stateDir).mirror,
    paths: source,
    limits: { ...sizes, mirrorBytes: MIRROR_BYTES },
    timeoutMs: GIT_TIMEOUT_MS,
    allowHttpLoopback: aws.simulator,
    allowedFilePath: localPath(source.url),
    telemetry,
  });
}

async function gitAuth({ auth, url }: GitConfig, routes: ProxyRoutes): Promise<GitAuth> {
  if (auth.kind !== "github-app") return auth;
  return { kind: "made", token: await appTokens({ auth, url }, "contents: read", routes) };
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

/** null: the source needs no signatures. */
export async function examineSigningKeys(
  { source, stateDir }: Config,
  signal: AbortSignal,
): Promise<readonly KeyFinding[] | null> {
  if (source.kind !== "git" || source.signatures === null) return null;
  const { examineKeys } = await import("../source/signatures/examine-keys.ts");
  const folder = stateFiles(stateDir).mirror;
  return examineKeys({ settings: source.signatures, folder, nowMs: clock.nowMs() }, signal);
}

/** Keys are read at each fetch; a warning at the start names those that verify nothing any more. */
export async function warnOfSigningKeys(
  config: Config,
  telemetry: Telemetry,
  signal: AbortSignal,
): Promise<void> {
  const findings = (await examineSigningKeys(config, signal)) ?? [];
  for (const { outcome, detail } of findings)
    if (outcome !== "passed") telemetry.warn("a key cannot verify commits", { reason: detail });
}

function localPath(url: string): string | null {
  if (url.startsWith("/")) return url;
  return url.startsWith("file://") ? fileURLToPath(url) : null;
}

async function directorySource(
  { source, sizes }: Config,
  root: string,
  telemetry: Telemetry,
): Promise<Source> {
  const { DirectorySource } = await import("../source/directory.ts");
  return new DirectorySource({
    name: source.name,
    root,
    paths: source,
    limits: sizes,
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
  {
    base,
    head,
    platformPath,
    tenantPath,
    sizes,
    ...request
  }: DirectoryRequest & { readonly base: string; readonly head: string },
  signal: AbortSignal,
): Promise<ChangeAuthors> {
  const { readLocalAuthors } = await import("../source/local-repository.ts");
  const paths = { platformPath, tenantPath };
  const local = { ...request, paths, limits: sizes, timeoutMs: GIT_TIMEOUT_MS };
  return readLocalAuthors(local, { base, head }, signal);
}

export async function gitSnapshot(
  { revision, platformPath, tenantPath, sizes, ...request }: DirectoryRequest & { readonly revision: string },
  signal: AbortSignal,
): Promise<Snapshot> {
  const { readLocalRevision } = await import("../source/local-repository.ts");
  const paths = { platformPath, tenantPath };
  return readLocalRevision({ ...request, paths, limits: sizes, timeoutMs: GIT_TIMEOUT_MS }, revision, signal);
}
