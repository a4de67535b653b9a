/** An operation of a forge that Grantkeeper uses, and the fields of its answer that are kept in the description. */
export interface UsedOperation {
  /** As the published description names it. */
  readonly name: string;
  /** Paths such as `user.id`, through lists too. */
  readonly answer: readonly string[];
  /** Of these, the ones that the server may answer with null although its description does not state it. */
  readonly nullable?: readonly string[];
}

const COMMENT = ["id", "body", "user.id", "user.login"];

export const GITHUB: readonly UsedOperation[] = [
  { name: "users/get-authenticated", answer: ["id", "login"] },
  { name: "repos/get", answer: ["id"] },
  {
    name: "pulls/get",
    answer: [
      "state",
      "locked",
      "merged",
      "merge_commit_sha",
      "commits",
      "head.sha",
      "base.ref",
      "user.id",
      "user.type",
    ],
  },
  {
    name: "issues/list-comments",
    answer: [...COMMENT, "user.type", "performed_via_github_app.id", "performed_via_github_app.client_id"],
  },
  {
    name: "issues/get-comment",
    answer: [...COMMENT, "user.type", "performed_via_github_app.id", "performed_via_github_app.client_id"],
  },
  { name: "issues/create-comment", answer: ["id"] },
  { name: "issues/update-comment", answer: ["id"] },
  { name: "pulls/list-review-comments", answer: COMMENT },
  { name: "pulls/list-files", answer: ["filename", "patch"] },
  { name: "pulls/create-review", answer: ["id"] },
  { name: "repos/create-commit-status", answer: ["state", "context"] },
  {
    name: "repos/list-pull-requests-associated-with-commit",
    answer: ["number", "merged_at", "merge_commit_sha", "head.sha", "base.ref", "base.repo.full_name"],
  },
  {
    name: "pulls/list-reviews",
    answer: ["id", "user.id", "user.type", "state", "commit_id", "submitted_at"],
  },
  { name: "pulls/list-commits", answer: ["sha", "author.id", "committer.id"] },
  { name: "issues/list-events", answer: ["event", "created_at"] },
  {
    name: "apps/create-installation-access-token",
    answer: ["token", "expires_at", "permissions.contents", "permissions.metadata"],
  },
];

/** Its description states nowhere that a value may be null; those of a Go pointer may. */
export const GITEA: readonly UsedOperation[] = [
  { name: "userGetCurrent", answer: ["id", "login"] },
  { name: "repoGet", answer: ["id"] },
  {
    name: "repoGetPullRequest",
    answer: ["state", "is_locked", "merged", "merge_commit_sha", "head.sha", "base.ref", "user.id"],
    nullable: ["merge_commit_sha"],
  },
  { name: "issueGetComments", answer: COMMENT },
  { name: "issueGetComment", answer: COMMENT },
  { name: "issueCreateComment", answer: ["id"] },
  { name: "issueEditComment", answer: ["id"] },
  { name: "repoCreateStatus", answer: ["status", "context"] },
  {
    name: "repoGetCommitPullRequest",
    answer: [
      "number",
      "merged",
      "merged_at",
      "merge_commit_sha",
      "head.sha",
      "base.ref",
      "base.repo.full_name",
    ],
    nullable: ["merged_at", "merge_commit_sha"],
  },
  {
    name: "repoListPullReviews",
    answer: ["id", "user.id", "state", "commit_id", "stale", "dismissed", "official", "submitted_at"],
    nullable: ["user"],
  },
  {
    name: "repoGetPullRequestCommits",
    answer: ["sha", "author.id", "committer.id"],
    nullable: ["author", "committer"],
  },
  { name: "issueGetCommentsAndTimeline", answer: ["type", "created_at"] },
];
