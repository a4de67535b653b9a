import type { ForgeReview, RequestCommit } from "../../model/records/pull-requests/reviewed.ts";
import { memberOf, type ConversationForge } from "./conversation.ts";

/** Of a pull request: who made it, and its newest commit. */
interface PullRequestFacts {
  readonly head: string;
  readonly authorId: number;
  /** How many commits it has; null: the forge does not state it. */
  readonly commits: number | null;
}

interface RequestPlace {
  readonly repository: string;
  readonly number: number;
}

/**
 * How a forge shows a pull request and its reviews. A reader answers null if a value has another form than the forge
 * documents: then nothing is known of the list that it is in.
 */
interface ReviewForm {
  readonly request: (place: RequestPlace) => string;
  readonly readRequest: (answer: unknown) => PullRequestFacts | null;
  /** The fields of the page that are added to a path of a list. */
  readonly page: (page: number) => string;
  readonly commits: (place: RequestPlace) => string;
  readonly readCommit: (one: unknown) => RequestCommit | null;
  /** What happened to it, such as a new target branch; null: the versions of its changes show it. */
  readonly events: ((place: RequestPlace) => string) | null;
  /** When it was directed at another branch (ISO 8601); undefined: another event. */
  readonly retargetedAt: (event: unknown) => string | null | undefined;
  readonly reviews: (place: RequestPlace) => string;
  /** undefined: a comment, which decides nothing. */
  readonly readReview: (one: unknown) => ForgeReview | null | undefined;
}

/** @see https://docs.github.com/en/rest/pulls/reviews, /pulls/pulls and /issues/events */
const github: ReviewForm = {
  request: ({ repository, number }) => `/repos/${repository}/pulls/${number}`,
  readRequest: (answer) =>
    factsOf({
      head: memberOf(memberOf(answer, "head"), "sha"),
      author: memberOf(answer, "user"),
      commits: memberOf(answer, "commits"),
    }),
  page: (page) => `per_page=100&page=${page}`,
  commits: (place) => `${github.request(place)}/commits`,
  readCommit: (one) => accountsOf(memberOf(one, "sha"), one),
  events: ({ repository, number }) => `/repos/${repository}/issues/${number}/events`,
  retargetedAt: (event) => (isOneOf(memberOf(event, "event"), GITHUB_RETARGETS) ? timeIn(event) : undefined),
  reviews: (place) => `${github.request(place)}/reviews`,
  readReview: (one) => {
    const user = memberOf(one, "user");
    return reviewOf(one, {
      verdict: GITHUB_VERDICTS.get(memberOf(one, "state")),
      isBot: memberOf(user, "type") !== "User",
      isStale: false,
    });
  },
};

const GITHUB_RETARGETS = ["base_ref_changed", "automatic_base_change_succeeded", "base_ref_force_pushed"];

const GITHUB_VERDICTS = new Map<unknown, ForgeReview["verdict"] | "none">([
  ["APPROVED", "approved"],
  ["CHANGES_REQUESTED", "changes-requested"],
  ["DISMISSED", "dismissed"],
  ["COMMENTED", "none"],
  ["PENDING", "none"],
]);

/**
 * A review is stale after a push that changed the pull request.
 *
 * @see https://docs.gitea.com/api (repoListPullReviews, repoGetPullRequestCommits, issueGetCommentsAndTimeline)
 */
const gitea: ReviewForm = {
  ...github,
  page: (page) => `limit=50&page=${page}`,
  readRequest: (answer) =>
    factsOf({
      head: memberOf(memberOf(answer, "head"), "sha"),
      author: memberOf(answer, "user"),
      commits: null,
    }),
  events: ({ repository, number }) => `/repos/${repository}/issues/${number}/timeline`,
  retargetedAt: (event) => (memberOf(event, "type") === "change_target_branch" ? timeIn(event) : undefined),
  readReview: (one) =>
    reviewOf(one, {
      verdict: memberOf(one, "dismissed") === true ? "dismissed" : GITEA_VERDICTS.get(memberOf(one, "state")),
      isBot: false,
      isStale: memberOf(one, "stale") !== false,
    }),
};

const GITEA_VERDICTS = new Map<unknown, ForgeReview["verdict"] | "none">([
  ["APPROVED", "approved"],
  ["REQUEST_CHANGES", "changes-requested"],
  ["COMMENT", "none"],
  ["PENDING", "none"],
  ["REQUEST_REVIEW", "none"],
]);

export const REVIEWS: Readonly<Record<Exclude<ConversationForge, "gitlab">, ReviewForm>> = {
  github,
  gitea,
  forgejo: gitea,
};

interface Stated {
  /** undefined: a state that is not known. */
  readonly verdict: ForgeReview["verdict"] | "none" | undefined;
  readonly isBot: boolean;
  readonly isStale: boolean;
}

function reviewOf(one: unknown, { verdict, isBot, isStale }: Stated): ForgeReview | null | undefined {
  if (verdict === "none") return undefined;
  const [id, user, commit] = ["id", "user", "commit_id"].map((name) => memberOf(one, name));
  const at = instantOfReview(memberOf(one, "submitted_at"));
  const accountId = user === null ? null : reviewIdIn(user);
  if (verdict === undefined || !isId(id) || accountId === undefined || at === null) return null;
  return { id, accountId, isBot, verdict, commit: isCommitHash(commit) && !isStale ? commit : null, at };
}

function factsOf({
  head,
  author,
  commits,
}: {
  readonly head: unknown;
  readonly author: unknown;
  readonly commits: unknown;
}): PullRequestFacts | null {
  const authorId = reviewIdIn(author);
  if (!isCommitHash(head) || authorId === undefined || (commits !== null && !isId(commits))) return null;
  return { head, authorId, commits };
}

/** Without an account, GitHub shows null or an object without members. */
function accountsOf(id: unknown, one: unknown): RequestCommit | null {
  if (!isCommitHash(id)) return null;
  return { id, accounts: ["author", "committer"].map((name) => reviewIdIn(memberOf(one, name)) ?? null) };
}

function timeIn(event: unknown): string | null {
  return instantOfReview(memberOf(event, "created_at"));
}

/** ISO 8601; null: it is no time. */
export function instantOfReview(value: unknown): string | null {
  const ms = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}

/** undefined: it is no account. Deleted ones of Gitea have the id -1. */
export function reviewIdIn(user: unknown): number | undefined {
  const id = memberOf(user, "id");
  return isId(id) ? id : undefined;
}

export function isCommitHash(value: unknown): value is string {
  return typeof value === "string" && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(value);
}

function isId(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

function isOneOf(value: unknown, names: readonly string[]): boolean {
  return typeof value === "string" && names.includes(value);
}
