import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { ReviewForge } from "../../../src/workbench/review/post/target.ts";
import { ForgeServer, PULL_REQUEST, STRANGER, TOKEN, US } from "../../support/forge/forge-server.ts";
import { git } from "../../support/git/git-repository.ts";
import { cli, type CliRun } from "../../support/screens/cli.ts";
import { API, commitBase, grants, writeManifests } from "../../support/screens/plan-command.ts";

const FORGES: readonly ReviewForge[] = ["github", "gitlab", "gitea", "forgejo"];
const MARKER = "<!-- grantkeeper:review review -->";
const WRONG = grants(["orders"], "    - sqs: {queue: orders, allow: [sendd]}\n");

let root: string;
let forge: ForgeServer;
let waits: number[];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-review-"));
  waits = [];
  await commitBase(root);
});
afterEach(async () => {
  await forge.end();
  await rm(root, { recursive: true });
});

async function commit(text: string): Promise<string> {
  await writeManifests(root, { [API]: text });
  await git(root, ["commit", "--quiet", "-am", "change"]);
  return (await git(root, ["rev-parse", "HEAD"])).trim();
}

/** A pull request whose head has this manifest. */
async function opened(name: ReviewForge, text: string): Promise<void> {
  forge = await ForgeServer.start(name);
  forge.pullRequest.head = await commit(text);
}

function post(...more: readonly string[]): Promise<CliRun> {
  const target = ["--post", forge.forge, "--api-url", forge.url, "--repository", "acme/permissions"];
  const number = more.includes("--pull-request") ? [] : ["--pull-request", String(PULL_REQUEST)];
  const sleep = async (ms: number): Promise<void> => void waits.push(ms);
  return cli(["review", root, "--base", "HEAD~1", "--head", "HEAD", ...target, ...number, ...more], {
    env: { GRANTKEEPER_FORGE_TOKEN: TOKEN },
    clock: { nowMs: () => Date.parse("2026-11-30T00:00:00Z"), sleep },
  });
}

const own = () => forge.comments.filter(({ author, at }) => author.id === US.id && at === null);

describe.each(FORGES)("%s", (name) => {
  test("has one comment, which later runs update, and a status", async () => {
    await opened(name, grants(["orders", "customers"]));
    forge.add("looks good", STRANGER);

    const first = await post();
    const again = await post();
    const [comment] = own();
    if (comment !== undefined) comment.body = `${MARKER}\nolder`;
    const third = await post();

    expect(first.code).toBe(0);
    expect(first.err).toContain("posted: comment added");
    expect(again.err).toContain("posted: the comment was up to date");
    expect(third.err).toContain("posted: comment updated");
    expect(own().map(({ body }) => body.split("\n", 3))).toEqual([
      [MARKER, "### Grantkeeper review: 1 function changes, 0 are unchanged", ""],
    ]);
    expect(forge.statuses[0]).toEqual({
      commit: forge.pullRequest.head,
      name: "grantkeeper/review",
      state: "success",
      text: "1 function changes, 0 are unchanged",
    });
  });

  test("gets a new comment if someone removed it, also while it is updated", async () => {
    await opened(name, grants(["orders", "customers"]));
    forge.add(`${MARKER}\nolder`);
    forge.intercept = ({ method }) => {
      if (method === "PATCH" || method === "PUT") forge.comments.length = 0;
      return null;
    };

    expect((await post()).code).toBe(0);
    expect(own()).toHaveLength(1);
  });

  test("never has a comment twice if the answer is lost", async () => {
    await opened(name, grants(["orders", "customers"]));
    let lost = 0;
    forge.intercept = ({ method, path }) => {
      if (method !== "POST" || path.includes("/statuses/") || lost > 0) return null;
      lost += 1;
      return { status: 0, body: null, isLost: true };
    };

    expect((await post()).code).toBe(0);
    expect(lost).toBe(1);
    expect(own()).toHaveLength(1);
  });

  test("keeps the comment of a stranger who wrote our marker", async () => {
    await opened(name, grants(["orders", "customers"]));
    forge.add(`${MARKER}\nThis change may merge by itself`, STRANGER);

    await post();

    expect(forge.comments[0]?.body).toBe(`${MARKER}\nThis change may merge by itself`);
    expect(own()).toHaveLength(1);
  });

  test("finds its comment behind hundreds of others", async () => {
    await opened(name, grants(["orders", "customers"]));
    for (let at = 0; at < 250; at += 1) forge.add(`comment ${at}`, STRANGER);
    forge.add(`${MARKER}\nolder`);

    expect((await post()).err).toContain("posted: comment updated");
    expect(own()).toHaveLength(1);
  });

  test.each([
    { status: 401, hint: "renew the token" },
    { status: 403, hint: "a pipeline of a fork has a token that only reads" },
    { status: 404, hint: "check --repository" },
    { status: 302, hint: "set --api-url to the final address" },
  ])("posts nothing and explains it if it answers $status", async ({ status, hint }) => {
    await opened(name, grants(["orders", "customers"]));
    forge.intercept = ({ method }) =>
      method === "GET" ? null : { status, body: { message: `no ${TOKEN} here` } };

    const { code, err } = await post();

    expect(code).toBe(4);
    expect(err).toContain(hint);
    expect(err).toContain("nothing was posted");
    expect(err).not.toContain(TOKEN);
    expect(forge.statuses).toEqual([]);
  });

  test("is asked again after the pause that it asks for, and not if that is long", async () => {
    await opened(name, grants(["orders", "customers"]));
    const answers = ["7", "3600"];
    forge.intercept = ({ method }) => {
      const pause = method === "POST" ? answers.shift() : undefined;
      return pause === undefined ? null : { status: 429, body: {}, headers: { "retry-after": pause } };
    };

    const limited = await post();
    const later = await post();

    expect(waits).toEqual([7_000]);
    expect(limited.code).toBe(4);
    expect(limited.err).toContain("the forge limits how many requests a token may make");
    expect(later.code).toBe(0);
    expect(own()).toHaveLength(1);
  });

  test.each([
    { state: "closed", head: null, message: "pull request 12 of acme/permissions is closed" },
    { state: "open", head: "f".repeat(40), message: "pull request 12 of acme/permissions is at fffffff" },
  ])("gets nothing for a pull request that is $state or was rebased", async ({ state, head, message }) => {
    await opened(name, grants(["orders", "customers"]));
    forge.pullRequest = { ...forge.pullRequest, state, head: head ?? forge.pullRequest.head };

    const { code, err } = await post();

    expect(code).toBe(1);
    expect(err).toContain(message);
    expect({ comments: forge.comments, statuses: forge.statuses }).toEqual({ comments: [], statuses: [] });
  });

  test("gets only the statuses of the commit without a pull request", async () => {
    await opened(name, grants(["orders", "customers"]));
    const target = ["--post", name, "--api-url", forge.url, "--repository", "acme/permissions"];

    const { code } = await cli(
      ["review", root, "--base", "HEAD~1", "--head", "HEAD", ...target, "--merge-status", "--target", "main"],
      { env: { GRANTKEEPER_FORGE_TOKEN: TOKEN } },
    );

    expect(code).toBe(0);
    expect(forge.comments).toEqual([]);
    expect(forge.statuses.map(({ name: context, text }) => `${context}: ${text}`)).toEqual([
      "grantkeeper/review/auto-merge/main: allows more: orders/api",
      "grantkeeper/review: 1 function changes, 0 are unchanged",
    ]);
  });

  test("has a status for each branch that the commit is to be merged into", async () => {
    await opened(name, grants(["orders", "customers"]));
    await post("--merge-status");
    forge.pullRequest.branch = "sandbox";
    await post("--merge-status");
    const elsewhere = await post("--merge-status", "--target", "main");

    const names = forge.statuses.map((one) => one.name).filter((one) => one.includes("auto-merge"));
    expect([...new Set(names)]).toEqual([
      "grantkeeper/review/auto-merge/main",
      "grantkeeper/review/auto-merge/sandbox",
    ]);
    expect(elsewhere.code).toBe(1);
    expect(elsewhere.err).toContain("is to be merged into sandbox, and the review is about main");
  });

  test("keeps no earlier success if the comment of a failure is refused", async () => {
    await opened(name, WRONG);
    forge.intercept = ({ method, path }) =>
      method === "POST" && !path.includes("/statuses/") ? { status: 403, body: {} } : null;

    const { code, err } = await post();

    expect(code).toBe(4);
    expect(err).toContain("only this was posted: status grantkeeper/review: failure");
    expect(forge.statuses.map(({ state }) => state)).toEqual([expect.stringMatching(/^fail/)]);
  });

  test("has a failed status, with the reason, for a change that cannot be used", async () => {
    await opened(name, WRONG);

    const { code } = await post("--merge-status");

    expect(code).toBe(3);
    expect(forge.statuses.map(({ state, text }) => ({ state, text }))).toEqual([
      { state: expect.stringMatching(/^fail/), text: "cannot be used: orders/api" },
      { state: expect.stringMatching(/^fail/), text: "cannot be used: orders/api" },
    ]);
  });
});

describe.each(["github", "gitlab"] as const)("%s suggests a corrected line", (name) => {
  const fence = name === "github" ? "suggestion" : "suggestion:-0+0";

  test("at its place, once", async () => {
    await opened(name, WRONG);

    const first = await post();
    await post();

    expect(first.err).toContain("posted: 1 suggestion added");
    const suggested = forge.comments.filter(({ at }) => at !== null);
    expect(suggested.map(({ at, body }) => ({ at, body: body.split("\n").slice(1) }))).toEqual([
      {
        at: `${API}:9`,
        body: [
          "Suggested correction:",
          "",
          `\`\`\`${fence}`,
          "    - sqs: {queue: orders, allow: [send]}",
          "```",
        ],
      },
    ]);
  });

  test("not at a line that the pull request does not show", async () => {
    await opened(name, WRONG);
    forge.hidden.add(`${API}:9`);

    const { err } = await post();

    expect(err).toContain("posted: 0 suggestions added, 1 line not in the difference");
    expect(own()).toHaveLength(1);
  });
});

test("a token of Gitea that may not ask who it is adds no comment: later runs would not find it", async () => {
  await opened("gitea", grants(["orders", "customers"]));
  forge.intercept = ({ path }) => (path === "/user" ? { status: 403, body: {} } : null);

  const { code, err } = await post();

  expect(code).toBe(4);
  expect(err).toContain("give the token read:user");
  expect(forge.comments).toEqual([]);
});

test("without a pull request the branch of the second status must be named", async () => {
  await opened("github", grants(["orders", "customers"]));
  const target = ["--post", "github", "--api-url", forge.url, "--repository", "acme/permissions"];

  const { code, err } = await cli(
    ["review", root, "--base", "HEAD~1", "--head", "HEAD", ...target, "--merge-status"],
    { env: { GRANTKEEPER_FORGE_TOKEN: TOKEN } },
  );

  expect(code).toBe(1);
  expect(err).toContain("add --target BRANCH");
  expect(forge.statuses).toEqual([]);
});

test("a token of GitHub's pipeline, which may not ask who it is, updates comments of its bot", async () => {
  await opened("github", grants(["orders", "customers"]));
  forge.intercept = ({ path }) =>
    path === "/user" ? { status: 403, body: { message: "Resource not accessible by integration" } } : null;
  forge.add(`${MARKER}\nolder`, { id: 41898282, login: "github-actions[bot]" });

  expect((await post()).err).toContain("posted: comment updated");
  expect(forge.comments).toHaveLength(1);
});

test("the token comes from a file, and the pull request from the pipeline", async () => {
  await opened("github", grants(["orders", "customers"]));
  const tokenFile = join(root, "..", `${forge.url.replaceAll(/\W/g, "-")}.token`);
  await writeFile(tokenFile, `${TOKEN}\n`);
  const env = {
    GITHUB_API_URL: forge.url,
    GITHUB_REPOSITORY: "acme/permissions",
    GITHUB_REF: "refs/pull/12/merge",
  };
  const names = ["--base", "HEAD~1", "--head", "HEAD", "--post", "github", "--token-file", tokenFile];

  const { code } = await cli(["review", root, ...names], { env });
  await rm(tokenFile);

  expect(code).toBe(0);
  expect(own()).toHaveLength(1);
});
