import { CliError } from "../../../cli/toolbox/cli-error.ts";
import { FORGES } from "../../../network/forges/status-form.ts";
import { counted } from "../../../text/phrases.ts";
import type { Review } from "../review.ts";
import { CONVERSATIONS, type PullRequest } from "./conversation.ts";
import type { ForgeApi } from "./forge-api.ts";
import { OwnComments } from "./own-comments.ts";
import { postStatuses, type ReviewStatus } from "./statuses.ts";
import { postSuggestions } from "./suggestions.ts";

export interface ReviewToPost {
  readonly review: Review & { readonly commit: string };
  /** The comment. */
  readonly markdown: string;
  /** In the order in which they are posted. */
  readonly statuses: readonly ReviewStatus[];
}

/**
 * Posts the comment, then corrections at their lines, then the statuses of the commit: a status is never there without its
 * comment. @returns what was posted, a line each
 * @throws CliError with what was posted before, and what was not
 */
export async function postReview(toPost: ReviewToPost, api: ForgeApi): Promise<readonly string[]> {
  const { pullRequest } = api.target;
  const posted: string[] = [];
  try {
    if (pullRequest !== null) posted.push(...(await postComments(toPost, pullRequest, api)));
    posted.push(...(await postStatuses(toPost.statuses, toPost.review.commit, api)));
    return posted;
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    const before = posted.length === 0 ? "nothing was posted" : `only this was posted: ${posted.join("; ")}`;
    throw new CliError(`${error.message}; ${before}`, error.fix, { cause: error, exitCode: error.exitCode });
  }
}

async function postComments(
  { review, markdown }: ReviewToPost,
  number: number,
  api: ForgeApi,
): Promise<readonly string[]> {
  const pullRequest = await openPullRequest(review.commit, number, api);
  const own = await OwnComments.of(number, api);
  const outcome = await own.put(markdown);
  const { suggestions } = CONVERSATIONS[api.target.forge];
  if (suggestions === null || review.corrections.length === 0) return [outcome];
  const { added, outside } = await postSuggestions({ review, pullRequest, own }, number, api);
  const rest = outside === 0 ? "" : `, ${counted(outside, "line")} not in the difference`;
  return [outcome, `${counted(added, "suggestion")} added${rest}`];
}

/** @throws CliError if it is closed, or has another newest commit: the review would be about another state */
async function openPullRequest(commit: string, number: number, api: ForgeApi): Promise<PullRequest> {
  const { forge, repository } = api.target;
  const { pullRequest: path, readPullRequest } = CONVERSATIONS[forge];
  const found = readPullRequest(await api.read(path({ repository, pullRequest: number })));
  const name = `pull request ${number} of ${repository}`;
  if (found === null) throw new CliError(`${FORGES[forge].label} shows no ${name}`, "check --pull-request");
  if (!found.isOpen) throw new CliError(`${name} is closed`, "no action required");
  if (found.head === commit) return found;
  throw new CliError(
    `${name} is at ${found.head.slice(0, 7)}, and the review is of ${commit.slice(0, 7)}`,
    "review its newest commit with --head; a newer run may have done so already",
  );
}
