import type { ForgeReview, RequestCommit } from "../../model/records/pull-requests/reviewed.ts";
import { memberOf } from "./conversation.ts";
import { reviewIdIn, instantOfReview, isCommitHash } from "./reviews.ts";

/** What GitLab shows of a merge request, each as it answers. */
interface GitLabAnswers {
  readonly approvals: unknown;
  /** Of the changes, all of them. */
  readonly versions: readonly unknown[];
  readonly reviewers: readonly unknown[];
}

export function requestPath(repository: string, number: number): string {
  return `/projects/${encodeURIComponent(repository)}/merge_requests/${number}`;
}

/** null: it has another form. */
export function readMergeRequest(
  answer: unknown,
): { readonly head: string; readonly authorId: number } | null {
  const [head, authorId] = [memberOf(answer, "sha"), reviewIdIn(memberOf(answer, "author"))];
  return isCommitHash(head) && authorId !== undefined ? { head, authorId } : null;
}

/** GitLab shows no account of a commit. */
export function readMergeRequestCommit(one: unknown): RequestCommit | null {
  const id = memberOf(one, "id");
  return isCommitHash(id) ? { id, accounts: null } : null;
}

/**
 * An approval names no commit. It is one of the newest commit if the newest version of the changes, which each push and
 * each new target branch makes, is older than it. A person who then requested changes has approved nothing.
 *
 * @returns null: GitLab answers in another form, such as an older version, without the time of an approval
 * @see https://docs.gitlab.com/api/merge_request_approvals/ and /api/merge_requests/ (versions, reviewers)
 */
export function approvalsIn(
  { approvals, versions, reviewers }: GitLabAnswers,
  head: string,
): readonly ForgeReview[] | null {
  const list = memberOf(approvals, "approved_by");
  const newest = newestVersion(versions);
  const rejecting = requesting(reviewers);
  if (!Array.isArray(list) || newest === null || rejecting === null) return null;
  const all = list.map((one: unknown): ForgeReview | null => {
    const [accountId, at] = [
      reviewIdIn(memberOf(one, "user")),
      instantOfReview(memberOf(one, "approved_at")),
    ];
    if (accountId === undefined || at === null) return null;
    const isOfHead = newest.head === head && Date.parse(newest.at) < Date.parse(at);
    const verdict = rejecting.has(accountId) ? "changes-requested" : "approved";
    return { id: null, accountId, isBot: false, verdict, commit: isOfHead ? head : null, at };
  });
  const known = all.filter((one) => one !== null);
  return known.length === all.length ? known : null;
}

function newestVersion(versions: readonly unknown[]): { readonly head: string; readonly at: string } | null {
  const all = versions.map((one) => {
    const [head, at] = [memberOf(one, "head_commit_sha"), instantOfReview(memberOf(one, "created_at"))];
    return isCommitHash(head) && at !== null ? { head, at } : null;
  });
  const known = all.filter((one) => one !== null);
  const newest = known.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at)).at(-1);
  return known.length === all.length ? (newest ?? null) : null;
}

/** null: a state is missing. */
function requesting(reviewers: readonly unknown[]): ReadonlySet<number> | null {
  const accounts = new Set<number>();
  for (const one of reviewers) {
    const [id, state] = [reviewIdIn(memberOf(one, "user")), memberOf(one, "state")];
    if (id === undefined || typeof state !== "string") return null;
    if (state === "requested_changes") accounts.add(id);
  }
  return accounts;
}
