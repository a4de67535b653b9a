import { describe, expect, test } from "@jest/globals";
import { approvingReviews, type ListedReviewer } from "../../../src/judge/approvals/review-approvals.ts";
import type {
  ForgeReview,
  ReviewedContent,
  ReviewedRequest,
} from "../../../src/model/records/pull-requests/reviewed.ts";

const HEAD = "b".repeat(40);
const OLDER = "a".repeat(40);
const LEE: ListedReviewer = { accountId: 7, actor: "lee", mails: ["lee@example.com"] };
const ANA: ListedReviewer = { accountId: 8, actor: "ana", mails: ["ana@example.com"] };
const AUTHOR = 5;

function review(change: Partial<ForgeReview> = {}): ForgeReview {
  const at = "2026-11-30T10:00:00.000Z";
  return { id: 100, accountId: 7, isBot: false, verdict: "approved", commit: HEAD, at, ...change };
}

const REQUEST: ReviewedRequest = {
  number: 12,
  head: HEAD,
  authorId: AUTHOR,
  reviews: [review()],
  commits: [{ id: HEAD, accounts: [AUTHOR, AUTHOR] }],
  retargetedAt: null,
};

const CONTENT: ReviewedContent = {
  isSame: true,
  isOnTop: true,
  commits: [HEAD],
  authors: { people: ["dana@example.com"], assistants: [], unknown: null },
};

const LATER = "2026-11-30T11:00:00.000Z";

interface Case {
  readonly request?: Partial<ReviewedRequest>;
  readonly content?: Partial<ReviewedContent>;
  readonly listed?: readonly ListedReviewer[];
  readonly because: string;
}

function decide({ request, content, listed = [LEE] }: Omit<Case, "because">) {
  return approvingReviews({ ...REQUEST, ...request }, { ...CONTENT, ...content }, listed);
}

function approvers(found: Omit<Case, "because">): readonly string[] {
  const decision = decide(found);
  return decision.kind === "none" ? [decision.why.kind] : decision.by.map(({ reviewer }) => reviewer.actor);
}

describe("a review approves", () => {
  test.each<Case & { readonly by?: readonly string[] }>([
    { because: "a listed person approved the newest commit" },
    {
      request: { reviews: [review({ id: 99, verdict: "changes-requested" }), review({ at: LATER })] },
      because: "the changes that the person requested before were made",
    },
    {
      request: { reviews: [review({ id: 99, commit: OLDER }), review({ id: 101, at: LATER })] },
      because: "the person approved again after a push",
    },
    {
      request: { reviews: [review(), review({ accountId: 66, verdict: "changes-requested", at: LATER })] },
      because: "only a person who is not listed requested changes",
    },
    {
      request: { retargetedAt: "2026-11-30T09:00:00.000Z" },
      because: "the pull request was directed at this branch before",
    },
    {
      content: {
        authors: {
          ...CONTENT.authors,
          people: ["77+lee@users.noreply.github.com", "7+lee@example.com", "lee-7@users.noreply.gitlab.com"],
        },
      },
      because: "the private addresses are of other accounts, or of no forge",
    },
    {
      request: { commits: [{ id: HEAD, accounts: null }] },
      because: "a forge without accounts of commits leaves the addresses, which differ",
    },
    {
      request: {
        commits: [
          { id: HEAD, accounts: [AUTHOR, 19_864_447] },
          { id: OLDER, accounts: [AUTHOR, 5] },
        ],
      },
      because: "the forge lists a commit more, which the revision before has",
    },
    {
      request: { reviews: [review({ accountId: AUTHOR }), review()], authorId: AUTHOR },
      listed: [{ ...ANA, accountId: AUTHOR }, LEE],
      because: "the author approved too, and does not count",
    },
    {
      request: { reviews: [review(), review({ accountId: 8, id: 101 })] },
      listed: [ANA, LEE],
      by: ["ana", "lee"],
      because: "each of two approved",
    },
  ])("if $because", ({ by = ["lee"], ...found }) => {
    expect(approvers(found)).toEqual(by);
  });

  test("with its id, its time and its account", () => {
    expect(decide({})).toEqual({ kind: "approving", by: [{ reviewer: LEE, review: REQUEST.reviews[0] }] });
  });
});

describe("no review approves", () => {
  test.each<Case & { readonly why: string }>([
    {
      content: { isSame: false },
      why: "moved-on",
      because: "the merge has other content than what was reviewed",
    },
    {
      content: { isOnTop: false },
      why: "moved-on",
      because: "the branch had moved on: an equal tree would take back what it has",
    },
    {
      content: { commits: [HEAD, OLDER] },
      why: "other-commits",
      because: "the revision has a commit that the pull request did not show",
    },
    { content: { commits: [] }, why: "other-commits", because: "Git has no commit of it" },
    {
      request: { reviews: [review({ commit: OLDER })] },
      why: "not-approved",
      because: "an older commit was reviewed, or the newest was replaced by a force-push",
    },
    {
      request: { reviews: [review({ commit: null })] },
      why: "not-approved",
      because: "it is not known which commit was reviewed",
    },
    {
      request: { reviews: [review({ verdict: "dismissed" })] },
      why: "not-approved",
      because: "the review was dismissed",
    },
    {
      request: { reviews: [review({ at: LATER }), review({ id: 99, verdict: "dismissed", at: LATER })] },
      why: "not-approved",
      because: "one of two reviews in one instant was dismissed",
    },
    {
      request: { reviews: [review(), review({ id: 101, verdict: "changes-requested", at: LATER })] },
      why: "not-approved",
      because: "the person requested changes afterwards",
    },
    {
      request: { reviews: [review({ verdict: "changes-requested", at: LATER }), review()] },
      why: "not-approved",
      because: "the person requested changes afterwards, and the forge lists it first",
    },
    {
      request: { reviews: [review({ accountId: 77 })] },
      why: "not-approved",
      because: "an account that is not listed approved, under a name of a listed one",
    },
    {
      request: { reviews: [review({ accountId: null })] },
      why: "not-approved",
      because: "the account is deleted",
    },
    { request: { reviews: [review({ isBot: true })] }, why: "not-approved", because: "a bot approved" },
    {
      request: { retargetedAt: LATER },
      why: "not-approved",
      because: "the pull request showed other changes when it was reviewed",
    },
    {
      request: { retargetedAt: "2026-11-30T10:00:00.000Z" },
      why: "not-approved",
      because: "it was directed at another branch in the same instant",
    },
    { request: { authorId: 7 }, why: "own-change", because: "the reviewer opened it" },
    {
      request: { commits: [{ id: HEAD, accounts: [7, 5] }] },
      why: "own-change",
      because: "the reviewer is the author of a commit",
    },
    {
      request: { commits: [{ id: HEAD, accounts: [5, 7] }] },
      why: "own-change",
      because: "the reviewer is the committer of a commit",
    },
    {
      content: { authors: { ...CONTENT.authors, people: ["lee@example.com"] } },
      why: "own-change",
      because: "a commit has the reviewer's address, under another account",
    },
    ...[
      "7+lee@users.noreply.github.com",
      "7+lee@users.noreply.github.example.com",
      "7-lee@users.noreply.gitlab.com",
      "7@users.noreply.gitlab.com",
    ].map((mail) => ({
      content: { authors: { ...CONTENT.authors, people: [mail] } },
      why: "own-change",
      because: `a suggestion of the reviewer was committed, with the co-author ${mail}`,
    })),
    {
      request: { commits: [{ id: HEAD, accounts: [5, null] }] },
      why: "unknown-author",
      because: "no account has the address of the committer",
    },
    {
      content: { authors: { ...CONTENT.authors, unknown: "the message of commit b is too large" } },
      why: "unknown-author",
      because: "the authors cannot be read from Git",
    },
    {
      content: { authors: { ...CONTENT.authors, isPartial: true } },
      why: "unknown-author",
      because: "the list of authors is cut",
    },
    { listed: [], why: "not-approved", because: "no one is listed" },
  ])("if $because", ({ why, ...found }) => {
    expect(approvers(found)).toEqual([why]);
  });
});
