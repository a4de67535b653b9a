import type { ConversationForge } from "../../../src/network/forges/conversation.ts";

export interface StoredComment {
  readonly id: number;
  body: string;
  readonly author: { readonly id: number; readonly login: string };
  /** Of a suggestion: `teams/orders/api.yaml:7`. */
  readonly at: string | null;
}

export interface StoredStatus {
  readonly commit: string;
  readonly state: string;
  readonly name: string;
  readonly text: string;
}

/** A pull request as the forge lists it for a commit. */
export interface MergedOnForge {
  readonly number: number;
  /** The commits for which the forge lists it. */
  readonly ofCommits: readonly string[];
  readonly mergeCommit: string | null;
  readonly head: string;
  readonly branch: string;
  readonly isMerged: boolean;
  readonly into: string;
}

interface ShownPullRequest {
  readonly state: string;
  readonly head: string;
  readonly branch: string;
  readonly isLocked: boolean;
}

/** How a forge shows what the server has. The descriptions of test/fixtures/forges are checked against every answer. */
interface Forms {
  readonly user: (account: StoredComment["author"]) => object;
  readonly comment: (comment: StoredComment) => object;
  /** In the list of the comments at lines. */
  readonly suggestion: (comment: StoredComment) => object;
  readonly addedSuggestion: (id: number) => object;
  readonly pullRequest: (shown: ShownPullRequest) => object;
  readonly merged: (one: MergedOnForge) => object;
  readonly addedStatus: (status: StoredStatus) => object;
}

const NEVER = { locked: false, merged: false, merge_commit_sha: null };

const github: Forms = {
  user: (account) => account,
  comment: ({ id, body, author }) => ({ id, body, user: { ...author, type: "User" } }),
  suggestion: ({ id, body, author }) => ({ id, body, user: author }),
  addedSuggestion: (id) => ({ id }),
  pullRequest: ({ state, head, branch, isLocked }) => ({
    ...NEVER,
    state,
    locked: isLocked,
    commits: 1,
    head: { sha: head },
    base: { ref: branch },
    user: { id: 5, type: "User" },
  }),
  merged: ({ number, mergeCommit, head, branch, isMerged, into }) => ({
    number,
    merged_at: isMerged ? "2026-11-30T12:00:00Z" : null,
    merge_commit_sha: mergeCommit,
    head: { sha: head },
    base: { ref: branch, repo: { full_name: into } },
  }),
  addedStatus: ({ name, state }) => ({ context: name, state }),
};

const gitlab: Forms = {
  user: ({ id, login }) => ({ id, username: login }),
  comment: ({ id, body, author }) => ({ id, body, author: gitlab.user(author) }),
  suggestion: (comment) => ({ id: String(comment.id), notes: [gitlab.comment(comment)] }),
  addedSuggestion: (id) => ({ id: String(id), notes: [{ id }] }),
  pullRequest: ({ state, head, branch, isLocked }) => ({
    state: state === "open" ? "opened" : state,
    sha: head,
    target_branch: branch,
    author: { id: 5 },
    discussion_locked: isLocked ? true : null,
    diff_refs: { base_sha: "b".repeat(40), start_sha: "c".repeat(40), head_sha: head },
  }),
  merged: ({ number, mergeCommit, head, branch, isMerged }) => ({
    iid: number,
    state: isMerged ? "merged" : "closed",
    target_branch: branch,
    merge_commit_sha: mergeCommit,
    squash_commit_sha: null,
    sha: head,
  }),
  addedStatus: ({ name, state }) => ({ id: 1, name, status: state }),
};

const gitea: Forms = {
  ...github,
  comment: github.suggestion,
  pullRequest: ({ state, head, branch, isLocked }) => ({
    state,
    is_locked: isLocked,
    merged: false,
    merge_commit_sha: null,
    head: { sha: head },
    base: { ref: branch },
    user: { id: 5 },
  }),
  merged: (one) => ({ ...github.merged(one), merged: one.isMerged }),
  addedStatus: ({ name, state }) => ({ context: name, status: state }),
};

/**
 * The number of characters that a comment may have; null: Gitea and Forgejo check none, and their column takes 4 GiB.
 * @see https://github.com/orgs/community/discussions/27190 (GitHub)
 * @see https://docs.gitlab.com/administration/instance_limits/#size-of-comments-and-descriptions-of-issues-merge-requests-and-epics
 * @see https://github.com/go-gitea/gitea/blob/main/models/issues/comment.go (`Content`)
 */
export const LONGEST_COMMENT: Readonly<Record<ConversationForge, number | null>> = {
  github: 65_536,
  gitlab: 1_000_000,
  gitea: null,
  forgejo: null,
};

export const FORMS: Readonly<Record<ConversationForge, Forms>> = { github, gitlab, gitea, forgejo: gitea };
