import type { Config } from "../../config/config.ts";
import type { PullRequestCommentsConfig } from "../../config/git/source-config.ts";
import type { ForgeReviewer, ReviewedSource } from "../../controller/ports/reviews/reviews.ts";
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

/** The sources whose changes may be approved by reviews of listed people. */
export async function openReviewedSources(
  config: Config,
  routes: ProxyRoutes,
): Promise<readonly ReviewedSource[]> {
  const found = notedSources(config).filter(({ comments }) => comments.reviewers.length > 0);
  if (found.length === 0) return [];
  const { ForgeReviewReader } = await import("../../record/sinks/pull-request/review-reader.ts");
  const { proxiedFetch } = await import("../../network/proxied-fetch.ts");
  const fetch = proxiedFetch(routes);
  return Promise.all(
    found.map(async (one) => {
      const { forge, reviewers } = one.comments;
      const tools = { clock, fetch, token: await tokenOf(one, routes) };
      const reader = new ForgeReviewReader(one.comments, tools);
      return { namespace: one.namespace, forge, reader, listed: listedReviewers(reviewers, config) };
    }),
  );
}

/** With the rights of their tokens. */
export function listedReviewers(
  reviewers: PullRequestCommentsConfig["reviewers"],
  { tokens }: Pick<Config, "tokens">,
): readonly ForgeReviewer[] {
  return reviewers.flatMap(({ account, token: name }) => {
    const token = tokens.find((one) => one.name === name);
    if (token === undefined) return [];
    const { mails, namespaces, expires } = token;
    return [
      {
        accountId: account,
        actor: name,
        mails: mails.map((mail) => mail.toLowerCase()),
        namespaces: namespaces.includes("*") ? "all" : new Set(namespaces),
        endsMs: Date.parse(expires),
      } satisfies ForgeReviewer,
    ];
  });
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
