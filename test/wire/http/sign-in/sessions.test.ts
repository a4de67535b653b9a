import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { BACKGROUND_HEADER, BASE_PATH } from "../../../../src/api/group.ts";
import { localLink, OWN_PAGE, pressSignIn, cookieOf, signedIn } from "../../../support/screens/browser.ts";
import {
  LOCAL_TOKEN,
  READER_TOKEN,
  startTestServer,
  type Answer,
  type TestServer,
} from "../../../support/screens/http-server.ts";
import { MemorySessions } from "../../../support/fakes/memory-sessions.ts";
import { NOW } from "../../../support/fakes/fake-control.ts";

let server: TestServer;
let nowMs: number;
let sessions: MemorySessions;

beforeEach(async () => {
  nowMs = Date.parse(NOW);
  sessions = new MemorySessions();
  server = await start();
});
afterEach(() => server.close());

function start(): Promise<TestServer> {
  const clock = { nowMs: () => nowMs, sleep: () => Promise.reject(new Error("no test waits here")) };
  const page = { folder: "/nonexistent", instance: "acme", sessions, publicUrl: null, oidc: null };
  return startTestServer({ options: { clock, page } });
}

function get(path: string, cookie: string): Promise<Answer> {
  return server.request(path, { headers: { cookie } });
}

function reconcile(headers: Readonly<Record<string, string>>): Promise<Answer> {
  return server.request(`${BASE_PATH}/reconciliations`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: '{"all":true}',
  });
}

const MINUTE = 60_000;

describe("a session", () => {
  test("survives a restart of the controller", async () => {
    const cookie = await signedIn(server);
    await server.close();
    server = await start();

    expect((await get("/auth/session", cookie)).status).toBe(200);
  });

  test("is in the record as a hash, from which no cookie can be made", async () => {
    const cookie = await signedIn(server);
    const token = cookie.split("=")[1] ?? "";

    expect(JSON.stringify([...sessions.known])).not.toContain(token);
    expect([...sessions.known.keys()]).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
  });

  test("ends after an hour, however much it is used", async () => {
    const cookie = await signedIn(server);
    for (let minute = 0; minute < 59; minute += 1) {
      nowMs += MINUTE;
      expect((await get("/auth/session", cookie)).status).toBe(200);
    }

    nowMs += MINUTE;

    expect((await get(`${BASE_PATH}/overview`, cookie)).json).toMatchObject({
      reason: "Unauthorized",
      message: "the session has ended: sign in again",
    });
    expect(sessions.known.size).toBe(0);
  });

  test("is known by its cookie alone: not by its hash, another name, or two cookies of that name", async () => {
    const cookie = await signedIn(server);
    const [hash = ""] = sessions.known.keys();
    const token = cookie.split("=")[1] ?? "";

    for (const header of [
      `gk_session_acme=${hash}`,
      `__Host-gk_session=${token}`,
      `gk_session_other=${token}`,
      `gk_session_acme=${token}; gk_session_acme=${token}`,
      `gk_session_acme=`,
    ])
      expect((await get("/auth/session", header)).status).toBe(401);
    expect((await get("/auth/session", `a=b; ${cookie}; c=d`)).status).toBe(200);
  });

  test("that begins ends the one that the browser had", async () => {
    const first = await signedIn(server);
    const second = cookieOf(await pressSignIn(server, await localLink(server), { cookie: first }));

    expect((await get("/auth/session", first)).status).toBe(401);
    expect((await get("/auth/session", second)).status).toBe(200);
  });
});

describe("a request that no person caused", () => {
  const read = (path: string, cookie: string): Promise<Answer> =>
    server.request(path, { headers: { cookie, [BACKGROUND_HEADER]: "1" } });
  const usedMs = (): readonly number[] => [...sessions.known.values()].map((known) => known.usedMs);

  test.each(["/auth/session", `${BASE_PATH}/overview`])("is no use of the session: %s", async (path) => {
    const cookie = await signedIn(server);
    nowMs += 30 * MINUTE;

    expect((await read(path, cookie)).status).toBe(200);
    expect(usedMs()).toEqual([Date.parse(NOW)]);

    expect((await get(path, cookie)).status).toBe(200);
    expect(usedMs()).toEqual([nowMs]);
  });

  test("gets no answer from a session that has ended, and is recorded", async () => {
    const cookie = await signedIn(server);
    nowMs += 60 * MINUTE;

    expect((await read(`${BASE_PATH}/overview`, cookie)).status).toBe(401);
    expect(server.control.refusals).toMatchObject([{ actor: "anonymous", status: 401 }]);
  });
});

describe("signing out", () => {
  test("ends the session: a stolen cookie is of no use, and the record has it", async () => {
    const cookie = await signedIn(server);

    const answer = await server.request("/auth/logout", { method: "POST", headers: { cookie, ...OWN_PAGE } });

    expect(answer.status).toBe(204);
    expect(answer.headers.getSetCookie()).toEqual([
      "gk_session_acme=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax",
    ]);
    expect((await get(`${BASE_PATH}/overview`, cookie)).status).toBe(401);
    expect(server.control.sessionFacts).toMatchObject([
      { kind: "signed-in", actor: "dana <local>" },
      { kind: "signed-out", actor: "dana <local>" },
    ]);
    expect(server.control.refusals).toMatchObject([{ actor: "anonymous", status: 401 }]);
  });

  test.each([
    { headers: {}, status: 403, because: "without the headers of the page" },
    { headers: { ...OWN_PAGE, "sec-fetch-site": "same-site" }, status: 403, because: "by another port" },
  ])("is refused and recorded $because", async ({ headers, status }) => {
    const cookie = await signedIn(server);

    const answer = await server.request("/auth/logout", { method: "POST", headers: { cookie, ...headers } });

    expect(answer.status).toBe(status);
    expect(server.control.refusals).toMatchObject([{ actor: "dana <local>", path: "/auth/logout", status }]);
    expect((await get("/auth/session", cookie)).status).toBe(200);
  });

  test("needs a session", async () => {
    const answer = await server.request("/auth/logout", { method: "POST", headers: { ...OWN_PAGE } });

    expect(answer.status).toBe(401);
  });
});

describe("a change with a session", () => {
  test("of the page itself is made, in the name of the person", async () => {
    const cookie = await signedIn(server);

    const answer = await reconcile({ cookie, ...OWN_PAGE });

    expect(answer.status).toBe(202);
    expect(server.control.commands).toMatchObject([{ actor: "dana <local>" }]);
  });

  test.each([
    { headers: {}, because: "without both headers, as a form or an old browser sends it" },
    { headers: { "x-grantkeeper-csrf": "1" }, because: "without Sec-Fetch-Site" },
    { headers: { "sec-fetch-site": "same-origin" }, because: "without the header that a form cannot send" },
    { headers: { ...OWN_PAGE, "x-grantkeeper-csrf": "0" }, because: "with another value" },
    { headers: { ...OWN_PAGE, "sec-fetch-site": "cross-site" }, because: "of another site" },
    { headers: { ...OWN_PAGE, "sec-fetch-site": "same-site" }, because: "of another port of this machine" },
    { headers: { ...OWN_PAGE, "sec-fetch-site": "none" }, because: "of no page" },
  ])("is refused and recorded $because", async ({ headers }) => {
    const cookie = await signedIn(server);

    const answer = await reconcile({ cookie, ...headers });

    expect([answer.status, answer.json.reason]).toEqual([403, "Forbidden"]);
    expect(server.control.commands).toEqual([]);
    expect(server.control.refusals).toMatchObject([{ actor: "dana <local>", status: 403 }]);
  });

  test("is judged by its token alone if it has one", async () => {
    const cookie = await signedIn(server);
    const reader = { authorization: `Bearer ${READER_TOKEN}` };

    expect((await reconcile({ cookie, ...OWN_PAGE, ...reader })).status).toBe(403);
    expect((await reconcile({ cookie, ...OWN_PAGE, authorization: "Bearer wrong" })).status).toBe(401);
    expect((await reconcile({ cookie, authorization: `Bearer ${LOCAL_TOKEN}` })).status).toBe(202);
    expect((await server.request("/auth/session", { headers: { cookie, ...reader } })).status).toBe(401);
  });
});

describe("a read with a session", () => {
  test.each([
    { site: "same-origin", status: 200, recorded: [] },
    { site: "none", status: 200, recorded: [] },
    { site: "same-site", status: 403, recorded: [403] },
    { site: "cross-site", status: 403, recorded: [403] },
  ])("of a page that is $site is answered with $status, and recorded if it is refused", async (one) => {
    const cookie = await signedIn(server);

    const answer = await server.request(`${BASE_PATH}/overview`, {
      headers: { cookie, "sec-fetch-site": one.site },
    });

    expect(answer.status).toBe(one.status);
    expect(server.control.refusals.map(({ status }) => status)).toEqual(one.recorded);
  });
});

test("to ask who is signed in, before anyone is, is no refusal for the record", async () => {
  const answer = await server.request("/auth/session", {});

  expect(answer.json).toMatchObject({ reason: "Unauthorized", message: "no one is signed in" });
  expect(server.control.refusals).toEqual([]);
});

test("the page learns how a browser on this machine can sign in", async () => {
  expect((await server.request("/auth/methods", {})).json).toEqual({ oidc: false, local: true });
});
