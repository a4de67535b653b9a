import { CliError } from "../../../cli/toolbox/cli-error.ts";
import { FORGES } from "../../../network/forges/status-form.ts";
import { counted } from "../../../text/phrases.ts";
import type { Review } from "../review.ts";
import { CONVERSATIONS, type PullRequest } from "./conversation.ts";
import type { ForgeApi } from "./forge-api.ts";
import { OwnComments } from "./own-comments.ts";
import { postStatuses, statusesOf } from "./statuses.ts";
import { postSuggestions } from "./suggestions.ts";

export interface ReviewToPost {
  readonly review: Review & { readonly commit: string };
  /** The comment. */
  readonly markdown: string;
}

type NumberedPullRequest = PullRequest & { readonly number: number };

/**
 * Posts failures, then the comment, then corrections at their lines, then successes: a success of an earlier run never
 * stays because a later step fails, and none is there without its comment. @returns what was posted, a line each
 * @throws CliError with what was posted before, and what was not
 */
export async function postReview(toPost: ReviewToPost, api: ForgeApi): Promise<readonly string[]> {
  const { review } = toPost;
  const posted: string[] = [];
  try {
    const pullRequest = await reviewedPullRequest(review.commit, api);
    const statuses = statusesOf(review, api.target, branchOf(pullRequest, api));
    const failures = statuses.filter(({ isSuccess }) => !isSuccess);
    const successes = statuses.filter(({ isSuccess }) => isSuccess);
    posted.push(...(await postStatuses(failures, review.commit, api)));
    if (pullRequest !== null) posted.push(...(await postComments(toPost, pullRequest, api)));
    posted.push(...(await postStatuses(successes, review.commit, api)));
    return posted;
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    const before = posted.length === 0 ? "nothing was posted" : `only this was posted: ${posted.join("; ")}`;
    throw new CliError(`${error.message}; ${before}`, error.fix, { cause: error, exitCode: error.exitCode });
  }
}

/** @throws CliError if it is not known and needed, or if the pull request leads to another branch than the reviewed one */
function branchOf(pullRequest: PullRequest | null, { target }: ForgeApi): string | null {
  const branch = pullRequest?.branch ?? target.branch;
  if (branch === null && target.hasMergeStatus)
    throw new CliError("it is not known which branch the change is merged into", "add --target BRANCH");
  if (target.branch === null || branch === target.branch) return branch;
  throw new CliError(
    `the pull request is to be merged into ${branch}, and the review is about ${target.branch}`,
    "review it with the other branch as --base and --target",
  );
}

async function postComments(
  { review, markdown }: ReviewToPost,
  pullRequest: NumberedPullRequest,
  api: ForgeApi,
): Promise<readonly string[]> {
  const { number } = pullRequest;
  const own = await OwnComments.of(number, api);
  const outcome = await own.put(markdown);
  const { suggestions } = CONVERSATIONS[api.target.forge];
  if (suggestions === null || review.corrections.length === 0) return [outcome];
  const { added, outside } = await postSuggestions({ review, pullRequest, own }, number, api);
  const rest = outside === 0 ? "" : `, ${counted(outside, "line")} not in the difference`;
  return [outcome, `${counted(added, "suggestion")} added${rest}`];
}

/**
 * null: only statuses are posted.
 * @throws CliError if it is closed, or has another newest commit: the review would be about another state
 */
async function reviewedPullRequest(commit: string, api: ForgeApi): Promise<NumberedPullRequest | null> {
  const { forge, repository, pullRequest: number } = api.target;
  if (number === null) return null;
  const { pullRequest: path, readPullRequest } = CONVERSATIONS[forge];
  const found = readPullRequest(await api.read(path({ repository, pullRequest: number })));
  const name = `pull request ${number} of ${repository}`;
  if (found === null) throw new CliError(`${FORGES[forge].label} shows no ${name}`, "check --pull-request");
  if (!found.isOpen) throw new CliError(`${name} is closed`, "no action required");
  if (found.head === commit) return { ...found, number };
  throw new CliError(
    `${name} is at ${found.head.slice(0, 7)}, and the review is of ${commit.slice(0, 7)}`,
    "review its newest commit with --head; a newer run may have done so already",
  );
}
