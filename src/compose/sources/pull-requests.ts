import type { Config } from "../../config/config.ts";
import type { PullRequestCommentsConfig } from "../../config/git/source-config.ts";
import type { Namespace } from "../../model/aws/ids.ts";
import type { KeyFinding } from "../../model/verification.ts";
import type { ProxyRoutes } from "../../model/network/proxy.ts";
import type { HttpTools } from "../../record/sinks/http-post.ts";
import type { Sink } from "../../record/sinks/sink.ts";
import { openNetwork } from "../network.ts";
import { clock } from "../ports.ts";
import { forgeToken } from "./forge-token.ts";
import { gitSources, type ConfiguredGitSource } from "./git-sources.ts";

/** A source whose merged pull requests are shown what became of them. */
interface NotedSource extends ConfiguredGitSource {
  readonly comments: PullRequestCommentsConfig;
}

/** The platform source first. */
export function notedSources(config: Config): readonly NotedSource[] {
  return gitSources(config).flatMap(({ namespace, source }) =>
    source.pullRequestComments === null ? [] : [{ namespace, source, comments: source.pullRequestComments }],
  );
}

export async function openPullRequestSink(
  found: NotedSource,
  { routes, fetch }: { readonly routes: ProxyRoutes; readonly fetch: HttpTools["fetch"] },
): Promise<Sink> {
  const { PullRequestSink } = await import("../../record/sinks/pull-request/pull-request.ts");
  const { tokenFile: _, ...repository } = found.comments;
  return new PullRequestSink(repository, { clock, fetch, token: await tokenOf(found, routes) });
}

/** For `doctor`; null: the pull requests of this source are shown nothing. */
export async function examinePullRequestComments(
  config: Config,
  namespace: Namespace | null,
  signal: AbortSignal,
): Promise<KeyFinding | null> {
  const found = notedSources(config).find((one) => one.namespace === namespace);
  if (found === undefined) return null;
  const { examinePullRequests } = await import("../../record/sinks/pull-request/examine.ts");
  const { proxiedFetch } = await import("../../network/proxied-fetch.ts");
  const { routes } = await openNetwork(config);
  const tools = { clock, fetch: proxiedFetch(routes), token: await tokenOf(found, routes) };
  return examinePullRequests(found.comments, tools, signal);
}

function tokenOf({ source, comments: { tokenFile } }: NotedSource, routes: ProxyRoutes) {
  const what = "token for pull requests";
  return forgeToken({ source, tokenFile, what, permission: "pull_requests" }, routes);
}
