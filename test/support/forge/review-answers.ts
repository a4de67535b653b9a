import type { ConversationForge } from "../../../src/network/forges/conversation.ts";
import { answerProblem } from "./described.ts";
import type { ForgedAnswer } from "./forge-server.ts";
import { FORMS } from "./forms.ts";

export interface ReviewOnForge {
  readonly id: number;
  readonly account: number | null;
  readonly state: "approved" | "changes-requested" | "dismissed" | "commented";
  readonly commit: string;
  readonly at: string;
  readonly isBot?: true;
}

/** A merged pull request as its forge shows it. */
export interface ReviewsOnForge {
  readonly head: string;
  readonly author: number;
  readonly commits: readonly { readonly id: string; readonly accounts: readonly (number | null)[] }[];
  readonly reviews: readonly ReviewOnForge[];
  /** ISO 8601: when its newest changes were pushed. */
  readonly pushedAt: string;
  /** ISO 8601: when it got another target branch. */
  readonly retargetedAt?: string;
}

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
}

/** What the forge answers about this pull request; null: it is asked something else. @throws Error if the forge documents another form */
export function reviewAnswers(
  forge: ConversationForge,
  { method, path, query }: Asked,
  shown: ReviewsOnForge,
): ForgedAnswer | null {
  const part = /\/(?:pulls|merge_requests|issues)\/12(?:\/(\w+))?$/.exec(path);
  if (part === null || method !== "GET") return null;
  const body = ANSWERS[forge === "forgejo" ? "gitea" : forge](part[1] ?? "", shown);
  if (body === undefined) return null;
  const size = Number(query.get("per_page") ?? query.get("limit") ?? 20);
  const page = Number(query.get("page") ?? 1);
  const answer = Array.isArray(body) ? body.slice((page - 1) * size, page * size) : body;
  const problem = answerProblem(forge, { method, path, query, body: null }, { status: 200, body: answer });
  if (problem !== null) throw new Error(problem);
  return { status: 200, body: answer };
}

type Form = (part: string, shown: ReviewsOnForge) => unknown;

const ANSWERS: Readonly<Record<"github" | "gitlab" | "gitea", Form>> = {
  github: (part, { head, author, commits, reviews, retargetedAt }) =>
    ({
      "": {
        ...pull("github", head),
        user: gitHubUser(author),
        merged: true,
        commits: commits.length,
        merge_commit_sha: head,
      },
      commits: commits.map((one) => commitOf(one, {})),
      events: [
        { event: "labeled", created_at: "2026-11-01T00:00:00Z" },
        ...(retargetedAt === undefined ? [] : [{ event: "base_ref_changed", created_at: retargetedAt }]),
      ],
      reviews: reviews.map((one) => ({
        id: one.id,
        user: gitHubUser(one.account, one.isBot),
        state: GITHUB_STATES[one.state],
        commit_id: one.commit,
        submitted_at: one.at,
      })),
    })[part],
  gitea: (part, { head, author, commits, reviews, retargetedAt }) =>
    ({
      "": { ...pull("gitea", head), user: { id: author }, merged: true },
      commits: commits.map((one) => commitOf(one, null)),
      timeline: [
        { type: "label", created_at: "2026-11-01T00:00:00Z" },
        ...(retargetedAt === undefined ? [] : [{ type: "change_target_branch", created_at: retargetedAt }]),
      ],
      reviews: reviews.map((one) => ({
        id: one.id,
        user: userOf(one.account),
        state: GITEA_STATES[one.state],
        commit_id: one.commit,
        stale: one.commit !== head,
        dismissed: one.state === "dismissed",
        official: false,
        submitted_at: one.at,
      })),
    })[part],
  gitlab: (part, { head, author, commits, reviews, pushedAt, retargetedAt }) =>
    ({
      "": { ...pull("gitlab", head), author: { id: author }, state: "merged" },
      commits: commits.map(({ id }) => ({ id, author_email: "dana@example.com" })),
      versions: [retargetedAt, pushedAt].flatMap((at) =>
        at === undefined ? [] : [{ head_commit_sha: head, base_commit_sha: "0".repeat(40), created_at: at }],
      ),
      reviewers: reviews.map((one) => ({
        user: userOf(one.account),
        state: one.state === "changes-requested" ? "requested_changes" : "unreviewed",
      })),
      // A person who requests changes, or whose approval was taken back, is no longer listed.
      approvals: {
        approved_by: reviews
          .filter(({ state }) => state === "approved")
          .map((one) => ({ user: userOf(one.account), approved_at: one.at })),
      },
    })[part],
};

const GITHUB_STATES = {
  approved: "APPROVED",
  "changes-requested": "CHANGES_REQUESTED",
  dismissed: "DISMISSED",
  commented: "COMMENTED",
};
const GITEA_STATES = {
  approved: "APPROVED",
  "changes-requested": "REQUEST_CHANGES",
  dismissed: "APPROVED",
  commented: "COMMENT",
};

function pull(forge: ConversationForge, head: string): object {
  return FORMS[forge].pullRequest({ state: "closed", head, branch: "main", isLocked: false });
}

function userOf(id: number | null): object | null {
  return id === null ? null : { id };
}

function gitHubUser(id: number | null, isBot = false): object | null {
  return id === null ? null : { id, type: isBot ? "Bot" : "User" };
}

/** A commit without an account has an object without members on GitHub, and null elsewhere. */
function commitOf({ id, accounts }: ReviewsOnForge["commits"][number], none: object | null): object {
  const [author, committer] = accounts.map((account) => userOf(account) ?? none);
  return { sha: id, author, committer };
}
