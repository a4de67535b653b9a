import { memberOf, type ConversationForge } from "./conversation.ts";

/** A pull request that was merged, as far as a forge shows it. */
export interface MergedPullRequest {
  readonly number: number;
  /** The branch that it was merged into. */
  readonly branch: string;
  /** Hashes of what its merge made, and of its newest commit: with a fast-forward there is no other one. */
  readonly commits: readonly string[];
}

/** How a forge finds the pull requests that brought a commit. */
interface MergedForm {
  readonly path: (repository: string, commit: string) => string;
  /** Without those that are not merged, and those into another repository. */
  readonly merged: (answer: unknown, repository: string) => readonly MergedPullRequest[];
  readonly repository: (repository: string) => string;
  /** Whether no one without further rights may comment: the answer to a question for one pull request. */
  readonly isLocked: (answer: unknown) => boolean;
}

const github: MergedForm = {
  path: (repository, commit) => `/repos/${repository}/commits/${commit}/pulls?per_page=100`,
  merged: (answer, repository) =>
    listOf(answer).flatMap((one) =>
      typeof memberOf(one, "merged_at") === "string" && isInto(one, repository) ? requestOf(one) : [],
    ),
  repository: (repository) => `/repos/${repository}`,
  isLocked: (answer) => memberOf(answer, "locked") === true,
};

/** One pull request in the answer, and only for the commit that its merge made. */
const gitea: MergedForm = {
  path: (repository, commit) => `/repos/${repository}/commits/${commit}/pull`,
  merged: (answer, repository) =>
    memberOf(answer, "merged") === true && isInto(answer, repository) ? requestOf(answer) : [],
  repository: (repository) => `/repos/${repository}`,
  isLocked: (answer) => memberOf(answer, "is_locked") === true,
};

/**
 * @see https://docs.github.com/en/rest/commits/commits#list-pull-requests-associated-with-a-commit (merged ones of the default branch)
 * @see https://docs.gitlab.com/api/commits/#list-all-merge-requests-associated-with-a-commit
 * @see https://docs.gitea.com/api (repoGetCommitPullRequest)
 */
export const MERGED: Readonly<Record<ConversationForge, MergedForm>> = {
  github,
  gitlab: {
    path: (repository, commit) =>
      `/projects/${encodeURIComponent(repository)}/repository/commits/${commit}/merge_requests?per_page=100`,
    // GitLab lists those into the project that was asked.
    merged: (answer) =>
      listOf(answer).flatMap((one) => {
        const [number, branch] = [memberOf(one, "iid"), memberOf(one, "target_branch")];
        if (memberOf(one, "state") !== "merged" || !isNumber(number) || typeof branch !== "string") return [];
        const hashes = ["merge_commit_sha", "squash_commit_sha", "sha"].map((name) => memberOf(one, name));
        return [{ number, branch, commits: textsIn(hashes) }];
      }),
    repository: (repository) => `/projects/${encodeURIComponent(repository)}`,
    isLocked: (answer) => memberOf(answer, "discussion_locked") === true,
  },
  gitea,
  forgejo: gitea,
};

function requestOf(value: unknown): readonly MergedPullRequest[] {
  const [number, base] = [memberOf(value, "number"), memberOf(value, "base")];
  const branch = memberOf(base, "ref");
  if (!isNumber(number) || typeof branch !== "string") return [];
  const hashes = [memberOf(value, "merge_commit_sha"), memberOf(memberOf(value, "head"), "sha")];
  return [{ number, branch, commits: textsIn(hashes) }];
}

/** The names of a forge have no case. */
function isInto(value: unknown, repository: string): boolean {
  const name = memberOf(memberOf(memberOf(value, "base"), "repo"), "full_name");
  return typeof name === "string" && name.toLowerCase() === repository.toLowerCase();
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textsIn(values: readonly unknown[]): readonly string[] {
  return values.filter((one) => typeof one === "string");
}

function isNumber(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}
