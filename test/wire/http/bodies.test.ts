import { afterEach, describe, expect, test } from "@jest/globals";
import { BASE_PATH } from "../../../src/api/group.ts";
import {
  LOCAL_TOKEN,
  rawExchange,
  startTestServer,
  type TestServer,
} from "../../support/screens/http-server.ts";

let server: TestServer;
afterEach(() => server.close());

const PATH = `${BASE_PATH}/reconciliations`;
const HEAD = `Host: localhost\r\nAuthorization: Bearer ${LOCAL_TOKEN}\r\n`;
const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1]);
const send = (body: string, headers: Record<string, string> = {}) =>
  server.request(PATH, {
    method: "POST",
    headers: { authorization: `Bearer ${LOCAL_TOKEN}`, "content-type": "application/json", ...headers },
    body,
  });

describe("a body", () => {
  test.each([
    { body: "{", because: "it ends too early" },
    { body: "", because: "it is empty" },
    { body: "[]", because: "it is a list" },
    { body: '"all"', because: "it is a string" },
    { body: "null", because: "it is null" },
    { body: '{"all":true,"__proto__":{"a":1}}', because: "it reaches for the prototype" },
    { body: '{"all":true} x', because: "more follows" },
  ])("is a BadRequest: $because", async ({ body }) => {
    server = await startTestServer();

    const { status, json } = await send(body);

    expect(status).toBe(400);
    expect(json).toMatchObject({ kind: "Status", reason: "BadRequest" });
    expect(server.control.commands).toEqual([]);
  });

  test.each(["text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data"])(
    "of type %s is an UnsupportedMediaType",
    async (type) => {
      server = await startTestServer();

      const { status, json } = await send('{"all":true}', { "content-type": type });

      expect(status).toBe(415);
      expect(json.reason).toBe("UnsupportedMediaType");
    },
  );

  test("with a length that is too large is refused before it is sent", async () => {
    server = await startTestServer();

    const answer = await rawExchange(
      server.port,
      `POST ${PATH} HTTP/1.1\r\n${HEAD}Content-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n`,
    );

    expect(statusOf(answer)).toBe(413);
    expect(answer).toContain('"reason":"RequestEntityTooLarge"');
    expect(server.control.refusals).toMatchObject([{ actor: "local", status: 413 }]);
  });

  test("without a length is refused once it is too large", async () => {
    server = await startTestServer();
    const piece = "x".repeat(65_536);
    const chunks = `10000\r\n${piece}\r\n`.repeat(5);

    const answer = await rawExchange(
      server.port,
      `POST ${PATH} HTTP/1.1\r\n${HEAD}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`,
    );

    expect(statusOf(answer)).toBe(413);
  });

  test("of a client without a token is not awaited", async () => {
    server = await startTestServer();

    const answer = await rawExchange(
      server.port,
      `POST ${PATH} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{`,
    );

    expect(statusOf(answer)).toBe(401);
    expect(answer.toLowerCase()).toContain("connection: close");
  });

  test("that does not come is given up", async () => {
    server = await startTestServer({ options: { limits: { requestMs: 300 } } });

    const answer = await rawExchange(
      server.port,
      `POST ${PATH} HTTP/1.1\r\n${HEAD}Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{`,
    );

    expect(statusOf(answer)).toBe(408);
    expect(answer).toContain('"reason":"Timeout"');
  });
});

test("headers that do not end are given up", async () => {
  server = await startTestServer({ options: { limits: { requestMs: 300 } } });

  expect(statusOf(await rawExchange(server.port, `GET ${PATH} HTTP/1.1\r\nHost: localh`))).toBe(408);
});

test("headers that are too large are refused", async () => {
  server = await startTestServer();

  const answer = await rawExchange(server.port, `GET ${PATH} HTTP/1.1\r\nX: ${"x".repeat(70_000)}\r\n\r\n`);

  expect(statusOf(answer)).toBe(431);
});

test("what is no HTTP is a BadRequest", async () => {
  server = await startTestServer();

  expect(statusOf(await rawExchange(server.port, "\u0016\u0003\u0001 hello\r\n\r\n"))).toBe(400);
});

test("a path that is no URL path is a BadRequest", async () => {
  server = await startTestServer();

  const { status, json, headers } = await server.get("/bindings/%zz");

  expect(status).toBe(400);
  expect(json).toMatchObject({ kind: "Status", reason: "BadRequest" });
  expect(headers.get("cache-control")).toBe("no-store");
});

describe("more requests than the pace allows", () => {
  test.each([
    { token: LOCAL_TOKEN, status: 200, because: "of one token" },
    { token: "unknown", status: 401, because: "of an address without a valid token" },
  ])("are TooManyRequests with the time to wait: $because", async ({ token, status }) => {
    server = await startTestServer({ options: { limits: { requestsPerMinute: 2 } } });

    const first = [await server.get("/bindings", token), await server.get("/bindings", token)];
    const late = await server.get("/bindings", token);

    expect(first.map((answer) => answer.status)).toEqual([status, status]);
    expect(late.status).toBe(429);
    expect(late.json.details.retryAfterSeconds).toBeGreaterThan(0);
    expect(late.headers.get("retry-after")).toBe(String(late.json.details.retryAfterSeconds));
  });

  test("stop no probe", async () => {
    server = await startTestServer({ options: { limits: { requestsPerMinute: 1 } } });

    const probes = [await server.request("/healthz", {}), await server.request("/readyz", {})];
    const again = await server.request("/healthz", {});

    expect([...probes, again].map(({ status }) => status)).toEqual([200, 200, 200]);
  });
});
