import { afterEach, describe, expect, test } from "@jest/globals";
import { rawExchange, type Answer, type TestServer } from "../../support/screens/http-server.ts";
import { BODY, sign, startWebhooks } from "../../support/screens/webhook-server.ts";

let server: TestServer;
afterEach(() => server.close());

const PATH = "/hooks/generic";

async function start(...options: Parameters<typeof startWebhooks>): Promise<void> {
  server = await startWebhooks(...options);
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
    const others = Array.from({ length: 1_000 }, (_, at) => at + 1);

    await deliverAs(0);
    // In parallel: one after the other, they take longer than a test may on a busy machine.
    for (let at = 0; at < others.length; at += 100)
      await Promise.all(others.slice(at, at + 100).map(deliverAs));
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
  { secret: () => Promise.reject(new Error("no such file")), because: "it cannot be read", status: 503 },
])("a secret that is no secret opens nothing: $because", async ({ secret, status }) => {
  await start({}, secret);

  expect((await deliver({ "x-grantkeeper-signature": sign(BODY, "") })).status).toBe(status);
  expect(server.control.fetches).toBe(0);
  expect(server.logged).toContainEqual(
    expect.objectContaining({
      level: "error",
      text: "webhook cannot be verified",
      fields: expect.objectContaining({ source: "main", sender: "generic" }),
    }),
  );
});

test("more deliveries than the pace allows are TooManyRequests", async () => {
  await start({ hooksPerMinute: 1 });

  const answers = [
    await deliver({ "x-grantkeeper-signature": sign(BODY) }),
    await deliver({ "x-grantkeeper-signature": sign(BODY) }),
  ];

  expect(answers.map(({ status }) => status)).toEqual([202, 429]);
});
