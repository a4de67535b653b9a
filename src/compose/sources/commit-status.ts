import type { Config } from "../../config/config.ts";
import type { GitSourceConfig, CommitStatusConfig } from "../../config/git/source-config.ts";
import type { Namespace } from "../../model/aws/ids.ts";
import type { KeyFinding } from "../../model/verification.ts";
import type { ProxyRoutes } from "../../model/network/proxy.ts";
import type { StatusTools } from "../../record/sinks/commit-status/commit-status.ts";
import type { Sink } from "../../record/sinks/sink.ts";
import { openNetwork } from "../network.ts";
import { clock } from "../ports.ts";
import { forgeToken } from "./forge-token.ts";
import { gitSources, type ConfiguredGitSource } from "./git-sources.ts";

/** A source whose forge shows the states of its commits. */
interface StatusSource extends ConfiguredGitSource {
  readonly status: CommitStatusConfig;
}

/** The platform source first. */
export function statusSources(config: Config): readonly StatusSource[] {
  return gitSources(config).flatMap(({ namespace, source }) =>
    source.commitStatus === null ? [] : [{ namespace, source, status: source.commitStatus }],
  );
}

export async function openCommitStatusSink(
  { source, status }: StatusSource,
  { routes, fetch }: { readonly routes: ProxyRoutes; readonly fetch: StatusTools["fetch"] },
): Promise<Sink> {
  const { CommitStatusSink } = await import("../../record/sinks/commit-status/commit-status.ts");
  return new CommitStatusSink(status, { ...(await toolsOf(source, status, routes)), fetch });
}

/** For `doctor`; null: no forge shows the states of this source's commits. */
export async function examineCommitStatus(
  config: Config,
  namespace: Namespace | null,
  signal: AbortSignal,
): Promise<KeyFinding | null> {
  const found = statusSources(config).find((one) => one.namespace === namespace);
  if (found === undefined) return null;
  const { examineForge } = await import("../../record/sinks/commit-status/examine.ts");
  const { routes } = await openNetwork(config);
  const tools = await toolsOf(found.source, found.status, routes);
  return examineForge(found.status, tools, signal);
}

async function toolsOf(
  source: GitSourceConfig,
  { tokenFile }: CommitStatusConfig,
  routes: ProxyRoutes,
): Promise<StatusTools> {
  const { proxiedFetch } = await import("../../network/proxied-fetch.ts");
  const token = await forgeToken(
    { source, tokenFile, what: "token for commit statuses", permission: "statuses" },
    routes,
  );
  return { clock, fetch: proxiedFetch(routes), token };
}
