import { afterEach, describe, expect, test } from "@jest/globals";
import type { ConversationForge } from "../../../src/network/forges/conversation.ts";
import { ok } from "../../../src/model/values/result.ts";
import type { PullRequestNote } from "../../../src/model/records/pull-requests/note.ts";
import { messageOf, type AlertMessage } from "../../../src/record/message.ts";
import { PullRequestSink } from "../../../src/record/sinks/pull-request/pull-request.ts";
import { examinePullRequests } from "../../../src/record/sinks/pull-request/examine.ts";
import type { KeyFinding } from "../../../src/model/verification.ts";
import type { Delivery } from "../../../src/record/sinks/sink.ts";
import { ForgeServer, STRANGER, TOKEN, US } from "../../support/forge/forge-server.ts";
import type { MergedOnForge } from "../../support/forge/forms.ts";
import { EVENTS } from "../../unit/record/settlements.ts";

const FORGES: readonly ConversationForge[] = ["github", "gitlab", "gitea", "forgejo"];
const REPOSITORY = { repository: "acme/permissions", name: "prod", branch: "main" } as const;
const COMMIT = "a".repeat(40);
const HEAD = "b".repeat(40);
const MARKER = "<!-- grantkeeper:applied prod -->";
const APPLIED = "### Grantkeeper: applied";

let forge: ForgeServer;

afterEach(() => forge.end());

async function started(name: ConversationForge, ...merged: readonly Partial<MergedOnForge>[]): Promise<void> {
  forge = await ForgeServer.start(name);
  const one = {
    number: 12,
    ofCommits: [COMMIT],
    mergeCommit: COMMIT,
    head: HEAD,
    branch: "main",
    isMerged: true,
    into: "acme/permissions",
  };
  forge.merged.push(...merged.map((change) => ({ ...one, ...change })));
}

interface Sent {
  readonly note?: Partial<PullRequestNote>;
  readonly thread?: string | null;
  readonly token?: string;
  readonly appId?: string;
}

function deliver({ note, thread = null, token = TOKEN, appId }: Sent = {}): Promise<Delivery> {
  const sink = new PullRequestSink(
    { ...REPOSITORY, forge: forge.forge, apiUrl: forge.url, appId: appId ?? null },
    { clock: { nowMs: () => Date.now() }, fetch, token: () => Promise.resolve(ok(token)) },
  );
  const message: AlertMessage = {
    ...messageOf(EVENTS["pull-request-note"], { severity: "other", seqs: [], at: "", since: null }),
    pullRequestNote: { commit: COMMIT, commits: [COMMIT], text: APPLIED, ...note },
  };
  return sink.deliver({ body: "", message, delivery: "d", thread }, AbortSignal.timeout(10_000));
}

function examined({ token = TOKEN, appId }: Sent = {}): Promise<KeyFinding> {
  const repository = { ...REPOSITORY, forge: forge.forge, apiUrl: forge.url, appId: appId ?? null };
  const tools = { clock: { nowMs: () => Date.now() }, fetch, token: () => Promise.resolve(ok(token)) };
  return examinePullRequests(repository, tools, AbortSignal.timeout(10_000));
}

function bodies(): readonly string[] {
  return forge.comments.map(({ body }) => body);
}

describe.each(FORGES)("%s", (name) => {
  test("shows one comment, which later notes change and equal ones leave", async () => {
    await started(name, {});
    forge.add(`${MARKER}\nforged by someone else`, STRANGER);

    const first = await deliver({ note: { text: "### Grantkeeper: accepted" } });
    const thread = first.kind === "delivered" ? first.thread : null;
    await deliver({ thread });
    const before = forge.requests.length;
    await deliver({ thread });

    expect(thread).toMatch(/^1\/12:\d+$/);
    expect(bodies()).toEqual([`${MARKER}\nforged by someone else`, `${MARKER}\n${APPLIED}`]);
    expect(forge.requests.slice(before).filter((request) => !request.startsWith("GET"))).toEqual([]);
  });

  test.each<{ change: Partial<MergedOnForge>; because: string }>([
    { change: { isMerged: false }, because: "it was closed without a merge" },
    { change: { branch: "develop" }, because: "it was merged into another branch" },
    {
      change: { mergeCommit: "c".repeat(40), head: "d".repeat(40) },
      because: "another commit merged it, at another time",
    },
  ])("shows nothing in a pull request if $because", async ({ change }) => {
    await started(name, change);

    expect(await deliver()).toMatchObject({ kind: "delivered", thread: null });
    expect(bodies()).toEqual([]);
  });

  test("finds its comment again after an answer was lost", async () => {
    await started(name, {});
    forge.intercept = ({ method }) => (method === "POST" ? { status: 201, body: {}, isLost: true } : null);
    expect(await deliver()).toMatchObject({ kind: "retry" });

    forge.intercept = () => null;

    expect(await deliver()).toMatchObject({ kind: "delivered" });
    expect(bodies()).toEqual([`${MARKER}\n${APPLIED}`]);
  });

  test("adds no comment for a rollback, and changes the one that is there", async () => {
    await started(name, {});
    await deliver({ note: { onlyUpdates: true } });
    expect(bodies()).toEqual([]);
    await deliver();

    await deliver({ note: { onlyUpdates: true, text: "### Grantkeeper: rolled back" } });

    expect(bodies()).toEqual([`${MARKER}\n### Grantkeeper: rolled back`]);
  });

  test("waits as long as the forge asks for, and never shows the token", async () => {
    await started(name, {});
    forge.intercept = () => ({
      status: 429,
      body: { message: `slow down, ${TOKEN}` },
      headers: { "retry-after": "77" },
    });
    const limited = await deliver();
    forge.intercept = () => null;

    const refused = await deliver({ token: "wrong-token" });

    expect(limited).toMatchObject({ kind: "retry", afterMs: 77_000 });
    expect(refused).toMatchObject({
      kind: "retry",
      problem: { fix: "write a valid token into pullRequestComments.tokenFile" },
    });
    expect(JSON.stringify([limited, refused])).not.toMatch(new RegExp(`${TOKEN}|wrong-token`));
  });

  test("does not take a repository that the token cannot see for one without pull requests", async () => {
    await started(name);
    forge.intercept = ({ path }) =>
      path === "/user" ? null : { status: 404, body: { message: "Not Found" } };

    expect(await deliver()).toMatchObject({
      kind: "retry",
      problem: { fix: expect.stringMatching(/^give the token/) },
    });
  });

  test("goes on after a conversation that is locked, and names it", async () => {
    await started(name, { number: 12 }, { number: 13, ofCommits: [HEAD], mergeCommit: HEAD });
    forge.locked.add(12);
    forge.intercept = ({ path, method }) =>
      method === "GET" && /\/(?:issues|merge_requests)\/13\/(?:comments|notes)$/.test(path)
        ? { status: 200, body: [] }
        : null;

    const answer = await deliver({ note: { commits: [COMMIT, HEAD] } });

    expect(answer).toMatchObject({ kind: "delivered", problem: { cause: expect.stringContaining("12") } });
    expect(bodies()).toEqual([`${MARKER}\n${APPLIED}`]);
  });
});

test("a pull request into another repository of the same name is not this one's", async () => {
  await started("github", { into: "mallory/permissions" });

  await deliver();

  expect(bodies()).toEqual([]);
});

test("a GitHub App changes only what its own bot wrote", async () => {
  await started("github", {});
  const shown = (type: string, id: number, app: number): object => ({
    id,
    body: `${MARKER}\nearlier`,
    user: { ...US, type },
    performed_via_github_app: { id: app, client_id: "Iv1.x" },
  });
  const [byPerson, byOther, own] = [shown("User", 1, 9), shown("Bot", 2, 8), shown("Bot", 3, 9)];
  const changed: string[] = [];
  forge.intercept = ({ method, path }) => {
    if (path.endsWith("/comments")) return { status: 200, body: [byPerson, byOther, own] };
    if (method === "PATCH") changed.push(path);
    return method === "PATCH" ? { status: 200, body: {} } : null;
  };

  await deliver({ appId: "9" });

  expect(changed).toEqual(["/repos/acme/permissions/issues/comments/3"]);
  expect(forge.requests).not.toContain("GET /user");
});

describe("examined by doctor", () => {
  test.each(FORGES)("%s passes a token that reads the repository, and nothing is written", async (name) => {
    await started(name);

    expect(await examined()).toMatchObject({ outcome: "passed" });
    expect(forge.requests.filter((request) => !request.startsWith("GET"))).toEqual([]);
  });

  test.each<{ name: ConversationForge; path: RegExp; status: number; body: object; detail: string }>([
    { name: "github", path: /permissions$/, status: 404, body: {}, detail: '"Pull requests: write"' },
    { name: "gitea", path: /user$/, status: 403, body: {}, detail: "read:user" },
    { name: "forgejo", path: /user$/, status: 200, body: {}, detail: "does not show whose token this is" },
    {
      name: "gitlab",
      path: /permissions$/,
      status: 200,
      body: { permissions: { project_access: { access_level: 20 }, group_access: null } },
      detail: "the role Developer",
    },
  ])("$name fails with the right that is missing: $detail", async ({ name, path, status, body, detail }) => {
    await started(name);
    forge.intercept = (request) => (path.test(request.path) ? { status, body } : null);

    expect(await examined()).toEqual({ outcome: "failed", detail: expect.stringContaining(detail) });
  });

  test("a token that is not valid fails and is not shown", async () => {
    await started("gitlab");

    const { outcome, detail } = await examined({ token: "glpat-0123456789" });

    expect([outcome, detail.includes("is not valid"), detail.includes("glpat")]).toEqual([
      "failed",
      true,
      false,
    ]);
  });

  test("the token of a GitHub App, which has no user, passes", async () => {
    await started("github");
    forge.intercept = ({ path }) => (path === "/user" ? { status: 403, body: {} } : null);

    expect(await examined({ appId: "123" })).toMatchObject({ outcome: "passed" });
  });
});
