import { z } from "zod";
import { apiUrlOf, forgeRepository, forgeUrl, forgePlaceOf, placeProblem } from "./forge-place.ts";
import type { PullRequestCommentsConfig } from "./source-config.ts";

const FORGE_NAMES = ["github", "gitlab", "gitea", "forgejo"] as const;

/** What becomes of merged pull requests, in a comment: the fields of `sources[].git.pullRequestComments`. */
export const pullRequestCommentsSchema = z.strictObject({
  forge: z.enum(FORGE_NAMES),
  tokenFile: z.string().min(1).optional(),
  apiUrl: forgeUrl.optional(),
  repository: forgeRepository.optional(),
  reviewers: z
    .array(z.strictObject({ account: z.number().int().positive(), token: z.string().min(1) }))
    .default([]),
});

/** The fields of a git section that decide about it. */
interface CommentFields {
  readonly url: string;
  readonly branch?: string | undefined;
  readonly githubApp?: { readonly appId: string | number } | undefined;
  readonly pullRequestComments?: z.infer<typeof pullRequestCommentsSchema> | undefined;
}

export function pullRequestCommentsConfig(
  { pullRequestComments, url, branch, githubApp }: CommentFields,
  /** The installation, and the namespace of the source: several sources may be in one repository. */
  of: readonly string[],
  toAbsolute: (path: string) => string,
): PullRequestCommentsConfig | null {
  if (pullRequestComments === undefined) return null;
  const { forge, tokenFile, apiUrl, repository, reviewers } = pullRequestComments;
  const place = forgePlaceOf(url);
  return {
    forge,
    tokenFile: tokenFile === undefined ? null : toAbsolute(tokenFile),
    appId: tokenFile === undefined && githubApp !== undefined ? String(githubApp.appId) : null,
    apiUrl: (apiUrl ?? apiUrlOf(forge, place.host)).replace(/\/+$/, ""),
    repository: repository ?? place.repository,
    name: of.join("/"),
    branch: branch ?? null,
    reviewers,
  };
}

/** What the fields of a git section lack together; null: nothing. */
export function pullRequestCommentsProblem({
  pullRequestComments,
  url,
  githubApp,
}: CommentFields): string | null {
  if (pullRequestComments === undefined) return null;
  const { forge, tokenFile } = pullRequestComments;
  if (tokenFile === undefined && (githubApp === undefined || forge !== "github"))
    return "expected tokenFile: a token that may comment on pull requests (git.githubApp makes one for GitHub)";
  return placeProblem(pullRequestComments, url);
}
