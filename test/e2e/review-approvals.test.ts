import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { ok } from "../../src/model/values/result.ts";
import { ForgeReviewReader } from "../../src/record/sinks/pull-request/review-reader.ts";
import { PullRequestSink } from "../../src/record/sinks/pull-request/pull-request.ts";
import { ForgeServer, TOKEN } from "../support/forge/forge-server.ts";
import { reviewAnswers, type ReviewsOnForge } from "../support/forge/review-answers.ts";
import {
  estate,
  functions,
  PROD,
  READ_ORDERS,
  roleNameOf,
  WRITE_ORDERS,
} from "../support/installation/estate.ts";
import { Installation } from "../support/installation/installation.ts";
import { profileText } from "../support/profiles.ts";

const PROFILE = {
  "platform/profile.yaml": profileText("reviewed", "{approval: {for: new-access}}"),
};
const FIRST = { ...estate(functions(["a"], READ_ORDERS)), ...PROFILE };
const SECOND = { ...FIRST, ...functions(["a"], WRITE_ORDERS) };
const LEE = {
  accountId: 7,
  actor: "lee",
  mails: ["lee@example.com"],
  namespaces: "all",
  endsMs: Infinity,
} as const;

let forge: ForgeServer;
let installation: Installation;
/** What the forge shows of pull request 12; null: nothing yet. */
let shown: ReviewsOnForge | null;

beforeEach(async () => {
  forge = await ForgeServer.start("github");
  shown = null;
  forge.intercept = (request) => (shown === null ? null : reviewAnswers("github", request, shown));
  const repository = {
    forge: "github",
    apiUrl: forge.url,
    repository: "acme/permissions",
    name: "test-1",
    branch: "main",
    appId: null,
  } as const;
  const tools = { clock: { nowMs: () => Date.now() }, fetch, token: () => Promise.resolve(ok(TOKEN)) };
  installation = await Installation.start({
    files: FIRST,
    notes: new PullRequestSink(repository, tools),
    reviewedSources: [
      { namespace: null, forge: "github", reader: new ForgeReviewReader(repository, tools), listed: [LEE] },
    ],
  });
  await installation.converge();
});

afterEach(async () => {
  await installation.stop();
  await forge.end();
});

/** Lee approves the newest commit of the pull request, which is then merged, with these files. */
async function merge(files: Readonly<Record<string, string>>): Promise<void> {
  const { repository } = installation;
  const main = (await repository.git("rev-parse", "refs/heads/main")).trim();
  await repository.git("update-ref", "refs/heads/topic", main);
  const head = await repository.commit(SECOND, { branch: "topic" });
  await repository.git("update-ref", "refs/heads/merge", main);
  const made = await repository.commit(files, { branch: "merge" });
  const parents = ["-p", main, "-p", head];
  const merged = await repository.git("commit-tree", `${made}^{tree}`, ...parents, "-m", "Merge #12");
  const mergeCommit = merged.trim();
  const at = "2026-11-30T10:00:00Z";
  shown = {
    head,
    author: 5,
    commits: [{ id: head, accounts: [5, 5] }],
    reviews: [{ id: 100, account: 7, state: "approved", commit: head, at }],
    pushedAt: at,
  };
  forge.merged.push({
    number: 12,
    ofCommits: [mergeCommit, head],
    mergeCommit,
    head,
    branch: "main",
    isMerged: true,
    into: "acme/permissions",
  });
  await installation.forcePush(mergeCommit);
}

function mayWrite(): boolean {
  const role = installation.world.accounts[PROD]?.iam.roles[roleNameOf("a")];
  return role?.inline["grantkeeper"]?.includes("dynamodb:PutItem") === true;
}

test("what a listed person approved on the forge is written after the merge, and the record names the review", async () => {
  await merge(SECOND);
  await installation.settled();
  await installation.until("it is written", () => mayWrite());

  const entries = await installation.entries();
  expect(entries.findLast((entry) => entry.kind === "approved")).toMatchObject({
    actor: "lee",
    review: { forge: "github", pullRequest: 12, id: 100, accountId: 7 },
  });
});

test("a merge with other content than what was approved waits, and its pull request shows why", async () => {
  await merge({ ...SECOND, "teams/orders/extra.txt": "added by the merge" });
  await installation.settled();
  await installation.until("the pull request shows it", () =>
    (forge.comments[0]?.body ?? "").includes("its branch had moved on"),
  );

  expect(mayWrite()).toBe(false);
});
