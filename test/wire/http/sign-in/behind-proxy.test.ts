import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { BASE_PATH } from "../../../../src/api/group.ts";
import { bearer, LOCAL_TOKEN, startTestServer } from "../../../support/screens/http-server.ts";
import { signIn, startSignIns, type SignIns } from "../../../support/sign-in/signing-in.ts";

describe("behind a proxy, where every request has one address,", () => {
  let running: SignIns;
  beforeEach(async () => {
    running = await startSignIns();
  });
  afterEach(() => running.close());

  test.each(["/auth/login", "/auth/callback", "/auth/callback?state=x&code=y", "/auth/local?code=x"])(
    "31 requests of %s keep no one from signing in",
    async (path) => {
      for (let time = 0; time < 31; time += 1)
        await fetch(`${running.origin}${path}`, { redirect: "manual" });

      expect((await signIn(running)).answer.status).toBe(303);
    },
  );

  test("requests of others use up nothing of a person, nor of a token", async () => {
    const { browser } = await signIn(running);
    const cookie = browser.cookies(running.origin);
    for (const path of ["/ui/x", `${BASE_PATH}/overview`]) await floodWith(`${running.origin}${path}`);

    const answers = [
      await running.server.request(`${BASE_PATH}/overview`, { headers: { cookie } }),
      await running.server.request(`${BASE_PATH}/overview`, { headers: bearer(LOCAL_TOKEN) }),
      await running.server.request(`${BASE_PATH}/overview`, { headers: bearer("unknown") }),
      await running.server.request("/ui/x", { headers: { cookie } }),
    ];

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429, 404]);
  }, 60_000);

  test("many people who begin to sign in read the discovery document of the provider once a minute", async () => {
    let reads = 0;
    running.rewrites.set("/.well-known/openid-configuration", (body) => {
      reads += 1;
      return body;
    });
    const login = (): Promise<Response> => fetch(`${running.origin}/auth/login`, { redirect: "manual" });

    const answers = await Promise.all(Array.from({ length: 20 }, login));
    const readAtFirst = reads;
    running.clock.offsetMs += 60_000;
    await login();

    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(302));
    expect([readAtFirst, reads]).toEqual([1, 2]);
  });
});

async function floodWith(url: string): Promise<void> {
  for (let sent = 0; sent < 1_250; sent += 50)
    await Promise.all(Array.from({ length: 50 }, async () => (await fetch(url)).arrayBuffer()));
}

describe("the address of a client without a token", () => {
  test.each([
    {
      trustedProxies: [],
      statuses: [401, 429],
      because: "no proxy is trusted, so a client cannot choose its address",
    },
    { trustedProxies: ["192.0.2.1"], statuses: [401, 429], because: "another proxy is trusted" },
    { trustedProxies: ["127.0.0.1"], statuses: [401, 401], because: "the proxy is trusted" },
    { trustedProxies: ["127.0.0.0/8"], statuses: [401, 401], because: "the network of the proxy is trusted" },
  ])("with $trustedProxies: $because", async ({ trustedProxies, statuses }) => {
    const server = await startTestServer({ options: { trustedProxies, limits: { requestsPerMinute: 1 } } });
    const from = async (address: string): Promise<number> => {
      const headers = { "x-forwarded-for": address };
      return (await server.request(`${BASE_PATH}/overview`, { headers })).status;
    };

    const answered = [await from("198.51.100.1"), await from("198.51.100.2")];
    const forged = await from("203.0.113.9, 198.51.100.1");
    await server.close();

    expect(answered).toEqual(statuses);
    expect(forged).toBe(429);
  });

  test("makes no client local: the link of this machine needs the connection to be from it", async () => {
    const server = await startTestServer({ options: { trustedProxies: ["127.0.0.1"] } });

    const { json } = await server.request("/auth/methods", {
      headers: { "x-forwarded-for": "198.51.100.1" },
    });
    await server.close();

    expect(json).toEqual({ oidc: false, local: true });
  });
});
