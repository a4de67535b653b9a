import { createHmac } from "node:crypto";
import { afterEach, describe, expect, test } from "@jest/globals";
import { hooksOf, startTestServer, type Answer, type TestServer } from "../../support/screens/http-server.ts";
import { GITLAB_SECRET, gitlabPush, SECONDS, SIGNING_FORGES } from "../../support/screens/webhook-forges.ts";
import { BODY, SECRET, sign, startWebhooks } from "../../support/screens/webhook-server.ts";

let server: TestServer;
afterEach(() => server.close());

async function start(...options: Parameters<typeof startWebhooks>): Promise<void> {
  server = await startWebhooks(...options);
}

describe.each(SIGNING_FORGES)("a delivery of $forge", ({ sender, secret, push, ping }) => {
  const send = (headers: Record<string, string>, body = BODY): Promise<Answer> =>
    server.request(`/hooks/${sender}`, { method: "POST", headers, body });

  test("makes the source due", async () => {
    await start({}, async () => [secret]);

    expect((await send(push(BODY, secret))).status).toBe(202);
    expect(server.control.fetches).toBe(1);
  });

  test("for another event is accepted and fetches nothing", async () => {
    await start({}, async () => [secret]);

    expect((await send({ ...push(BODY, secret), ...ping })).status).toBe(202);
    expect(server.control.fetches).toBe(0);
  });

  test("fetches although it came before as another event, which is not signed", async () => {
    await start({}, async () => [secret]);
    await send({ ...push(BODY, secret), ...ping });

    await send(push(BODY, secret));

    expect(server.control.fetches).toBe(1);
  });

  test("is accepted under the former secret during a rotation", async () => {
    await start({}, async () => ["whsec_bmV3LXNlY3JldA==", secret]);

    expect((await send(push(BODY, secret))).status).toBe(202);
  });

  test("is Unauthorized and fetches nothing if the body is another", async () => {
    await start({}, async () => [secret]);

    expect((await send(push(`${BODY} `, secret))).status).toBe(401);
    expect(server.control.fetches).toBe(0);
  });
});

const GITLAB_KEY = Buffer.from(GITLAB_SECRET.slice("whsec_".length), "base64");

describe("a delivery of a GitLab that signs", () => {
  const secrets = async () => [GITLAB_SECRET];
  const send = (headers: Record<string, string>): Promise<Answer> =>
    server.request("/hooks/gitlab", { method: "POST", headers, body: BODY });

  test("is Unauthorized without a time, although it is signed", async () => {
    await start({}, secrets);
    const mac = createHmac("sha256", GITLAB_KEY).update(`d-1..${BODY}`).digest("base64");

    const headers = { "webhook-id": "d-1", "webhook-signature": `v1,${mac}`, "x-gitlab-event": "Push Hook" };

    expect((await send(headers)).status).toBe(401);
  });

  test("is accepted if one of several signatures matches", async () => {
    await start({}, secrets);
    const headers = gitlabPush(SECONDS);
    const other = `v1,${Buffer.alloc(32).toString("base64")}`;

    expect(
      (await send({ ...headers, "webhook-signature": `${other} ${headers["webhook-signature"]}` })).status,
    ).toBe(202);
  });
});

describe("a delivery of a GitLab that does not sign", () => {
  const send = (headers: Record<string, string>): Promise<Answer> =>
    server.request("/hooks/gitlab-token", {
      method: "POST",
      headers: { "x-gitlab-event": "Push Hook", ...headers },
      body: BODY,
    });

  test("is accepted with the token, each time as a new one unless it has an id", async () => {
    await start();
    const ids = [{}, {}, { "idempotency-key": "d-1" }, { "idempotency-key": "d-1" }];

    for (const id of ids) expect((await send({ "x-gitlab-token": SECRET, ...id })).status).toBe(202);

    expect(server.control.fetches).toBe(3);
  });

  test("does not open the sender that signs", async () => {
    server = await startTestServer({ options: { webhooks: hooksOf({ gitlab: async () => [SECRET] }) } });

    expect((await send({ "x-gitlab-token": SECRET })).status).toBe(404);
  });
});

describe("the webhook of a source", () => {
  const OWN = "secret-of-orders";
  const hooks = hooksOf({ github: async () => [SECRET] }, { github: async () => [OWN] });
  const deliver = (path: string, secret: string): Promise<Answer> =>
    server.request(path, {
      method: "POST",
      headers: { "x-hub-signature-256": sign(BODY, secret), "x-github-event": "push" },
      body: BODY,
    });

  test.each([
    { path: "/hooks/github", secret: SECRET, pushes: [null], because: "without a name, the platform source" },
    {
      path: "/hooks/github/main",
      secret: SECRET,
      pushes: [null],
      because: "the platform source by its name",
    },
    { path: "/hooks/github/orders", secret: OWN, pushes: ["orders"], because: "a namespace source" },
  ])("fetches it alone: $because", async ({ path, secret, pushes }) => {
    server = await startTestServer({ options: { webhooks: hooks } });

    expect((await deliver(path, secret)).status).toBe(202);
    expect(server.control.pushes).toEqual(pushes);
  });

  test.each([
    {
      path: "/hooks/github/orders",
      secret: SECRET,
      status: 401,
      because: "the secret of the platform source",
    },
    { path: "/hooks/github", secret: OWN, status: 401, because: "the secret of a namespace source" },
    { path: "/hooks/gitlab/orders", secret: OWN, status: 401, because: "a sender that it does not have" },
    { path: "/hooks/github/payments", secret: OWN, status: 401, because: "no such source" },
  ])("is not opened by $because", async ({ path, secret, status }) => {
    server = await startTestServer({ options: { webhooks: hooks } });

    expect((await deliver(path, secret)).status).toBe(status);
    expect(server.control.pushes).toEqual([]);
  });

  test("knows a repeated delivery for each source apart", async () => {
    const same = hooksOf({ github: async () => [SECRET] }, { github: async () => [SECRET] });
    server = await startTestServer({ options: { webhooks: same } });

    for (const path of ["/hooks/github/orders", "/hooks/github", "/hooks/github/orders"])
      await deliver(path, SECRET);

    expect(server.control.pushes).toEqual(["orders", null]);
  });

  test("remembers its deliveries although another source has a thousand", async () => {
    const both = hooksOf({ github: async () => [SECRET] }, { generic: async () => [OWN] });
    const limits = { hooksPerMinute: 5_000, requestsPerMinute: 5_000 };
    server = await startTestServer({ options: { webhooks: both, limits } });
    await deliver("/hooks/github", SECRET);
    const sendAs = (id: number) =>
      server.request("/hooks/generic/orders", {
        method: "POST",
        headers: { "x-grantkeeper-signature": sign(BODY, OWN), "x-grantkeeper-delivery": `d-${id}` },
        body: BODY,
      });
    for (let id = 0; id <= 1_000; id += 1) await sendAs(id);

    await deliver("/hooks/github", SECRET);

    expect(server.control.pushes.filter((namespace) => namespace === null)).toEqual([null]);
  });
});
