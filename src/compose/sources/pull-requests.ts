import type { Config } from "../../config/config.ts";
import type { PullRequestCommentsConfig, SourceConfig } from "../../config/git/source-config.ts";
import type { Namespace } from "../../model/aws/ids.ts";
import type { ProxyRoutes } from "../../model/network/proxy.ts";
import type { HttpTools } from "../../record/sinks/http-post.ts";
import type { Sink } from "../../record/sinks/sink.ts";
import { clock } from "../ports.ts";
import { forgeToken } from "./forge-token.ts";

/** A source whose merged pull requests are shown what became of them. */
interface NotedSource {
  /** null: the platform source. */
  readonly namespace: Namespace | null;
  readonly source: Extract<SourceConfig, { readonly kind: "git" }>;
  readonly comments: PullRequestCommentsConfig;
}

/** The platform source first. */
export function notedSources({ source: platform, namespaceSources }: Config): readonly NotedSource[] {
  const all: readonly { readonly namespace: Namespace | null; readonly source: SourceConfig }[] = [
    { namespace: null, source: platform },
    ...namespaceSources.map((source) => ({ namespace: source.namespace, source })),
  ];
  return all.flatMap(({ namespace, source }) =>
    source.kind === "git" && source.pullRequestComments !== null
      ? [{ namespace, source, comments: source.pullRequestComments }]
      : [],
  );
}

export async function openPullRequestSink(
  { source, comments }: NotedSource,
  { routes, fetch }: { readonly routes: ProxyRoutes; readonly fetch: HttpTools["fetch"] },
): Promise<Sink> {
  const { PullRequestSink } = await import("../../record/sinks/pull-request/pull-request.ts");
  const { tokenFile, ...repository } = comments;
  const token = await forgeToken(
    { source, tokenFile, what: "token for pull requests", permission: "pull_requests: write" },
    routes,
  );
  return new PullRequestSink(repository, { clock, fetch, token });
}
