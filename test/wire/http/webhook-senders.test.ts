import { createHmac } from "node:crypto";
import { afterEach, describe, expect, test } from "@jest/globals";
import { NOW } from "../../support/fakes/fake-control.ts";
import { hooksOf, startTestServer, type Answer, type TestServer } from "../../support/screens/http-server.ts";
import { BODY, SECRET, sign, startWebhooks } from "../../support/screens/webhook-server.ts";

let server: TestServer;
afterEach(() => server.close());

async function start(...options: Parameters<typeof startWebhooks>): Promise<void> {
  server = await startWebhooks(...options);
}

const DELIVERED_MS = Date.parse(NOW);
const GITLAB_KEY = Buffer.from("gitlab-key-0123456789abcdef");

function gitlab(id: string, seconds: number, body = BODY): Record<string, string> {
  const signed = `${id}.${seconds}.${body}`;
  const mac = createHmac("sha256", GITLAB_KEY).update(signed).digest("base64");
  return {
    "webhook-id": id,
    "webhook-timestamp": String(seconds),
    "webhook-signature": `v1,${mac}`,
    "x-gitlab-event": "Push Hook",
  };
}

interface ForgeRow {
  readonly sender: string;
  readonly secrets: readonly string[];
  /** A push with this body. */
  readonly push: (body: string) => Record<string, string>;
  /** Another event, signed as well. */
  readonly ping: Record<string, string>;
  readonly signature: string;
}

const HEX = (body: string): string => sign(body).slice("sha256=".length);
const SECONDS = Math.floor(DELIVERED_MS / 1_000);

const FORGES: readonly ForgeRow[] = [
  {
    sender: "github",
    secrets: [SECRET],
    push: (body) => ({ "x-hub-signature-256": sign(body), "x-github-event": "push" }),
    ping: { "x-github-event": "ping" },
    signature: "x-hub-signature-256",
  },
  {
    sender: "gitlab",
    secrets: [`whsec_${GITLAB_KEY.toString("base64")}`],
    push: (body) => gitlab("d-1", SECONDS, body),
    ping: { "x-gitlab-event": "Issue Hook" },
    signature: "webhook-signature",
  },
  {
    sender: "gitea",
    secrets: [SECRET],
    push: (body) => ({ "x-gitea-signature": HEX(body), "x-gitea-event": "push" }),
    ping: { "x-gitea-event": "issues" },
    signature: "x-gitea-signature",
  },
  {
    sender: "forgejo",
    secrets: [SECRET],
    push: (body) => ({ "x-forgejo-signature": HEX(body), "x-forgejo-event": "push" }),
    ping: { "x-forgejo-event": "issues" },
    signature: "x-forgejo-signature",
  },
  {
    sender: "bitbucket",
    secrets: [SECRET],
    push: (body) => ({ "x-hub-signature": sign(body), "x-event-key": "repo:push" }),
    ping: { "x-event-key": "diagnostics:ping" },
    signature: "x-hub-signature",
  },
];

describe.each(FORGES)("a delivery of $sender", ({ sender, secrets, push, ping, signature }) => {
  const send = (headers: Record<string, string>, body = BODY): Promise<Answer> =>
    server.request(`/hooks/${sender}`, { method: "POST", headers, body });

  test("makes the source due", async () => {
    await start({}, async () => secrets);

    expect((await send(push(BODY))).status).toBe(202);
    expect(server.control.fetches).toBe(1);
  });

  test("that is repeated does nothing again, under another id too", async () => {
    await start({}, async () => secrets);
    await send(push(BODY));

    const again = await send({ ...push(BODY), "x-github-delivery": "another", "x-request-uuid": "another" });

    expect(again.status).toBe(202);
    expect(server.control.fetches).toBe(1);
  });

  test("for another event is accepted and fetches nothing", async () => {
    await start({}, async () => secrets);

    expect((await send({ ...push(BODY), ...ping })).status).toBe(202);
    expect(server.control.fetches).toBe(0);
  });

  test("fetches although it came before as another event, which is not signed", async () => {
    await start({}, async () => secrets);
    await send({ ...push(BODY), ...ping });

    await send(push(BODY));

    expect(server.control.fetches).toBe(1);
  });

  test("is accepted under the former secret during a rotation", async () => {
    await start({}, async () => ["whsec_bmV3LXNlY3JldA==", ...secrets]);

    expect((await send(push(BODY))).status).toBe(202);
  });

  test.each([
    { because: "the body is another", headers: push(`${BODY} `) },
    { because: "it has no signature", headers: { ...push(BODY), [signature]: "" } },
    {
      because: "the signature is cut",
      headers: { ...push(BODY), [signature]: (push(BODY)[signature] ?? "").slice(0, -4) },
    },
  ])("is Unauthorized and fetches nothing: $because", async ({ headers }) => {
    await start({}, async () => secrets);

    expect((await send(headers)).status).toBe(401);
    expect(server.control.fetches).toBe(0);
  });
});

describe("a delivery of GitLab", () => {
  const secrets = async () => [`whsec_${GITLAB_KEY.toString("base64")}`];
  const send = (headers: Record<string, string>): Promise<Answer> =>
    server.request("/hooks/gitlab", { method: "POST", headers, body: BODY });

  test.each([
    { seconds: SECONDS - 301, because: "it is replayed later" },
    { seconds: SECONDS + 301, because: "it comes from the future" },
  ])("is Unauthorized if $because", async ({ seconds }) => {
    await start({}, secrets);

    expect((await send(gitlab("d-1", seconds))).status).toBe(401);
    expect(server.control.fetches).toBe(0);
  });

  test("is Unauthorized without a time, although it is signed", async () => {
    await start({}, secrets);
    const mac = createHmac("sha256", GITLAB_KEY).update(`d-1..${BODY}`).digest("base64");

    const headers = { "webhook-id": "d-1", "webhook-signature": `v1,${mac}`, "x-gitlab-event": "Push Hook" };

    expect((await send(headers)).status).toBe(401);
  });

  test("is accepted if one of several signatures matches", async () => {
    await start({}, secrets);
    const headers = gitlab("d-1", SECONDS);
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

  test.each([{ token: "guess" }, { token: "" }])(
    "is Unauthorized with the token $token",
    async ({ token }) => {
      await start();

      expect((await send({ "x-gitlab-token": token })).status).toBe(401);
    },
  );

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
    { path: "/hooks/gitlab/orders", secret: OWN, status: 404, because: "a sender that it does not have" },
    { path: "/hooks/github/payments", secret: OWN, status: 404, because: "no such source" },
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
});
