import { unlistedAuthors } from "../../model/authors.ts";
import type {
  ForgeReview,
  RequestCommit,
  ReviewedContent,
  ReviewedRequest,
} from "../../model/records/pull-requests/reviewed.ts";

/** A person whose reviews count as approvals. */
export interface ListedReviewer {
  /** Of the forge. A name can be changed, and taken by another person. */
  readonly accountId: number;
  /** The name of the token whose rights they have. */
  readonly actor: string;
  /** The addresses under which they commit, in lower case. */
  readonly mails: readonly string[];
}

/** Why no review approves a change. */
export type NoReview =
  | { readonly kind: "moved-on" }
  /** What the pull request showed has fewer commits than the revision. */
  | { readonly kind: "other-commits" }
  /** The authors of a commit are not known, so that a reviewer may be one of them. */
  | { readonly kind: "unknown-author"; readonly commit: string | null }
  | { readonly kind: "not-approved"; readonly head: string }
  /** All listed people who approved are authors. */
  | { readonly kind: "own-change" };

export interface Approving<Reviewer extends ListedReviewer> {
  readonly reviewer: Reviewer;
  readonly review: ForgeReview;
}

export type ReviewDecision<Reviewer extends ListedReviewer> =
  | { readonly kind: "approving"; readonly by: readonly Approving<Reviewer>[] }
  | { readonly kind: "none"; readonly why: NoReview };

/**
 * The reviews that approve what a revision changes: of listed people who are no authors of it, on exactly the newest commit
 * of the pull request, which has the files of the revision and shows all that it changes. The forge states who reviewed
 * what; the content is from Git.
 */
export function approvingReviews<Reviewer extends ListedReviewer>(
  request: ReviewedRequest,
  content: ReviewedContent,
  listed: readonly Reviewer[],
): ReviewDecision<Reviewer> {
  if (!content.isSame || !content.isOnTop) return none({ kind: "moved-on" });
  const known = new Map(request.commits.map((commit) => [commit.id, commit]));
  if (content.commits.length === 0 || content.commits.some((id) => !known.has(id)))
    return none({ kind: "other-commits" });
  const unknown = unknownAuthor(request.commits, content);
  if (unknown !== null) return none(unknown);
  const approving = listed.flatMap((reviewer) => {
    const review = lastReview(request.reviews, reviewer);
    return review !== null && isApproving(review, request) ? [{ reviewer, review }] : [];
  });
  if (approving.length === 0) return none({ kind: "not-approved", head: request.head });
  const by = approving.filter(({ reviewer }) => !isAuthor(reviewer, request, content));
  return by.length === 0 ? none({ kind: "own-change" }) : { kind: "approving", by };
}

function none(why: NoReview): { readonly kind: "none"; readonly why: NoReview } {
  return { kind: "none", why };
}

function unknownAuthor(commits: readonly RequestCommit[], { authors }: ReviewedContent): NoReview | null {
  const commit = commits.find(({ accounts }) => accounts?.includes(null) === true);
  if (commit !== undefined) return { kind: "unknown-author", commit: commit.id };
  return unlistedAuthors(authors) === null ? null : { kind: "unknown-author", commit: null };
}

/** A dismissal, or changes that were requested later, take an approval back. Of two in one instant, the one that is none counts. */
function lastReview(reviews: readonly ForgeReview[], { accountId }: ListedReviewer): ForgeReview | null {
  const own = reviews.filter((review) => review.accountId === accountId);
  const sorted = own.toSorted(
    (a, b) =>
      Date.parse(a.at) - Date.parse(b.at) ||
      Number(b.verdict === "approved") - Number(a.verdict === "approved"),
  );
  return sorted.at(-1) ?? null;
}

function isApproving(review: ForgeReview, { head, retargetedAt }: ReviewedRequest): boolean {
  const isOfShown = retargetedAt === null || Date.parse(review.at) > Date.parse(retargetedAt);
  return review.verdict === "approved" && review.commit === head && !review.isBot && isOfShown;
}

function isAuthor(
  { accountId, mails }: ListedReviewer,
  { authorId, commits }: ReviewedRequest,
  { authors }: ReviewedContent,
): boolean {
  return (
    accountId === authorId ||
    commits.some(({ accounts }) => accounts?.includes(accountId) === true) ||
    authors.people.some((mail) => mails.includes(mail) || accountIn(mail) === accountId)
  );
}

/**
 * The account in an address by which a forge keeps the own one of a person private, as in the co-author of a suggestion
 * that was committed: `583231+lee@users.noreply.github.com`, `583231-lee@users.noreply.gitlab.com`.
 *
 * @see https://docs.github.com/en/account-and-profile/setting-up-and-managing-your-personal-account-on-github/managing-email-preferences/setting-your-commit-email-address
 * @see https://docs.gitlab.com/ee/user/profile/index.html#private-commit-email
 */
function accountIn(mail: string): number | null {
  const id = /^(\d+)(?:[+-][^@]*)?@(?:users\.)?noreply\./.exec(mail)?.[1];
  return id === undefined ? null : Number(id);
}
