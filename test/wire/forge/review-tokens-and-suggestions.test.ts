import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "@jest/globals";
import { TOKEN } from "../../support/forge/forge-server.ts";
import { MARKER, ReviewedChange, WRONG } from "../../support/forge/reviewed-change.ts";
import { cli } from "../../support/screens/cli.ts";
import { API, grants } from "../../support/screens/plan-command.ts";

let change: ReviewedChange;
afterEach(() => change.end());

describe.each(["github", "gitlab"] as const)("%s suggests a corrected line", (name) => {
  const fence = name === "github" ? "suggestion" : "suggestion:-0+0";

  test("at its place, once", async () => {
    change = await ReviewedChange.on(name, WRONG);

    const first = await change.post();
    await change.post();

    expect(first.err).toContain("posted: 1 suggestion added");
    const suggested = change.forge.comments.filter(({ at }) => at !== null);
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

  test("to remove lines without effect, which end at the place of the comment", async () => {
    const more = "    # to billing\n    - sqs: {queue: orders, allow: [send]}\n";
    change = await ReviewedChange.on(name, grants(["orders"], more));

    const { code, err, out } = await change.post();

    expect({ code, err }).toEqual({ code: 3, err: expect.stringContaining("posted: 1 suggestion added") });
    expect(out).toContain(
      `${API}:9-10: BND-002\n-    # to billing\n-    - sqs: {queue: orders, allow: [send]}\n`,
    );
    const [suggested] = change.forge.comments.filter(({ at }) => at !== null);
    expect(suggested?.at).toBe(`${API}:${name === "github" ? 10 : 9}`);
    expect(suggested?.body.split("\n").slice(1)).toEqual([
      "Suggested correction: remove this",
      "",
      `\`\`\`${name === "github" ? "suggestion" : "suggestion:-0+1"}`,
      "```",
    ]);
  });

  test("not at a line that the pull request does not show", async () => {
    change = await ReviewedChange.on(name, WRONG);
    change.forge.hidden.add(`${API}:9`);

    const { err } = await change.post();

    expect(err).toContain("posted: 0 suggestions added, 1 line not in the difference");
    expect(change.own()).toHaveLength(1);
  });

  test.each([
    { status: 403, headers: {} },
    { status: 429, headers: { "retry-after": "3600" } },
  ])("unless it answers $status, and the command names the comment that it has", async (refusal) => {
    change = await ReviewedChange.on(name, WRONG);
    change.forge.intercept = ({ method, body }) =>
      method === "POST" && JSON.stringify(body).includes("grantkeeper:correction")
        ? { ...refusal, body: {} }
        : null;

    const { code, err } = await change.post();

    expect(code).toBe(4);
    expect(err).toContain(
      "; only this was posted: status grantkeeper/review: failure; comment added; 0 suggestions added\n",
    );
    expect(change.own()).toHaveLength(1);
  });
});

test.each(["gitea", "forgejo"] as const)(
  "%s, which has no suggestions, gets the corrected lines of two files in the comment, as they are in the commit",
  async (name) => {
    const line = "    - sqs: {queue: orders, allow: [send]} # AKIAIOSFODNN7EXAMPLE";
    const wrong = grants(["orders"], `${line.replace("send", "sendd")}\n`);
    const other = "teams/orders/b.yaml";
    change = await ReviewedChange.on(name, { [API]: wrong, [other]: wrong.replace("name: api", "name: b") });

    await change.post();

    const body = change.forge.comments.map((comment) => comment.body).join("");
    const block = ["```diff", `-${line.replace("send", "sendd")}`, `+${line}`, "```"].join("\n");
    expect(body.split(block)).toHaveLength(3);
    expect(change.forge.comments.map(({ at }) => at)).toEqual([null]);
  },
);

test("GitHub takes the corrections of shown lines although one is at a line that is not shown", async () => {
  const other = "teams/orders/b.yaml";
  change = await ReviewedChange.on("github", {
    [API]: WRONG,
    [other]: WRONG.replace("name: api", "name: b"),
  });
  change.forge.hidden.add(`${other}:9`);

  const { err } = await change.post();

  expect(err).toContain("posted: 1 suggestion added, 1 line not in the difference");
  expect(change.forge.comments.flatMap(({ at }) => at ?? [])).toEqual([`${API}:9`]);
});

test("a run whose suggestions GitHub refuses as not valid still sets the status, and states that", async () => {
  change = await ReviewedChange.on("github", WRONG);
  change.forge.intercept = ({ path }) => (path.endsWith("/reviews") ? { status: 422, body: {} } : null);

  const { code, err } = await change.post();

  expect(code).toBe(3);
  expect(err).toContain("posted: 0 suggestions added, 1 refused\n");
  expect(change.forge.comments.filter(({ at }) => at !== null)).toEqual([]);
});

describe("a limit of GitHub, which answers 403", () => {
  const SECONDARY =
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
  const RESET = String(Date.parse("2026-11-30T00:00:40Z") / 1_000);
  const LATE = String(Date.parse("2026-11-30T00:40:00Z") / 1_000);

  test.each([
    { headers: {}, waits: [60_000, 60_000], because: "it names no pause: GitHub asks for a minute" },
    {
      headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": RESET },
      waits: [40_000, 40_000],
      because: "no request is left until then",
    },
    {
      headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": LATE },
      waits: [],
      because: "a pipeline does not wait for 40 minutes",
    },
  ])("is waited for $waits ms, and no permission is asked for: $because", async ({ headers, waits }) => {
    change = await ReviewedChange.on("github", grants(["orders", "customers"]));
    change.forge.intercept = ({ method }) =>
      method === "POST" ? { status: 403, body: { message: SECONDARY }, headers } : null;

    const { code, err } = await change.post();

    expect({ code, waits: change.waits }).toEqual({ code: 4, waits });
    expect(err).toContain("run it again later: the forge limits how many requests a token may make");
    expect(err).not.toContain("give the token");
  });

  test("of the question who writes does not make an older comment that of a stranger", async () => {
    change = await ReviewedChange.on("github", grants(["orders", "customers"]));
    change.forge.add(`${MARKER}\nolder`);
    let refusals = 1;
    change.forge.intercept = ({ path }) =>
      path === "/user" && refusals-- > 0 ? { status: 403, body: { message: SECONDARY } } : null;

    expect((await change.post()).err).toContain("posted: comment updated");
    expect(change.waits).toEqual([60_000]);
    expect(change.forge.comments).toHaveLength(1);
  });
});

test("a token of Gitea that may not ask who it is adds no comment: later runs would not find it", async () => {
  change = await ReviewedChange.on("gitea", grants(["orders", "customers"]));
  change.forge.intercept = ({ path }) => (path === "/user" ? { status: 403, body: {} } : null);

  const { code, err } = await change.post();

  expect(code).toBe(4);
  expect(err).toContain("give the token read:user");
  expect(change.forge.comments).toEqual([]);
});

test("without a pull request the branch of the second status must be named", async () => {
  change = await ReviewedChange.on("github", grants(["orders", "customers"]));
  const { code, err } = await change.postWithout("--merge-status");

  expect(code).toBe(1);
  expect(err).toContain("add --target BRANCH");
  expect(change.forge.statuses).toEqual([]);
});

test("a token of GitHub's pipeline, which may not ask who it is, updates comments of its bot", async () => {
  change = await ReviewedChange.on("github", grants(["orders", "customers"]));
  change.forge.intercept = ({ path }) =>
    path === "/user" ? { status: 403, body: { message: "Resource not accessible by integration" } } : null;
  change.forge.add(`${MARKER}\nolder`, { id: 41898282, login: "github-actions[bot]" });

  expect((await change.post()).err).toContain("posted: comment updated");
  expect(change.forge.comments).toHaveLength(1);
});

test("the token comes from a file, and the pull request from the pipeline", async () => {
  change = await ReviewedChange.on("github", grants(["orders", "customers"]));
  const tokenFile = join(change.root, "..", `${change.forge.url.replaceAll(/\W/g, "-")}.token`);
  await writeFile(tokenFile, `${TOKEN}\n`);
  const env = {
    GITHUB_API_URL: change.forge.url,
    GITHUB_REPOSITORY: "acme/permissions",
    GITHUB_REF: "refs/pull/12/merge",
  };
  const names = ["--base", "HEAD~1", "--head", "HEAD", "--post", "github", "--token-file", tokenFile];

  const { code } = await cli(["review", change.root, ...names], { env });
  await rm(tokenFile);

  expect(code).toBe(0);
  expect(change.own()).toHaveLength(1);
});
