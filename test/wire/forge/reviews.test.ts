import { afterEach, describe, expect, test } from "@jest/globals";
import type { ConversationForge } from "../../../src/network/forges/conversation.ts";
import { ok } from "../../../src/model/values/result.ts";
import { ForgeReviewReader } from "../../../src/record/sinks/pull-request/review-reader.ts";
import { ForgeServer, TOKEN, type ForgedAnswer } from "../../support/forge/forge-server.ts";
import type { MergedOnForge } from "../../support/forge/forms.ts";
import {
  reviewAnswers,
  type ReviewOnForge,
  type ReviewsOnForge,
} from "../../support/forge/review-answers.ts";

const FORGES: readonly ConversationForge[] = ["github", "gitlab", "gitea", "forgejo"];
const COMMIT = "a".repeat(40);
const HEAD = "b".repeat(40);
const OLDER = "c".repeat(40);
const AT = "2026-11-30T10:00:00.000Z";
const REVIEW: ReviewOnForge = { id: 100, account: 7, state: "approved", commit: HEAD, at: AT };

let forge: ForgeServer;

afterEach(() => forge.end());

const SHOWN: ReviewsOnForge = {
  head: HEAD,
  author: 5,
  commits: [{ id: HEAD, accounts: [5, 5] }],
  reviews: [REVIEW],
  pushedAt: "2026-11-30T09:00:00.000Z",
};

const MERGED: MergedOnForge = {
  number: 12,
  ofCommits: [COMMIT],
  mergeCommit: COMMIT,
  head: HEAD,
  branch: "main",
  isMerged: true,
  into: "acme/permissions",
};

type Forced = (path: string) => ForgedAnswer | null;

interface Scene {
  readonly shown?: Partial<ReviewsOnForge>;
  readonly merged?: readonly Partial<MergedOnForge>[];
  readonly forced?: Forced;
  readonly token?: string;
}

async function read(name: ConversationForge, { shown, merged = [{}], forced, token = TOKEN }: Scene = {}) {
  forge = await ForgeServer.start(name);
  forge.merged.push(...merged.map((change) => ({ ...MERGED, ...change })));
  forge.intercept = (request) =>
    request.authorization.includes(TOKEN)
      ? (forced?.(request.path) ?? reviewAnswers(name, request, { ...SHOWN, ...shown }))
      : null;
  const repository = { repository: "acme/permissions", name: "prod", branch: "main", appId: null };
  const reader = new ForgeReviewReader(
    { ...repository, forge: name, apiUrl: forge.url },
    { clock: { nowMs: () => Date.now() }, fetch, token: () => Promise.resolve(ok(token)) },
  );
  return reader.mergedInto(COMMIT, AbortSignal.timeout(10_000));
}

/** Of the only pull request. */
async function reviewsOf(name: ConversationForge, shown: Partial<ReviewsOnForge>) {
  const answer = await read(name, { shown });
  return answer.kind === "ok" ? answer.value.flatMap(({ reviews }) => reviews) : answer.error.cause;
}

const APPROVED = { accountId: 7, isBot: false, verdict: "approved", commit: HEAD, at: AT };

describe.each(FORGES)("%s", (name) => {
  const id = name === "gitlab" ? null : 100;
  const accounts = name === "gitlab" ? null : [5, 5];

  test("shows the pull request that made the commit, and who reviewed which commit", async () => {
    expect(await read(name)).toEqual(
      ok([
        {
          number: 12,
          head: HEAD,
          authorId: 5,
          reviews: [{ id, ...APPROVED }],
          commits: [{ id: HEAD, accounts }],
          retargetedAt: null,
        },
      ]),
    );
    expect(forge.requests.filter((request) => !request.startsWith("GET"))).toEqual([]);
  });

  test("shows a review of an older commit as one of an unknown or other commit", async () => {
    const commit = name === "github" ? OLDER : null;
    // GitLab names no commit: the push came after the approval.
    const shown = { reviews: [{ ...REVIEW, commit: OLDER }], pushedAt: "2026-11-30T10:00:00.000Z" };

    expect(await reviewsOf(name, shown)).toEqual([{ id, ...APPROVED, commit }]);
  });

  test("shows no approval of a person whose review was dismissed", async () => {
    const found = await reviewsOf(name, { reviews: [{ ...REVIEW, state: "dismissed" }] });

    expect(JSON.stringify(found)).not.toContain("approved");
  });

  test("leaves a comment out", async () => {
    expect(await reviewsOf(name, { reviews: [{ ...REVIEW, state: "commented" }] })).toEqual([]);
  });

  test("shows all commits of several pages", async () => {
    const commits = Array.from({ length: 230 }, (_, at) => ({
      id: String(at).padStart(40, "0"),
      accounts: [5, 5],
    }));

    const answer = await read(name, { shown: { commits } });

    expect(answer.kind === "ok" && answer.value[0]?.commits.map((one) => one.id)).toEqual(
      commits.map((one) => one.id),
    );
  });

  test.each<{ merged: readonly Partial<MergedOnForge>[]; because: string }>([
    { merged: [], because: "no pull request has the commit" },
    { merged: [{ isMerged: false }], because: "it was closed" },
    { merged: [{ branch: "develop" }], because: "it was merged into another branch" },
    { merged: [{ mergeCommit: OLDER, head: OLDER }], because: "another commit merged it" },
  ])("shows none if $because", async ({ merged }) => {
    expect(await read(name, { merged })).toEqual(ok([]));
  });

  test.each<{ part: RegExp; answer: ForgedAnswer; because: string }>([
    { part: /12\/commits$/, answer: { status: 404, body: {} }, because: "404 in place of 403" },
    { part: /12\/(?:reviews|approvals)$/, answer: { status: 403, body: {} }, because: "a missing right" },
    { part: /12\/(?:reviews|approvals)$/, answer: { status: 200, body: { a: 1 } }, because: "another form" },
    {
      part: /12\/(?:reviews|versions)$/,
      answer: { status: 200, body: [{ id: 1 }] },
      because: "a field that is missing",
    },
    { part: /12\/(?:events|timeline|reviewers)$/, answer: { status: 500, body: {} }, because: "an error" },
    { part: /12$/, answer: { status: 200, body: {} }, because: "a pull request without a commit" },
    { part: /./, answer: { status: 404, body: {} }, because: "a repository that the token cannot see" },
  ])("knows nothing after $because", async ({ part, answer }) => {
    const found = await read(name, { forced: (path) => (part.test(path) ? answer : null) });

    expect(found).toMatchObject({ kind: "err" });
  });

  test("knows nothing with a token that is not valid, and does not show it", async () => {
    const found = await read(name, { token: "glpat-0123456789" });

    expect(found).toMatchObject({ kind: "err", error: { cause: expect.stringContaining("not valid") } });
    expect(JSON.stringify(found)).not.toContain("glpat");
  });

  test("waits as long as the forge asks for", async () => {
    const limited = { status: 429, body: {}, headers: { "retry-after": "77" } };

    expect(await read(name, { forced: () => limited })).toMatchObject({ error: { afterMs: 77_000 } });
  });

  test("knows nothing of a list that is too long", async () => {
    const many = { status: 200, body: [] as unknown[] };
    let count = 0;
    const forced: Forced = (path) => {
      if (!path.endsWith("/12/commits")) return null;
      count += 1;
      return { ...many, body: [{ id: String(count), sha: String(count) }] };
    };

    expect(await read(name, { forced })).toMatchObject({
      error: { cause: expect.stringContaining("pages") },
    });
  });
});

test.each(["github", "gitea", "forgejo"] as const)("%s: a new target branch has a time", async (name) => {
  expect(await read(name, { shown: { retargetedAt: AT } })).toMatchObject({
    value: [{ retargetedAt: AT }],
  });
});

test("gitlab: an approval before a new target branch is of unknown changes", async () => {
  expect(await reviewsOf("gitlab", { retargetedAt: "2026-11-30T11:00:00.000Z" })).toMatchObject([
    { commit: null },
  ]);
});

test("gitlab: an approval without a time, as of older versions, is not known", async () => {
  const answer = await read("gitlab", {
    forced: (path) =>
      path.endsWith("/approvals") ? { status: 200, body: { approved_by: [{ user: { id: 7 } }] } } : null,
  });

  expect(answer).toMatchObject({ kind: "err" });
});

test("gitlab: a person who approved, and then requested changes, has approved nothing", async () => {
  const reviewers = [{ user: { id: 7 }, state: "requested_changes" }];
  const answer = await read("gitlab", {
    forced: (path) => (path.endsWith("/reviewers") ? { status: 200, body: reviewers } : null),
  });

  expect(answer).toMatchObject({ value: [{ reviews: [{ verdict: "changes-requested" }] }] });
});

test("github: a bot is shown as one, and so is an account of a new kind", async () => {
  expect(await reviewsOf("github", { reviews: [{ ...REVIEW, isBot: true }] })).toMatchObject([
    { isBot: true },
  ]);
});

test.each(["github", "gitea", "forgejo"] as const)(
  "%s: a commit of an address without an account shows none",
  async (name) => {
    const commits = [{ id: HEAD, accounts: [null, 5] }];

    expect(await read(name, { shown: { commits } })).toMatchObject({ value: [{ commits }] });
  },
);

test("github: knows nothing if the list of commits lacks one of the pull request's", async () => {
  const answer = await read("github", {
    forced: (path) => (path.endsWith("/12/commits") ? { status: 200, body: [] } : null),
  });

  expect(answer).toMatchObject({ error: { cause: expect.stringContaining("not complete") } });
});

test("github: knows nothing of a state of a review that it does not know", async () => {
  const reviews = [
    { id: 1, user: { id: 7, type: "User" }, state: "ENDORSED", commit_id: HEAD, submitted_at: AT },
  ];
  const answer = await read("github", {
    forced: (path) => (path.endsWith("/reviews") ? { status: 200, body: reviews } : null),
  });

  expect(answer).toMatchObject({ kind: "err" });
});
