import { afterEach, describe, expect, test } from "@jest/globals";
import { BASE_PATH } from "../../../../src/api/group.ts";
import { cookieOf, localLink, pressSignIn, signedIn } from "../../../support/screens/browser.ts";
import {
  LOCAL_TOKEN,
  ORDERS_TOKEN,
  rawExchange,
  startTestServer,
  type TestServer,
} from "../../../support/screens/http-server.ts";
import { MemorySessions } from "../../../support/fakes/memory-sessions.ts";
import { NOW } from "../../../support/fakes/fake-control.ts";

let server: TestServer;
let nowMs = Date.parse(NOW);
afterEach(() => server.close());

async function start(options: NonNullable<Parameters<typeof startTestServer>[0]>["options"] = {}) {
  nowMs = Date.parse(NOW);
  const clock = { nowMs: () => nowMs, sleep: () => Promise.reject(new Error("no test waits here")) };
  server = await startTestServer({ options: { clock, ...options } });
  return server;
}

describe("the link of grantkeeper open", () => {
  test("shows a button, and the button signs in with a cookie that no script can read", async () => {
    const { request } = await start();

    const path = await localLink(server);
    const page = await request(path, {});
    const answer = await pressSignIn(server, path);

    expect(page.status).toBe(200);
    expect(page.text).toContain("<button autofocus>Sign in</button>");
    expect(page.headers.get("content-security-policy")).toBe(
      "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    );
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/ui/"]);
    expect(answer.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^gk_session_acme=[\w-]{43}; Path=\/; Max-Age=3600; HttpOnly; SameSite=Lax$/),
    ]);
  });

  test("signs no one in when it is only looked at, ten times", async () => {
    const { request } = await start();
    const path = await localLink(server);

    for (let time = 0; time < 10; time += 1) await request(path, {});

    expect(server.control.sessionFacts).toEqual([]);
    expect((await pressSignIn(server, path)).status).toBe(303);
  });

  test("makes a session of the system user, which may do what the local token may do", async () => {
    const { request } = await start();

    const cookie = await signedIn(server);

    expect((await request("/auth/session", { headers: { cookie } })).json).toEqual({
      actor: "dana <local>",
      displayName: "dana",
      method: "local",
      grants: [{ scopes: ["approve", "read", "reconcile", "suspend"], namespaces: ["*"] }],
      expires: "2026-11-25T13:00:00.000Z",
    });
    expect((await request(`${BASE_PATH}/overview`, { headers: { cookie } })).status).toBe(200);
    expect(server.control.sessionFacts).toEqual([
      {
        kind: "signed-in",
        actor: "dana <local>",
        method: "local",
        session: expect.stringMatching(/^[0-9a-f]{8}$/),
      },
    ]);
  });

  test.each([
    { user: "", actor: "local", displayName: "local" },
    {
      user: "<script>alert(1)</script>",
      actor: "scriptalert(1)/script <local>",
      displayName: "<script>alert(1)</script>",
    },
    { user: "da\u202ena\n", actor: "dana <local>", displayName: "dana" },
  ])("of user $user has the actor $actor", async ({ user, actor, displayName }) => {
    const { request } = await start();

    const cookie = cookieOf(await pressSignIn(server, await localLink(server, user)));

    expect((await request("/auth/session", { headers: { cookie } })).json).toMatchObject({
      actor,
      displayName,
    });
  });
});

describe("a code is refused, with a page, and recorded", () => {
  test.each([
    { because: "after it was used", spoil: (path: string) => pressSignIn(server, path) },
    {
      because: "after a minute",
      spoil: async () => {
        nowMs += 60_000;
      },
    },
    {
      because: "after a restart of the controller",
      spoil: async () => {
        await server.close();
        await start();
      },
    },
  ])("$because", async ({ spoil }) => {
    await start();
    const path = await localLink(server);
    await spoil(path);

    const answers = [await server.request(path, {}), await pressSignIn(server, path)];

    for (const { status, headers, text } of answers) {
      expect([status, headers.get("content-type")]).toEqual([403, "text/html; charset=utf-8"]);
      expect(text).toContain("run grantkeeper open again");
      expect(headers.getSetCookie()).toEqual([]);
    }
    expect(server.control.refusals).toMatchObject([
      { method: "GET", path: "/auth/local", status: 403 },
      { method: "POST", path: "/auth/local", status: 403 },
    ]);
  });

  test("that no one made", async () => {
    const { request } = await start();

    expect((await request(`/auth/local?code=${"A".repeat(43)}`, {})).status).toBe(403);
  });
});

describe("a link is made", () => {
  test.each([
    { token: null, status: 401, because: "without a token" },
    { token: ORDERS_TOKEN, status: 403, because: "with the token of a team" },
    { token: "wrong", status: 401, because: "with an unknown token" },
  ])("for no one $because", async ({ token, status }) => {
    const { request } = await start();
    const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };

    expect((await request("/auth/local/links", { method: "POST", headers })).status).toBe(status);
    expect(server.control.refusals).toHaveLength(1);
  });

  test("for no session, which would otherwise last for ever", async () => {
    const { request } = await start();
    const cookie = await signedIn(server);
    const headers = { cookie, "sec-fetch-site": "same-origin", "x-grantkeeper-csrf": "1" };

    expect((await request("/auth/local/links", { method: "POST", headers })).status).toBe(403);
  });

  test("for no request by the name of another machine, as a proxy on this machine passes it on", async () => {
    const page = { ...PAGE, publicUrl: "https://gk.example.com" };
    const { port } = await start({ page });
    const head = `POST /auth/local/links HTTP/1.1\r\nHost: gk.example.com\r\nAuthorization: Bearer ${LOCAL_TOKEN}\r\n`;

    expect(await rawExchange(port, `${head}Connection: close\r\n\r\n`)).toContain("HTTP/1.1 403 ");
  });

  test("thirty times a minute at most", async () => {
    const { request } = await start();
    const statuses = [];
    for (let time = 0; time < 31; time += 1) statuses.push((await request("/auth/local?code=x", {})).status);

    expect(statuses.slice(0, 30)).toEqual(Array(30).fill(403));
    expect(statuses[30]).toBe(429);
  });
});

const PAGE = {
  folder: "/nonexistent",
  instance: "acme",
  sessions: new MemorySessions(),
  publicUrl: null,
  oidc: null,
};

test("the form of another page signs no one in", async () => {
  await start();
  const path = await localLink(server);

  const answer = await pressSignIn(server, path, { "sec-fetch-site": "cross-site" });

  expect(answer.status).toBe(403);
  expect((await pressSignIn(server, path, { "sec-fetch-site": "same-origin" })).status).toBe(303);
});
