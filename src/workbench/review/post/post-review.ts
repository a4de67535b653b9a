import { cutText } from "../../../text/cut.ts";
import { CliError } from "../../../cli/toolbox/cli-error.ts";
import { FORGES } from "../../../network/forges/status-form.ts";
import type { Review } from "../review.ts";
import { CONVERSATIONS, type PullRequest, memberOf } from "../../../network/forges/conversation.ts";
import { type ForgeApi, ForgeError } from "./forge-api.ts";
import { OwnComments } from "./own-comments.ts";
import { postSuggestions, type NumberedPullRequest, type PostedSoFar } from "./post-suggestions.ts";
import { cleanLine } from "../../../cli/screen/paint.ts";
import { planExitCode } from "../../plan/report.ts";
import { planCounts } from "../../../plan/render/plan-summary.ts";
import { obstacleTexts } from "../obstacles.ts";
import type { PostTarget } from "./target.ts";

export interface ReviewToPost {
  readonly review: Review & { readonly commit: string };
  /** The comment. */
  readonly markdown: string;
}

interface Posting extends PostedSoFar {
  /** @throws CliError if the pull request was closed or changed meanwhile: a newer run may have posted already */
  readonly checkUnchanged: () => Promise<void>;
}

/**
 * Posts failures and, instead of a success, first that it is pending: a success of an earlier run never stays because a
 * later step fails, and a token that may set no status writes no comment. Then the comment, corrections at their lines,
 * and successes: none is there without its comment. The pull request is read again before the comment and the successes.
 * @returns what was posted, a line each
 * @throws CliError with what was posted before, and what was not
 */
export async function postReview(toPost: ReviewToPost, api: ForgeApi): Promise<readonly string[]> {
  const checkUnchanged = async (): Promise<void> => {
    branchOf(await reviewedPullRequest(toPost.review.commit, api), api);
  };
  const posting: Posting = { api, posted: new Map(), checkUnchanged };
  try {
    await postAll(toPost, posting);
    return [...posting.posted.values()];
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    const message = `${error.message}; ${postedBefore(error, [...posting.posted.values()])}`;
    throw new CliError(message, error.fix, { cause: error, exitCode: error.exitCode });
  }
}

async function postAll(toPost: ReviewToPost, posting: Posting): Promise<void> {
  const { review } = toPost;
  const { api } = posting;
  const pullRequest = await reviewedPullRequest(review.commit, api);
  const statuses = statusesOf(review, api.target, branchOf(pullRequest, api));
  const successes = statuses.filter(({ state }) => state === "success");
  await postStatuses(
    statuses.filter(({ state }) => state !== "success"),
    review.commit,
    posting,
  );
  if (pullRequest !== null) {
    await postStatuses(successes.map(pendingOf), review.commit, posting);
    await postComments(toPost, pullRequest, posting);
    if (successes.length > 0) await posting.checkUnchanged();
  }
  await postStatuses(successes, review.commit, posting);
}

function postedBefore(error: CliError, posted: readonly string[]): string {
  const progress = posted.length === 0 ? "nothing was posted" : `only this was posted: ${posted.join("; ")}`;
  const isUnclear = error instanceof ForgeError && error.isLost && error.isWrite;
  return isUnclear ? `${progress}; the last request may have taken effect as well` : progress;
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
  posting: Posting,
): Promise<void> {
  const { api, posted, checkUnchanged } = posting;
  const own = await OwnComments.of(pullRequest.number, api);
  posted.set("comment", await own.put(markdown, checkUnchanged));
  await postSuggestions({ ...review, pullRequest, own }, { api, posted });
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

/** The state of a commit under one name. */
interface ReviewStatus {
  /** `grantkeeper/review`. */
  readonly context: string;
  readonly state: "pending" | "success" | "failure";
  readonly text: string;
}

function pendingOf({ context }: ReviewStatus): ReviewStatus {
  return { context, state: "pending", text: "the review is being posted" };
}

/** Whether the change can be applied; and, if it is asked for, whether it may merge by itself. */
function statusesOf(
  review: Review,
  { name, hasMergeStatus }: Pick<PostTarget, "name" | "hasMergeStatus">,
  branch: string | null,
): readonly ReviewStatus[] {
  const obstacles = obstacleTexts(review);
  const isRefused = planExitCode(review.plan, false) !== 0;
  const result: ReviewStatus = {
    context: `grantkeeper/${name}`,
    state: isRefused ? "failure" : "success",
    text: isRefused
      ? (obstacles[0] ?? "refused")
      : planCounts(review.plan.views, review.plan.modeChanges.length),
  };
  if (!hasMergeStatus || branch === null) return [result];
  const [first = "may merge by itself"] = obstacles;
  return [
    result,
    // With the branch: a pull request of the same commit into another branch sets another status.
    {
      context: `grantkeeper/${name}/auto-merge/${branch}`,
      state: obstacles.length === 0 ? "success" : "failure",
      text: first,
    },
  ];
}

async function postStatuses(
  statuses: readonly ReviewStatus[],
  commit: string,
  { api, posted }: Posting,
): Promise<void> {
  for (const status of statuses) {
    await postStatus(status, commit, api);
    posted.set(status.context, `status ${status.context}: ${status.state}`);
  }
}

async function postStatus(status: ReviewStatus, commit: string, api: ForgeApi): Promise<void> {
  const { forge, repository } = api.target;
  const form = FORGES[forge];
  const text = cutText(cleanLine(status.text), form.longestText);
  const state = form.states[status.state];
  const body = form.body({ state, text, name: status.context, link: null });
  try {
    // A second status of the same name replaces the first.
    await api.send({ method: "POST", path: form.path(repository, commit), body, isRepeatable: true });
  } catch (error) {
    const isRepeated = forge === "gitlab" && error instanceof ForgeError && error.status === 400;
    if (!isRepeated || !(await hasState(status.context, { state, commit }, api))) throw error;
  }
}

/** GitLab refuses a state that the commit has already. */
async function hasState(
  name: string,
  { state, commit }: { readonly state: string; readonly commit: string },
  api: ForgeApi,
): Promise<boolean> {
  const project = encodeURIComponent(api.target.repository);
  const query = `name=${encodeURIComponent(name)}&all=false&per_page=100`;
  const statuses = await api.read(`/projects/${project}/repository/commits/${commit}/statuses?${query}`);
  const named = (Array.isArray(statuses) ? statuses : []).filter((one) => memberOf(one, "name") === name);
  const idOf = (one: unknown): number => Number(memberOf(one, "id") ?? 0);
  const newest = named.toSorted((a, b) => idOf(b) - idOf(a))[0];
  return memberOf(newest, "status") === state;
}
