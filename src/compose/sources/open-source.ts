import { existsSync } from "node:fs";
import type { Config } from "../../config/config.ts";
import type { GitSourceConfig, SourceConfig } from "../../config/git/source-config.ts";
import type { NamespaceSource, Source } from "../../controller/ports/source.ts";
import type { SourceLimits, SourcePaths } from "../../source/rules/entry-rules.ts";
import { gitAuthorities, openNetwork } from "../network.ts";
import { stateFiles } from "../state-files.ts";
import { gitAuth, type SourceParts } from "./git-auth.ts";
import { GIT_TIMEOUT_MS, localPath, MIRROR_BYTES, mirrorOf } from "./git-settings.ts";

const DEBOUNCE_MS = 300;

/** The platform source of the configuration, for a controller or a command. */
export async function openSource(config: Config, { telemetry, toClose }: SourceParts): Promise<Source> {
  const { source, sizes: limits } = config;
  return openOne({
    config,
    source,
    telemetry,
    toClose,
    mirrorDir: mirrorOf(config, null),
    paths: source,
    limits,
  });
}

/** The same for a controller that starts: it fetches while the other parts are loaded. */
export async function openPrefetchedSource(
  config: Config,
  parts: SourceParts,
  stop: AbortSignal,
): Promise<Source> {
  const { withPrefetch } = await import("../../source/prefetch.ts");
  // The record, which shows it for certain, is opened later.
  const isFirst = !existsSync(stateFiles(config.stateDir).mirror);
  return withPrefetch(await openSource(config, parts), { signal: stop, isFirst });
}

export async function openNamespaceSources(
  config: Config,
  parts: SourceParts,
): Promise<readonly NamespaceSource[]> {
  if (config.namespaceSources.length === 0) return [];
  const { forNamespace } = await import("../../source/namespace-source.ts");
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

type DirectoryConfig = Extract<SourceConfig, { readonly kind: "directory" }>;

async function gitSource({
  config,
  source,
  telemetry,
  toClose,
  mirrorDir,
  paths,
  limits,
}: SourceToOpen<GitSourceConfig>): Promise<Source> {
  const { GitSource } = await import("../../source/git.ts");
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

async function directorySource({
  source,
  telemetry,
  paths,
  limits,
}: SourceToOpen<DirectoryConfig>): Promise<Source> {
  const { DirectorySource } = await import("../../source/directory.ts");
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
