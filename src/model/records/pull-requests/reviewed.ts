import type { Authors } from "../../authors.ts";

/** A review of a pull request, as its forge states it. */
export interface ForgeReview {
  /** null: the forge gives its approvals no id. */
  readonly id: number | null;
  /** Immutable; null: the account was deleted. */
  readonly accountId: number | null;
  readonly isBot: boolean;
  readonly verdict: "approved" | "changes-requested" | "dismissed";
  /** The commit that was reviewed; null: not the newest one, or it is not known which. */
  readonly commit: string | null;
  /** ISO 8601. */
  readonly at: string;
}

export interface RequestCommit {
  readonly id: string;
  /** Of its author and its committer, a member is null if no account has the address; null: the forge shows none of any commit. */
  readonly accounts: readonly (number | null)[] | null;
}

/** A merged pull request with its reviews, as its forge states it. */
export interface ReviewedRequest {
  readonly number: number;
  /** The hash of its newest commit. */
  readonly head: string;
  readonly authorId: number;
  /** In the order of the forge. */
  readonly reviews: readonly ForgeReview[];
  readonly commits: readonly RequestCommit[];
  /** ISO 8601: when it was last directed at another branch, so that it shows other changes; null: never. */
  readonly retargetedAt: string | null;
}

/** What Git has of a pull request that was merged: its newest commit, compared with the revision. */
export interface ReviewedContent {
  /** The files of the revision are exactly those of that commit. */
  readonly isSame: boolean;
  /** That commit continues the revision before, so that their difference is what the revision changes. */
  readonly isOnTop: boolean;
  /** Hashes of the commits that it adds to the revision before. */
  readonly commits: readonly string[];
  /** Of all these commits. */
  readonly authors: Authors;
}

/** The review by which a person approved a change. */
export interface ApprovingReview {
  /** `github` */
  readonly forge: string;
  readonly pullRequest: number;
  /** null: the forge gives its approvals no id. */
  readonly id: number | null;
  readonly accountId: number;
  /** The hash of the commit that was reviewed. */
  readonly commit: string;
  /** ISO 8601. */
  readonly at: string;
}
