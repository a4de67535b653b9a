import { afterEach, describe, expect, test } from "@jest/globals";
import type { ConversationForge } from "../../../src/network/forges/conversation.ts";
import { ok } from "../../../src/model/values/result.ts";
import { messageOf } from "../../../src/record/message.ts";
import { PullRequestSink } from "../../../src/record/sinks/pull-request/pull-request.ts";
import type { Delivery } from "../../../src/record/sinks/sink.ts";
import { ForgeServer, STRANGER, TOKEN, type ForgedAnswer } from "../../support/forge/forge-server.ts";
import { EVENTS } from "../../unit/record/settlements.ts";

const FORGES: readonly ConversationForge[] = ["github", "gitlab", "gitea", "forgejo"];
const [OLDER, NEWER] = ["a".repeat(40), "b".repeat(40)];

let forge: ForgeServer;
let sink: PullRequestSink;

afterEach(() => forge.end());

async function started(name: ConversationForge): Promise<void> {
  forge = await ForgeServer.start(name);
  sink = new PullRequestSink(
    {
      forge: name,
      apiUrl: forge.url,
      repository: "acme/permissions",
      name: "prod",
      branch: "main",
      appId: null,
    },
    { clock: { nowMs: () => Date.now() }, fetch, token: () => Promise.resolve(ok(TOKEN)) },
  );
}

function merge(number: number, commit: string): void {
  const one = { head: "d".repeat(40), branch: "main", isMerged: true, into: "acme/permissions" };
  forge.merged.push({ number, ofCommits: [commit], mergeCommit: commit, ...one });
}

function deliver(text: string, thread: string | null = null): Promise<Delivery> {
  const message = {
    ...messageOf(EVENTS["pull-request-note"], { severity: "other", seqs: [], at: "", since: null }),
    pullRequestNote: { commit: NEWER, commits: [NEWER, OLDER], text },
  };
  return sink.deliver({ body: "", message, delivery: "d", thread }, AbortSignal.timeout(20_000));
}

function threadOf(delivery: Delivery): string | null {
  return delivery.kind === "delivered" ? delivery.thread : null;
}

/** The server has the comments of pull request 12; those of others are only counted. */
function others(answers: Readonly<Record<string, ForgedAnswer>>): void {
  forge.intercept = ({ method, path }) => {
    const found = Object.entries(answers).find(([request]) => `${method} ${path}`.includes(request));
    if (found !== undefined) return found[1];
    const isList = /\/(?:issues|merge_requests)\/13\/(?:comments|notes)$/.test(path);
    if (!isList) return null;
    return method === "GET" ? { status: 200, body: [] } : { status: 201, body: { id: 900 } };
  };
}

function writesTo(number: number): readonly string[] {
  return forge.requests.filter((request) => request.startsWith("POST") && request.includes(`/${number}/`));
}

function bodies(): readonly (string | undefined)[] {
  return forge.comments.map(({ body }) => body.split("\n")[1]);
}

/** The list of comments of pull request 12, and the request that adds one. */
function commentsOf12(name: ConversationForge): string {
  return name === "gitlab"
    ? "/projects/acme%2Fpermissions/merge_requests/12/notes"
    : "/repos/acme/permissions/issues/12/comments";
}

describe.each(FORGES)("%s", (name) => {
  test("reads only its own comment once it is known", async () => {
    await started(name);
    merge(12, OLDER);
    const thread = threadOf(await deliver("accepted"));
    forge.requests.splice(0);

    await deliver("applied", thread);

    expect(bodies()).toEqual(["applied"]);
    expect(forge.requests.filter((request) => /\/12\/(?:comments|notes)$/.test(request))).toEqual([]);
  });

  test("writes the comment again after someone deleted it", async () => {
    await started(name);
    merge(12, OLDER);
    const thread = threadOf(await deliver("accepted"));
    forge.comments.splice(0);

    await deliver("applied", thread);

    expect(bodies()).toEqual(["applied"]);
  });

  test("shows the note in the others if one pull request refuses it", async () => {
    await started(name);
    merge(12, OLDER);
    merge(13, NEWER);
    others({ [`POST ${commentsOf12(name)}`]: { status: 403, body: { message: "not here" } } });

    const answer = await deliver("applied");

    expect(answer).toMatchObject({
      kind: "delivered",
      problem: { cause: expect.stringMatching(/^pull request 12 .*not here/) },
    });
    expect(writesTo(13)).toHaveLength(1);
  });
});

const TOO_LONG = { status: 200, body: [{ id: 1, body: "x".repeat(17_000_000), user: STRANGER }] };

test.each([
  {
    request: `GET ${commentsOf12("github")}`,
    cause: /^pull request 12 .*16 MiB/,
    because: "a conversation that is too long to read is named, and delays no other",
  },
  {
    request: `/commits/${OLDER}/pulls`,
    cause: /^the list of pull requests of 1 commit is too long/,
    because: "a commit with too many pull requests is named, and delays no other",
  },
])("$because", async ({ request, cause }) => {
  await started("github");
  merge(12, OLDER);
  merge(13, NEWER);
  others({ [request]: TOO_LONG });

  const answer = await deliver("applied");

  expect(answer).toMatchObject({
    kind: "delivered",
    thread: expect.stringContaining("13:900"),
    problem: { cause: expect.stringMatching(cause) },
  });
});

test("a pull request that the forge knows only after the first note gets a comment with a later one", async () => {
  await started("github");
  others({});
  merge(12, OLDER);
  const thread = threadOf(await deliver("accepted"));
  merge(13, NEWER);

  await deliver("applied", thread);

  expect(bodies()).toEqual(["applied"]);
  expect(writesTo(13)).toHaveLength(1);
});

test("after some notes, commits are not looked up again", async () => {
  await started("github");
  merge(12, OLDER);
  const third = threadOf(await deliver("3", threadOf(await deliver("2", threadOf(await deliver("1"))))));
  forge.requests.splice(0);

  await deliver("4", third);

  expect(bodies()).toEqual(["4"]);
  expect(forge.requests.filter((request) => request.includes("/commits/"))).toEqual([]);
});

test("a conversation of more comments than are read is named, and not sent again", async () => {
  await started("github");
  merge(12, OLDER);
  for (let count = 0; count < 2_500; count += 1) forge.add("me too", STRANGER);

  expect(await deliver("applied")).toMatchObject({
    kind: "delivered",
    problem: { cause: expect.stringContaining("2500 comments") },
  });
});

test.each([
  {
    because: "a limit without headers is waited for",
    message: "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
    expected: { kind: "retry", afterMs: 60_000, problem: { fix: "no action required unless it lasts" } },
  },
  {
    because: "a token that never commented may have no right: it is sent again",
    message: "Resource not accessible by personal access token",
    expected: { kind: "retry", problem: { fix: expect.stringMatching(/^give the token/) } },
  },
  {
    because: "an author who blocks the user of the token delays no other pull request",
    message: "User is blocked",
    expected: { kind: "delivered", problem: { cause: expect.stringContaining("12") } },
  },
])("a forge that answers 403: $because", async ({ message, expected }) => {
  await started("github");
  merge(12, OLDER);
  others({ "POST /repos/acme/permissions/issues/12/comments": { status: 403, body: { message } } });

  expect(await deliver("applied")).toMatchObject(expected);
});

test("a refusal is one of the pull request if a comment in another one can be written again", async () => {
  await started("github");
  merge(12, OLDER);
  await deliver("applied");
  merge(13, NEWER);
  others({ "POST /repos/acme/permissions/issues/13/comments": { status: 403, body: { message: "no" } } });

  const answer = await deliver("applied");

  expect(answer).toMatchObject({
    kind: "delivered",
    problem: { cause: expect.stringMatching(/^pull request 13 /) },
  });
  expect(bodies()).toEqual(["applied"]);
});

test("a refusal is one of the token if no comment can be written again, also after one was accepted", async () => {
  await started("github");
  merge(12, OLDER);
  await deliver("accepted");
  forge.comments.splice(0);
  others({ "POST /repos/acme/permissions/issues/12/comments": { status: 403, body: { message: "no" } } });

  expect(await deliver("applied")).toMatchObject({
    kind: "retry",
    problem: { fix: expect.stringMatching(/^give the token/) },
  });
});
