import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { CommitState, CommitStatus } from "../../../src/model/records/commit-status.ts";
import { readSecret } from "../../../src/record/sinks/secret.ts";
import type { Delivery } from "../../../src/record/sinks/sink.ts";
import { CommitStatusSink } from "../../../src/record/sinks/commit-status/commit-status.ts";
import { examineForge } from "../../../src/record/sinks/commit-status/examine.ts";
import type { Forge } from "../../../src/network/forges/status-form.ts";
import { HOSTILE_TEXTS, lineProblems } from "../../support/forge/active-markdown.ts";
import { requestProblem } from "../../support/forge/described.ts";
import { answerJson, HttpReceiver } from "../../support/alerts/http-receiver.ts";
import { messageAbout, outgoingOf } from "../../support/alerts/outgoing.ts";

const COMMIT = "4f0e2d1".padEnd(40, "a");
const { signal } = new AbortController();

let forge: HttpReceiver;
let folder: string;
let tokenFile: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "status-"));
  tokenFile = join(folder, "token");
  await writeFile(tokenFile, "s3cret-token\n");
  forge = await HttpReceiver.start();
});

afterEach(async () => {
  await forge.end();
  await rm(folder, { recursive: true });
});

function deliver(name: Forge, change: Partial<CommitStatus> = {}, apiUrl = forge.url): Promise<Delivery> {
  const sink = new CommitStatusSink(
    {
      forge: name,
      apiUrl,
      repository: "acme/permissions",
      name: "grantkeeper/prod",
      link: "https://wiki/gk",
    },
    {
      clock: { nowMs: () => Date.now() },
      fetch,
      token: () => readSecret("token for commit statuses", tokenFile),
    },
  );
  const commitStatus = { commit: COMMIT, state: "pending", text: "being applied", ...change } as const;
  const incident = `commit-status/main/${COMMIT}`;
  const event = { kind: "commit-status", incident, source: "main", isNew: true, ...commitStatus } as const;
  return sink.deliver(outgoingOf(messageAbout(event)), signal);
}

/** The server refuses what the description of its API refuses. */
function describedServer(name: Forge): void {
  forge.answer = (response, { path, body }) => {
    const request = { method: "POST", path, body: JSON.parse(body) as unknown };
    const message = requestProblem(name, request);
    answerJson(message === null ? {} : { message }, message === null ? 201 : 422)(response);
  };
}

const FORGES: readonly Forge[] = ["github", "gitlab", "gitea", "forgejo", "bitbucket"];
const STATES: readonly CommitState[] = ["pending", "success", "failure", "superseded"];

describe.each(FORGES)("%s", (name) => {
  beforeEach(() => describedServer(name));

  test.each(STATES)("takes the state %s", async (state) => {
    expect(await deliver(name, { state })).toMatchObject({ kind: "delivered" });
  });

  test("takes a text that is longer than it allows, cut", async () => {
    expect(await deliver(name, { text: "x".repeat(1_000) })).toMatchObject({ kind: "delivered" });
  });

  test("gets one line of printable text, also if a name or a reason is hostile", async () => {
    for (const [because, text] of HOSTILE_TEXTS) {
      expect([because, await deliver(name, { text })]).toMatchObject([because, { kind: "delivered" }]);
    }

    const texts = forge.received.map(
      ({ body }) => (JSON.parse(body) as { readonly description: string }).description,
    );
    expect(texts).toHaveLength(HOSTILE_TEXTS.length);
    expect(texts.flatMap(lineProblems)).toEqual([]);
  });

  test.each([
    { status: 401, cause: /token/, because: "the token expired or was revoked" },
    {
      status: 403,
      cause: /may not set the status of a commit of acme\/permissions/,
      because: "a permission is missing",
    },
    {
      status: 404,
      cause: /may not set the status of a commit of acme\/permissions/,
      because: "it sees no repository",
    },
  ])("has one named problem if $because, without the token", async ({ status, cause }) => {
    forge.answer = answerJson({ message: "no s3cret-token here" }, status);

    const delivery = await deliver(name);

    expect(delivery).toMatchObject({ kind: "retry", problem: { cause: expect.stringMatching(cause) } });
    expect(JSON.stringify(delivery)).not.toContain("s3cret");
  });

  test.each([429, 403])(
    "that limits the rate with %s is asked again after the pause that it names",
    async (status) => {
      forge.answer = answerJson({ message: "API rate limit exceeded" }, status, { "retry-after": "77" });

      expect(await deliver(name)).toMatchObject({ kind: "retry", afterMs: 77_000 });
    },
  );

  test("that fails is asked again", async () => {
    forge.answer = (response) => response.writeHead(502).end("<html>");

    expect(await deliver(name)).toMatchObject({
      kind: "retry",
      problem: { cause: expect.stringMatching(/502/) },
    });
  });
});

test("GitHub's limit without a pause is asked again after a minute", async () => {
  forge.answer = answerJson({ message: "You have exceeded a secondary rate limit" }, 403);

  expect(await deliver("github")).toMatchObject({ kind: "retry", afterMs: 60_000 });
});

test.each([
  { name: "github", status: 422, body: { message: `No commit found for SHA: ${COMMIT}` } },
  { name: "gitlab", status: 404, body: { message: "404 Commit Not Found" } },
] as const)("the state of a commit that $name no longer has is given up", async ({ name, status, body }) => {
  forge.answer = answerJson(body, status);

  expect(await deliver(name)).toMatchObject({ kind: "refused" });
});

describe("GitLab's answer that a state cannot change", () => {
  const cannot = {
    message:
      'Cannot transition status via :enqueue from :pending (Reason(s): Status cannot transition via "enqueue")',
  };

  test.each([
    { found: "pending", kind: "delivered", because: "the answer of an earlier attempt was lost" },
    { found: "failed", kind: "retry", because: "the commit shows another state" },
  ])("is $kind if $because", async ({ found, kind }) => {
    const statuses = [
      { id: 1, name: "grantkeeper/prod", status: "success" },
      { id: 3, name: "other", status: "pending" },
      { id: 2, name: "grantkeeper/prod", status: found },
    ];
    forge.answer = (response, { path }) =>
      path.includes("/repository/commits/")
        ? answerJson(statuses)(response)
        : answerJson(cannot, 400)(response);

    expect(await deliver("gitlab")).toMatchObject({ kind });
  });

  test("is tried again if the states cannot be read back", async () => {
    forge.answer = (response, { path }) =>
      path.includes("/repository/commits/")
        ? answerJson({ message: "no" }, 403)(response)
        : answerJson(cannot, 400)(response);

    expect(await deliver("gitlab")).toMatchObject({ kind: "retry" });
  });

  test("is tried again if the states have no end, and does not wait for the time limit of 10 s", async () => {
    const beganMs = performance.now();
    forge.answer = (response, { path }) => {
      if (!path.includes("/repository/commits/")) answerJson(cannot, 400)(response);
      else response.writeHead(200).write(" ".repeat(2_097_152));
    };

    expect(await deliver("gitlab")).toMatchObject({ kind: "retry" });
    expect(performance.now() - beganMs).toBeLessThan(9_000);
  });
});

test("a redirect is not followed: the token stays with the server of the configuration", async () => {
  forge.answer = (response) => response.writeHead(301, { location: `${forge.url}/other` }).end();

  expect(await deliver("gitea")).toMatchObject({
    kind: "retry",
    problem: { fix: expect.stringContaining("apiUrl") },
  });
  expect(forge.received).toHaveLength(1);
});

test("a token file that is missing is a problem with its fix", async () => {
  await rm(tokenFile);

  expect(await deliver("github")).toMatchObject({
    kind: "retry",
    problem: { cause: expect.stringContaining("ENOENT") },
  });
});

test("a forge that cannot be reached is asked again", async () => {
  expect(await deliver("github", {}, "http://127.0.0.1:1")).toMatchObject({ kind: "retry" });
});

describe("examined by doctor", () => {
  function examine(name: Forge): ReturnType<typeof examineForge> {
    const settings = {
      forge: name,
      apiUrl: forge.url,
      repository: "acme/permissions",
      name: "grantkeeper/prod",
      link: null,
    };
    const token = (): ReturnType<typeof readSecret> => readSecret("token for commit statuses", tokenFile);
    return examineForge(settings, { clock: { nowMs: () => Date.now() }, fetch, token }, signal);
  }

  test.each(FORGES)(
    "%s is passed if the token reads the repository, and nothing is written",
    async (name) => {
      expect(await examine(name)).toMatchObject({ outcome: "passed" });
      expect(forge.received.map(({ body }) => body)).toEqual([""]);
    },
  );

  test.each([
    {
      name: "github",
      headers: { "x-oauth-scopes": "gist, read:org" },
      body: {},
      because: "a scope is missing",
    },
    {
      name: "gitlab",
      headers: {},
      body: { permissions: { project_access: { access_level: 20 }, group_access: null } },
      because: "the role is Reporter",
    },
  ] as const)("$name is failed if $because", async ({ name, headers, body }) => {
    forge.answer = answerJson(body, 200, headers);

    expect(await examine(name)).toMatchObject({
      outcome: "failed",
      detail: expect.stringContaining("may not set the status"),
    });
  });

  test("an answer without an end is read up to 1 MiB, and its role still counts", async () => {
    const beganMs = performance.now();
    const role = '{"permissions":{"project_access":{"access_level":20}},"description":"';
    forge.answer = (response) => void response.writeHead(200).write(role + "x".repeat(2_097_152));

    expect(await examine("gitlab")).toMatchObject({ outcome: "failed" });
    expect(performance.now() - beganMs).toBeLessThan(9_000);
  });

  test("a token that is not valid, a busy forge, a missing file and a server that is away are named, and nothing is promised that doctor does not do", async () => {
    forge.answer = answerJson({ message: "Bad credentials" }, 401);
    expect(await examine("github")).toMatchObject({ detail: expect.stringContaining("write a valid token") });
    forge.answer = answerJson({ message: "unavailable" }, 503);
    expect(await examine("github")).toEqual({
      outcome: "failed",
      detail: 'GitHub answers 503 "unavailable"; no action required unless it lasts',
    });
    await rm(tokenFile);
    expect(await examine("github")).toMatchObject({ detail: expect.stringContaining("ENOENT") });
    await writeFile(tokenFile, "t");
    await forge.end();
    expect(await examine("github")).toMatchObject({ detail: expect.stringContaining("ECONNREFUSED") });
    forge = await HttpReceiver.start();
  });
});
