import type { PlanReport } from "../../plan/report.ts";
import { planExitCode } from "../../plan/report.ts";
import { planCounts } from "../../../plan/render/plan-summary.ts";
import { FORGES } from "../../../network/forges/status-form.ts";
import { cleanLine } from "../../../cli/screen/paint.ts";
import { obstacleTexts } from "../obstacles.ts";
import type { Review } from "../review.ts";
import { memberOf } from "./conversation.ts";
import { ForgeError, type ForgeApi } from "./forge-api.ts";
import type { PostTarget } from "./target.ts";

/** The state of a commit under one name. */
export interface ReviewStatus {
  /** `grantkeeper/review`. */
  readonly context: string;
  readonly isSuccess: boolean;
  readonly text: string;
}

/** Whether the change can be applied; and, if it is asked for, whether it may merge by itself. */
export function statusesOf(
  review: Review,
  { name, hasMergeStatus }: Pick<PostTarget, "name" | "hasMergeStatus">,
  branch: string | null,
): readonly ReviewStatus[] {
  const obstacles = obstacleTexts(review);
  const isRefused = planExitCode(review.plan, false) !== 0;
  const result = {
    context: `grantkeeper/${name}`,
    isSuccess: !isRefused,
    text: isRefused ? (obstacles[0] ?? "refused") : summaryOf(review.plan),
  };
  if (!hasMergeStatus || branch === null) return [result];
  const [first = "may merge by itself"] = obstacles;
  return [
    result,
    // With the branch: a pull request of the same commit into another branch sets another status.
    { context: `grantkeeper/${name}/auto-merge/${branch}`, isSuccess: obstacles.length === 0, text: first },
  ];
}

function summaryOf({ views, modeChanges }: PlanReport): string {
  return planCounts(views, modeChanges.length);
}

/** @returns a line for each */
export async function postStatuses(
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
