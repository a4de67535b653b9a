import { createHmac } from "node:crypto";
import { afterEach, describe, expect, test } from "@jest/globals";
import {
  rawExchange,
  startTestServer,
  type Answer,
  type TestServer,
} from "../../support/screens/http-server.ts";
import { NOW } from "../../support/fakes/fake-control.ts";
import { WEBHOOK_SENDERS } from "../../../src/model/values/webhook-sender.ts";

let server: TestServer;
afterEach(() => server.close());

const SECRET = "hook-secret";
const BODY = '{"ref":"refs/heads/main"}';
const PATH = "/hooks/generic";

async function start(
  limits = {},
  secrets: (() => Promise<readonly string[]>) | null = async () => [SECRET],
): Promise<void> {
  const webhooks =
    secrets === null ? {} : Object.fromEntries(WEBHOOK_SENDERS.map((sender) => [sender, secrets]));
  server = await startTestServer({ options: { webhooks, limits } });
}

function sign(body: string | Uint8Array, secret = SECRET): string {
  return `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
}

function deliver(
  headers: Record<string, string>,
  body: string | Uint8Array<ArrayBuffer> = BODY,
): Promise<Answer> {
  return server.request(PATH, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body,
  });
}

describe("a delivery", () => {
  test.each(["X-Grantkeeper-Signature", "X-Hub-Signature-256"])(
    "signed in %s makes the source due",
    async (name) => {
      await start();

      const { status, json } = await deliver({ [name]: sign(BODY) });

      expect(status).toBe(202);
      expect(json).toEqual({ accepted: true });
      expect(server.control.fetches).toBe(1);
    },
  );

  test.each([
    { type: "application/json", body: "{ not json", because: "nothing of it is parsed" },
    {
      type: "application/x-www-form-urlencoded",
      body: "payload=%7B%7D",
      because: "its type does not matter",
    },
    { type: "application/json", body: "", because: "nothing of it is needed" },
  ])("is accepted with any body that is signed: $because", async ({ type, body }) => {
    await start();

    const { status } = await deliver({ "content-type": type, "x-grantkeeper-signature": sign(body) }, body);

    expect(status).toBe(202);
  });

  test("is verified by its raw bytes, even if they are not UTF-8", async () => {
    await start();
    const bytes = new Uint8Array([0xff, 0x00, 0xfe, 0x22]);

    expect((await deliver({ "x-grantkeeper-signature": sign(bytes) }, bytes)).status).toBe(202);
  });

  test.each([
    { signature: undefined, because: "there is none" },
    { signature: "sha256=", because: "it is empty" },
    { signature: sign(BODY).slice(0, -2), because: "it is short" },
    { signature: `${sign(BODY)}00`, because: "it is long" },
    { signature: sign(BODY).replace("sha256=", "sha1="), because: "another hash is named" },
    { signature: sign(BODY).toUpperCase(), because: "it is spelt otherwise" },
    { signature: sign(BODY, "guess"), because: "the secret is another" },
    { signature: sign(`${BODY} `), because: "the body is another" },
    { signature: sign(BODY, ""), because: "an empty secret signs nothing" },
  ])("is Unauthorized: $because", async ({ signature }) => {
    await start();

    const answer = await deliver(signature === undefined ? {} : { "x-grantkeeper-signature": signature });

    expect(answer.status).toBe(401);
    expect(answer.json).toMatchObject({ kind: "Status", reason: "Unauthorized" });
    expect(server.control.fetches).toBe(0);
    expect(server.control.refusals).toMatchObject([{ actor: "anonymous", path: PATH, status: 401 }]);
  });

  test("with a good signature in GitHub's header does not fix a bad one in ours", async () => {
    await start();

    const headers = { "x-hub-signature-256": sign(BODY), "x-grantkeeper-signature": sign(BODY, "guess") };

    expect((await deliver(headers)).status).toBe(401);
  });
});

describe("a delivery id", () => {
  test.each(["X-Grantkeeper-Delivery", "X-GitHub-Delivery"])(
    "in %s that was seen does nothing again",
    async (name) => {
      await start();
      const headers = { "x-grantkeeper-signature": sign(BODY), [name]: "d-1" };

      const answers = [
        await deliver(headers),
        await deliver(headers),
        await deliver({ ...headers, [name]: "d-2" }),
      ];

      expect(answers.map(({ status }) => status)).toEqual([202, 202, 202]);
      expect(server.control.fetches).toBe(2);
    },
  );

  test("of a delivery that was refused is not remembered", async () => {
    await start();
    const id = { "x-grantkeeper-delivery": "d-1" };

    await deliver({ ...id, "x-grantkeeper-signature": sign(BODY, "guess") });
    await deliver({ ...id, "x-grantkeeper-signature": sign(BODY) });

    expect(server.control.fetches).toBe(1);
  });

  test("is forgotten after a thousand others", async () => {
    await start({ hooksPerMinute: 5_000, requestsPerMinute: 5_000 });
    const deliverAs = (id: number) =>
      deliver({ "x-grantkeeper-signature": sign(BODY), "x-grantkeeper-delivery": `d-${id}` });
    for (let id = 0; id <= 1_000; id += 1) await deliverAs(id);

    await deliverAs(0);

    expect(server.control.fetches).toBe(1_002);
  });
});

describe("a body", () => {
  test("of 25 MiB is read, as large pushes of GitHub are", async () => {
    await start();
    const body = "x".repeat(26_214_400);

    expect((await deliver({ "x-grantkeeper-signature": sign(body) }, body)).status).toBe(202);
  });

  test.each(["Content-Length: 9999999999", "Content-Length: 26214401"])(
    "with %s is refused before it comes",
    async (length) => {
      await start();

      const answer = await rawExchange(
        server.port,
        `POST ${PATH} HTTP/1.1\r\nHost: localhost\r\n${length}\r\n\r\n`,
      );

      expect(answer).toContain("HTTP/1.1 413 ");
    },
  );

  test("of unknown length is cut off at 25 MiB", async () => {
    await start();
    const chunks = `1900001\r\n${"x".repeat(0x190_0001)}\r\n`;

    const answer = await rawExchange(
      server.port,
      `POST ${PATH} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`,
    );

    expect(answer).toContain("HTTP/1.1 413 ");
    expect(server.control.fetches).toBe(0);
  });

  test("that comes too slowly is given up", async () => {
    await start({ requestMs: 300 });

    const answer = await rawExchange(
      server.port,
      `POST ${PATH} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20\r\n\r\nx`,
    );

    expect(answer).toContain("HTTP/1.1 408 ");
  });
});

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
    server = await startTestServer({ options: { webhooks: { gitlab: async () => [SECRET] } } });

    expect((await send({ "x-gitlab-token": SECRET })).status).toBe(404);
  });
});

test("an unknown sender is NotFound", async () => {
  await start();

  expect((await server.request("/hooks/constructor", { method: "POST", body: BODY })).status).toBe(404);
});

test("without a secret there is no webhook", async () => {
  await start({}, null);

  expect((await deliver({ "x-grantkeeper-signature": sign(BODY, "") })).status).toBe(404);
});

test.each([
  { secret: async () => [], because: "it is empty", status: 503 },
  { secret: () => Promise.reject(new Error("no such file")), because: "it cannot be read", status: 500 },
])("a secret that is no secret opens nothing: $because", async ({ secret, status }) => {
  await start({}, secret);

  expect((await deliver({ "x-grantkeeper-signature": sign(BODY, "") })).status).toBe(status);
  expect(server.control.fetches).toBe(0);
});

test("more deliveries than the pace allows are TooManyRequests", async () => {
  await start({ hooksPerMinute: 1 });

  const answers = [
    await deliver({ "x-grantkeeper-signature": sign(BODY) }),
    await deliver({ "x-grantkeeper-signature": sign(BODY) }),
  ];

  expect(answers.map(({ status }) => status)).toEqual([202, 429]);
});
