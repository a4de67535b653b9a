import { CliError } from "../../../cli/toolbox/cli-error.ts";
import { FORGES } from "../../../network/forges/status-form.ts";
import { counted } from "../../../text/phrases.ts";
import type { Review } from "../review.ts";
import { CONVERSATIONS, type PullRequest, memberOf } from "../../../network/forges/conversation.ts";
import { type ForgeApi, ForgeError } from "./forge-api.ts";
import { OwnComments, readPages } from "./own-comments.ts";
import { digestOf } from "../../../model/values/digest.ts";
import { cleanLine } from "../../../cli/screen/paint.ts";
import type { CorrectedLine } from "../corrected-lines.ts";
import { fenceFor } from "../../reports/markdown.ts";
import { planExitCode } from "../../plan/report.ts";
import { planCounts } from "../../../plan/render/plan-summary.ts";
import { obstacleTexts } from "../obstacles.ts";
import type { PostTarget } from "./target.ts";

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

interface Suggested {
  readonly review: Review & { readonly commit: string };
  readonly pullRequest: PullRequest;
  readonly own: OwnComments;
}

interface SuggestionCounts {
  readonly added: number;
  /** At lines that the pull request does not show. */
  readonly outside: number;
}

/** More would bury the conversation; all are in the comment. */
const MOST = 20;

/** Offers each corrected line at its place, once. */
async function postSuggestions(
  { review, pullRequest, own }: Suggested,
  number: number,
  api: ForgeApi,
): Promise<SuggestionCounts> {
  const { forge, repository } = api.target;
  const { suggestions } = CONVERSATIONS[forge];
  if (suggestions === null) return { added: 0, outside: 0 };
  const place = { repository, pullRequest: number };
  const existing = await readPages(api, {
    path: (page) => suggestions.list(place, page),
    comments: suggestions.comments,
  });
  let [added, outside] = [0, 0];
  for (const corrected of review.corrections.filter(isPlain).slice(0, MOST)) {
    const marker = markerOf(corrected);
    if (existing.some((comment) => own.isOwn(comment, marker))) continue;
    const { file, line } = corrected;
    const at = { file, line, commit: review.commit, diff: pullRequest.diff };
    const request = suggestions.create(place, at, bodyOf(corrected, marker, suggestions.fence));
    if (request !== null && (await isAccepted(api, request))) added += 1;
    else outside += 1;
  }
  return { added, outside };
}

/** A suggestion is applied as it is: a text that is shown otherwise is not suggested. */
function isPlain({ after }: CorrectedLine): boolean {
  return cleanLine(after) === after;
}

/** A forge refuses a line that the pull request does not show. */
async function isAccepted(api: ForgeApi, request: Parameters<ForgeApi["send"]>[0]): Promise<boolean> {
  try {
    await api.send(request);
    return true;
  } catch (error) {
    if (error instanceof ForgeError && (error.status === 422 || error.status === 400)) return false;
    throw error;
  }
}

function markerOf({ file, before, after }: CorrectedLine): string {
  const digest = digestOf([file, before, after].map((text) => text.toWellFormed())).slice(-16);
  return `<!-- grantkeeper:correction ${digest} -->`;
}

function bodyOf({ after }: CorrectedLine, marker: string, label: string): string {
  const fence = fenceFor(after);
  return `${marker}\nSuggested correction:\n\n${fence}${label}\n${after}\n${fence}`;
}

/** The state of a commit under one name. */
interface ReviewStatus {
  /** `grantkeeper/review`. */
  readonly context: string;
  readonly isSuccess: boolean;
  readonly text: string;
}

/** Whether the change can be applied; and, if it is asked for, whether it may merge by itself. */
function statusesOf(
  review: Review,
  { name, hasMergeStatus }: Pick<PostTarget, "name" | "hasMergeStatus">,
  branch: string | null,
): readonly ReviewStatus[] {
  const obstacles = obstacleTexts(review);
  const isRefused = planExitCode(review.plan, false) !== 0;
  const result = {
    context: `grantkeeper/${name}`,
    isSuccess: !isRefused,
    text: isRefused
      ? (obstacles[0] ?? "refused")
      : planCounts(review.plan.views, review.plan.modeChanges.length),
  };
  if (!hasMergeStatus || branch === null) return [result];
  const [first = "may merge by itself"] = obstacles;
  return [
    result,
    // With the branch: a pull request of the same commit into another branch sets another status.
    { context: `grantkeeper/${name}/auto-merge/${branch}`, isSuccess: obstacles.length === 0, text: first },
  ];
}

/** @returns a line for each */
async function postStatuses(
  statuses: readonly ReviewStatus[],
  commit: string,
  api: ForgeApi,
): Promise<readonly string[]> {
  const posted: string[] = [];
  for (const status of statuses) {
    await postStatus(status, commit, api);
    posted.push(`status ${status.context}: ${status.isSuccess ? "success" : "failure"}`);
  }
  return posted;
}

async function postStatus(status: ReviewStatus, commit: string, api: ForgeApi): Promise<void> {
  const { forge, repository } = api.target;
  const form = FORGES[forge];
  const text = cleanLine(status.text);
  const shown = text.length > form.longestText ? `${text.slice(0, form.longestText - 1)}…` : text;
  const state = form.states[status.isSuccess ? "success" : "failure"];
  const body = form.body({ state, text: shown, name: status.context, link: null });
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
  const found = await api.read(`/projects/${project}/repository/commits/${commit}/statuses?${query}`);
  const named = (Array.isArray(found) ? found : []).filter((one) => memberOf(one, "name") === name);
  const idOf = (one: unknown): number => Number(memberOf(one, "id") ?? 0);
  const newest = named.toSorted((a, b) => idOf(b) - idOf(a))[0];
  return memberOf(newest, "status") === state;
}
