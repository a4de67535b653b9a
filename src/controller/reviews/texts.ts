import type { NoReview } from "../../judge/approvals/review-approvals.ts";
import type { UncountedReview } from "../state/merged/review-answers.ts";
import type { ReviewedRequest } from "../../model/records/pull-requests/reviewed.ts";

const SHORT = 8;
const BY_COMMAND = "approve with the command";

/** Of a revision, before a forge is asked. */
export type Unsuited =
  "not-exact" | "earlier-changes" | "unseen" | "used" | "rejected" | "no-request" | "several-requests";

const UNSUITED: Readonly<Record<Unsuited, string>> = {
  "not-exact": "it is not known exactly what the revision changed",
  "earlier-changes": "it may also have changes of another revision, which were not seen applied",
  unseen: "it also covers what no pull request shows",
  used: "the review has approved an earlier plan of it, which ended or changed",
  rejected: "a person has rejected a plan of it since the revision was accepted",
  "no-request": "no merged pull request made the revision",
  "several-requests": "several pull requests made the revision",
};

export function unsuited(why: Unsuited): UncountedReview {
  return { kind: "none", text: `no review counts: ${UNSUITED[why]}; ${BY_COMMAND}` };
}

export function unreadReviewText(cause: string): UncountedReview {
  return { kind: "unread", text: `reviews cannot be read: ${cause}; it is tried again, or ${BY_COMMAND}` };
}

export function noReview(why: NoReview, { number }: Pick<ReviewedRequest, "number">): UncountedReview {
  const text = `no review of pull request ${number} counts: ${whyText(why)}`;
  return why.kind === "not-approved"
    ? { kind: "awaited", text }
    : { kind: "none", text: `${text}; ${BY_COMMAND}` };
}

function whyText(why: NoReview): string {
  switch (why.kind) {
    case "moved-on":
      return "its branch had moved on, or the merge has other content than the reviewed commit";
    case "other-commits":
      return "the revision has commits that the pull request does not show";
    case "unknown-author":
      return why.commit === null
        ? "the authors of its commits are not all known"
        : `the author or committer of commit ${why.commit.slice(0, SHORT)} has no account there`;
    case "not-approved":
      return `no listed reviewer has approved its newest commit ${why.head.slice(0, SHORT)}`;
    case "own-change":
      return "all listed reviewers who approved it are its authors";
  }
}

/** Of the review by a listed person, in the words of the check that it does not pass. */
export function refusedReviewText(number: number, refusals: readonly string[]): UncountedReview {
  const text = `no review of pull request ${number} counts: ${refusals.join("; ")}; someone who may approve it can use the command`;
  return { kind: "none", text };
}
