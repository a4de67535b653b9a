import type { Forge } from "./status-form.ts";

/** Forges whose pull requests have comments that we update. */
export const CONVERSATION_FORGES = [
  "github",
  "gitlab",
  "gitea",
  "forgejo",
] as const satisfies readonly Forge[];
export type ConversationForge = (typeof CONVERSATION_FORGES)[number];

export interface ForgeRequest {
  readonly method: "GET" | "POST" | "PATCH" | "PUT";
  /** Below the API. */
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
  /** Sending it twice has the effect of sending it once. */
  readonly isRepeatable: boolean;
}

/** A pull request, or a merge request. */
export interface PullRequest {
  readonly isOpen: boolean;
  /** The hash of its newest commit. */
  readonly head: string;
  /** The branch that it is to be merged into. */
  readonly branch: string;
  /** Of GitLab: the commits that a position in the difference names. */
  readonly diff: { readonly base: string; readonly start: string } | null;
}

/** A comment of any person. */
export interface Comment {
  readonly id: number;
  readonly body: string;
  readonly authorId: number;
  readonly author: string;
}

/** Lines for which a correction is suggested. */
interface SuggestedLine {
  readonly file: string;
  /** The first and the last, from 1. */
  readonly line: number;
  readonly endLine: number;
  readonly commit: string;
  readonly diff: PullRequest["diff"];
}

interface PullRequestName {
  /** `acme/permissions`; with GitLab also deeper. */
  readonly repository: string;
  readonly pullRequest: number;
}

/** How a forge takes the comments of a pull request. */
export interface Conversation {
  readonly pullRequest: (place: PullRequestName) => string;
  readonly readPullRequest: (value: unknown) => PullRequest | null;
  /** Of a page, from 1, with this number of comments; null: there are no more pages. */
  readonly comments: (place: PullRequestName, page: number, size: number) => string | null;
  readonly comment: (place: PullRequestName, id: number) => string;
  readonly create: (place: PullRequestName, body: string) => ForgeRequest;
  readonly update: (place: PullRequestName, id: number, body: string) => ForgeRequest;
  /** null: the forge has no suggestions. */
  readonly suggestions: SuggestionRequests | null;
}

interface SuggestionRequests {
  /** Of a page, from 1. */
  readonly list: (place: PullRequestName, page: number) => string;
  /** The comments in the answer. */
  readonly comments: (value: unknown) => readonly unknown[];
  /** The language of the block that has the suggestion. */
  readonly fence: (at: Pick<SuggestedLine, "line" | "endLine">) => string;
  readonly create: NewSuggestions;
}

/** A correction, and the comment that offers it. */
export interface SuggestedComment {
  readonly at: SuggestedLine;
  readonly body: string;
}

type NewSuggestions =
  /** The forge takes one in a request. null: the merge request has no difference yet. */
  | {
      readonly kind: "each";
      readonly request: (place: PullRequestName, suggestion: SuggestedComment) => ForgeRequest | null;
    }
  /** The forge takes all in one request, or none of them if one is outside of the difference. */
  | {
      readonly kind: "together";
      /** Of a page, from 1, of the changed files. */
      readonly files: (place: PullRequestName, page: number) => string;
      readonly request: (place: PullRequestName, suggestions: SuggestionsOfCommit) => ForgeRequest;
    };

interface SuggestionsOfCommit {
  readonly commit: string;
  readonly suggestions: readonly SuggestedComment[];
}

export const PAGE_SIZE = 100;

const github: Conversation = {
  pullRequest: (place) => `/repos/${place.repository}/pulls/${place.pullRequest}`,
  readPullRequest: (value) =>
    stateOf(value, {
      head: memberOf(memberOf(value, "head"), "sha"),
      branch: memberOf(memberOf(value, "base"), "ref"),
    }),
  comments: (place, page, size) => `${githubComments(place)}?per_page=${size}&page=${page}`,
  comment: ({ repository }, id) => `/repos/${repository}/issues/comments/${id}`,
  create: (place, body) => ({ ...created(githubComments(place)), body: { body } }),
  update: (place, id, body) => ({
    method: "PATCH",
    path: github.comment(place, id),
    body: { body },
    isRepeatable: true,
  }),
  suggestions: {
    list: (place, page) => `${github.pullRequest(place)}/comments?per_page=${PAGE_SIZE}&page=${page}`,
    comments: (value) => (Array.isArray(value) ? value : []),
    fence: () => "suggestion",
    create: {
      kind: "together",
      files: (place, page) => `${github.pullRequest(place)}/files?per_page=${PAGE_SIZE}&page=${page}`,
      request: (place, { commit, suggestions }) => ({
        ...created(`${github.pullRequest(place)}/reviews`),
        body: {
          commit_id: commit,
          event: "COMMENT",
          // GitHub requires a text for this event.
          body: "Grantkeeper suggests corrections at the lines below.",
          comments: suggestions.map(githubSuggestion),
        },
      }),
    },
  },
};

const gitlab: Conversation = {
  pullRequest: ({ repository, pullRequest }) =>
    `/projects/${encodeURIComponent(repository)}/merge_requests/${pullRequest}`,
  readPullRequest: (value) => {
    const read = stateOf(value, { head: memberOf(value, "sha"), branch: memberOf(value, "target_branch") });
    const refs = memberOf(value, "diff_refs");
    const [base, start] = [memberOf(refs, "base_sha"), memberOf(refs, "start_sha")];
    const diff = typeof base === "string" && typeof start === "string" ? { base, start } : null;
    return read === null ? null : { ...read, diff };
  },
  comments: (place, page, size) => `${gitlab.pullRequest(place)}/notes?per_page=${size}&page=${page}`,
  comment: (place, id) => `${gitlab.pullRequest(place)}/notes/${id}`,
  create: (place, body) => ({ ...created(`${gitlab.pullRequest(place)}/notes`), body: { body } }),
  update: (place, id, body) => ({
    method: "PUT",
    path: gitlab.comment(place, id),
    body: { body },
    isRepeatable: true,
  }),
  suggestions: {
    list: (place, page) => `${gitlab.pullRequest(place)}/discussions?per_page=${PAGE_SIZE}&page=${page}`,
    comments: (value) =>
      (Array.isArray(value) ? value : []).flatMap((one) => {
        const notes = memberOf(one, "notes");
        return Array.isArray(notes) ? notes : [];
      }),
    // The lines above and below the one of the comment.
    fence: ({ line, endLine }) => `suggestion:-0+${endLine - line}`,
    create: {
      kind: "each",
      request: (place, { at: { file, line, commit, diff }, body }) =>
        diff === null
          ? null
          : {
              ...created(`${gitlab.pullRequest(place)}/discussions`),
              body: {
                body,
                position: {
                  position_type: "text",
                  base_sha: diff.base,
                  start_sha: diff.start,
                  head_sha: commit,
                  new_path: file,
                  old_path: file,
                  new_line: line,
                },
              },
            },
    },
  },
};

const gitea: Conversation = {
  pullRequest: (place) => `/repos/${place.repository}/pulls/${place.pullRequest}`,
  readPullRequest: github.readPullRequest,
  // All in one answer.
  comments: (place, page) => (page === 1 ? githubComments(place) : null),
  comment: github.comment,
  create: github.create,
  update: github.update,
  suggestions: null,
};

/**
 * @see https://docs.github.com/en/rest/issues/comments, /pulls/comments and /pulls/reviews
 * @see https://docs.gitlab.com/api/notes/ and /api/discussions/
 * @see https://docs.gitea.com/api (issueGetComments, issueGetComment, issueCreateComment, issueEditComment)
 */
export const CONVERSATIONS: Readonly<Record<ConversationForge, Conversation>> = {
  github,
  gitlab,
  gitea,
  forgejo: gitea,
};

function githubComments({ repository, pullRequest }: PullRequestName): string {
  return `/repos/${repository}/issues/${pullRequest}/comments`;
}

function githubSuggestion({ at: { file, line, endLine }, body }: SuggestedComment): object {
  const start = endLine > line ? { start_line: line, start_side: "RIGHT" } : {};
  return { path: file, body, line: endLine, side: "RIGHT", ...start };
}

function created(path: string): Pick<ForgeRequest, "method" | "path" | "isRepeatable"> {
  return { method: "POST", path, isRepeatable: false };
}

function stateOf(
  value: unknown,
  { head, branch }: { readonly head: unknown; readonly branch: unknown },
): PullRequest | null {
  const state = memberOf(value, "state");
  if (typeof state !== "string" || typeof head !== "string" || typeof branch !== "string") return null;
  return { isOpen: state === "open" || state === "opened", head, branch, diff: null };
}

/** null: it has another form. */
export function commentIn(value: unknown): Comment | null {
  const [id, body] = [memberOf(value, "id"), memberOf(value, "body")];
  const user = memberOf(value, "user") ?? memberOf(value, "author");
  const [authorId, author] = [memberOf(user, "id"), memberOf(user, "login") ?? memberOf(user, "username")];
  if (typeof id !== "number" || typeof body !== "string") return null;
  if (typeof authorId !== "number" || typeof author !== "string") return null;
  return { id, body, authorId, author };
}

export function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}
