import { readFileSync } from "node:fs";
import { Ajv, type ValidateFunction } from "ajv";
import type { ConversationForge } from "../../../src/network/forges/conversation.ts";
import type { ForgedAnswer } from "./forge-server.ts";

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

interface Operation {
  readonly path: string;
  readonly answer: object;
}

const FIXTURE = new URL("../../fixtures/forges/review-answers.json", import.meta.url);
const OPERATIONS = Object.entries(JSON.parse(readFileSync(FIXTURE, "utf8")) as Record<string, Operation>);

/** What the forge answers about this pull request; null: it is asked something else. @throws Error if the forge documents another form */
export function reviewAnswers(
  forge: ConversationForge,
  { method, path, query }: Asked,
  shown: ReviewsOnForge,
): ForgedAnswer | null {
  const part = /\/(?:pulls|merge_requests|issues)\/12(?:\/(\w+))?$/.exec(path);
  if (part === null || method !== "GET") return null;
  const body = FORMS[forge === "forgejo" ? "gitea" : forge](part[1] ?? "", shown);
  if (body === undefined) return null;
  const size = Number(query.get("per_page") ?? query.get("limit") ?? 20);
  const page = Number(query.get("page") ?? 1);
  const answer = Array.isArray(body) ? body.slice((page - 1) * size, page * size) : body;
  checkForm(forge === "forgejo" ? "gitea" : forge, path, answer);
  return { status: 200, body: answer };
}

type Form = (part: string, shown: ReviewsOnForge) => unknown;

const FORMS: Readonly<Record<"github" | "gitlab" | "gitea", Form>> = {
  github: (part, { head, author, commits, reviews, retargetedAt }) =>
    ({
      "": { ...pull(head, author), commits: commits.length, merge_commit_sha: head },
      commits: commits.map(commitOf),
      events: [
        { event: "labeled", created_at: "2026-11-01T00:00:00Z" },
        ...(retargetedAt === undefined ? [] : [{ event: "base_ref_changed", created_at: retargetedAt }]),
      ],
      reviews: reviews.map((one) => ({
        id: one.id,
        user: userOf(one.account, one.isBot),
        state: GITHUB_STATES[one.state],
        commit_id: one.commit,
        submitted_at: one.at,
      })),
    })[part],
  gitea: (part, { head, author, commits, reviews, retargetedAt }) =>
    ({
      "": pull(head, author),
      commits: commits.map(commitOf),
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
      "": { sha: head, author: { id: author }, state: "merged" },
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

function pull(head: string, author: number): object {
  return { user: userOf(author), head: { sha: head }, merged: true };
}

function userOf(id: number | null, isBot = false): object | null {
  return id === null ? null : { id, type: isBot ? "Bot" : "User" };
}

function commitOf({ id, accounts }: ReviewsOnForge["commits"][number]): object {
  const [author = null, committer = null] = accounts;
  return { sha: id, author: userOf(author), committer: userOf(committer) };
}

const ajv = new Ajv({ strict: false, validateFormats: false });
const VALIDATORS = new Map<string, ValidateFunction>();

function checkForm(family: string, path: string, answer: unknown): void {
  const found = OPERATIONS.find(
    ([name, one]) =>
      name.startsWith(`${family} `) && new RegExp(`^${one.path.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(path),
  );
  if (found === undefined) throw new Error(`${family} has no ${path}`);
  const [name, { answer: schema }] = found;
  const validate = VALIDATORS.get(name) ?? ajv.compile(schema);
  VALIDATORS.set(name, validate);
  if (!validate(answer)) throw new Error(`${name}: ${ajv.errorsText(validate.errors)}`);
}
