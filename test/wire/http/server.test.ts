import { afterEach, describe, expect, test } from "@jest/globals";
import { BASE_PATH } from "../../../src/api/group.ts";
import { HttpListenError } from "../../../src/http/server/listen-error.ts";
import {
  LOCAL_TOKEN,
  rawExchange,
  startTestServer,
  type TestServer,
} from "../../support/screens/http-server.ts";

let server: TestServer | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

async function start(change: Parameters<typeof startTestServer>[0] = {}): Promise<TestServer> {
  server = await startTestServer(change);
  return server;
}

describe("a port", () => {
  test("in use is an error that names it and explains how to choose another", async () => {
    const { port } = await start();

    const failure = await startTestServer({ options: { port } }).catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(HttpListenError);
    expect(failure).toMatchObject({
      code: "port-in-use",
      port,
      message: `cannot listen on 127.0.0.1 port ${port}: the port is in use`,
      fix: expect.stringContaining("--listen HOST:PORT"),
    });
  });

  test("is free again once the server has closed", async () => {
    const first = await startTestServer();
    await first.close();

    const { port } = await start({ options: { port: first.port } });

    expect(port).toBe(first.port);
  });

  test("of an address that is not this machine's is an error of its own", async () => {
    await expect(startTestServer({ options: { host: "192.0.2.1" } })).rejects.toMatchObject({
      code: "no-such-address",
    });
  });
});

test("closing ends open connections", async () => {
  const { port, close } = await startTestServer();
  const open = rawExchange(port, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
  await fetch(`http://127.0.0.1:${port}/healthz`);

  await close();

  expect(await open).toContain("HTTP/1.1 200 ");
});

describe("a HEAD request", () => {
  test.each([
    { path: "/healthz", token: null, status: 200 },
    { path: `${BASE_PATH}/bindings`, token: LOCAL_TOKEN, status: 200 },
    { path: `${BASE_PATH}/events`, token: LOCAL_TOKEN, status: 200 },
    { path: `${BASE_PATH}/overview`, token: null, status: 401 },
    { path: `${BASE_PATH}/nothing`, token: LOCAL_TOKEN, status: 404 },
  ])("of $path is answered as GET is, without a body: $status", async ({ path, token, status }) => {
    const { request } = await start();
    const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };

    const [head, get] = [await request(path, { method: "HEAD", headers }), await request(path, { headers })];

    expect({ status: head.status, text: head.text }).toEqual({ status, text: "" });
    expect(head.headers.get("content-type")).toBe(get.headers.get("content-type"));
    expect(head.headers.get("x-content-type-options")).toBe("nosniff");
  });

  test("that finds nothing is no refusal for the audit", async () => {
    const { request, control } = await start();

    await request(`${BASE_PATH}/nothing`, {
      method: "HEAD",
      headers: { authorization: `Bearer ${LOCAL_TOKEN}` },
    });

    expect(control.refusals).toEqual([]);
  });
});

describe("a Host header", () => {
  test.each([
    { host: "localhost", status: 200 },
    { host: "LOCALHOST:1", status: 200 },
    { host: "127.0.0.1:8085", status: 200 },
    { host: "[::1]:8085", status: 200 },
    { host: "evil.example", status: 403 },
    { host: "localhost.evil.example", status: 403 },
    { host: "127.0.0.1.evil.example:8085", status: 403 },
    { host: "localhost:80:80", status: 403 },
    { host: "192.0.2.1", status: 403 },
    { host: "", status: 403 },
  ])("of $host is answered with $status", async ({ host, status }) => {
    const { port } = await start();

    const answer = await rawExchange(
      port,
      `GET /healthz HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
    );

    expect(answer).toContain(`HTTP/1.1 ${status} `);
  });

  test("of the configured name is ours", async () => {
    const { port } = await start({ options: { host: "localhost" } });

    expect(port).toBeGreaterThan(0);
  });

  test("that is missing is refused", async () => {
    const { port } = await start();

    expect(await rawExchange(port, "GET /healthz HTTP/1.0\r\n\r\n")).toContain("HTTP/1.1 403 ");
  });
});

describe("every answer", () => {
  test.each(["/healthz", `${BASE_PATH}/bindings`, "/nothing"])(
    "%s is kept by no cache and no page",
    async (path) => {
      const { request } = await start();

      const { headers } = await request(path, { headers: { origin: "https://evil.example" } });

      expect(headers.get("cache-control")).toBe("no-store");
      expect(headers.get("content-security-policy")).toContain("default-src 'none'");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect([...headers.keys()].filter((name) => name.startsWith("access-control-"))).toEqual([]);
    },
  );

  test("is counted by method, route and status, never by path", async () => {
    const { get, counted } = await start();

    await get("/namespaces/orders/bindings/orders-api.111122223333.eu-west-1");
    await get("/nothing");

    expect(counted.map(({ labels }) => labels)).toEqual([
      { method: "GET", route: `${BASE_PATH}/namespaces/:namespace/bindings/:name`, status: "200" },
      { method: "GET", route: "none", status: "404" },
    ]);
  });

  test("to a preflight allows nothing", async () => {
    const { request } = await start();

    const { status } = await request(`${BASE_PATH}/bindings`, {
      method: "OPTIONS",
      headers: { origin: "https://evil.example", "access-control-request-method": "POST" },
    });

    expect(status).toBe(401);
  });
});

test("a failure of the controller shows its cause only in the log", async () => {
  const { get, logged, control } = await start({ state: { broken: new Error("disk /var/lib is full") } });

  const { status, json, text } = await get("/overview");

  expect(status).toBe(500);
  expect(json.reason).toBe("InternalError");
  expect(text).not.toContain("disk");
  expect(logged).toMatchObject([{ level: "error", fields: { error: "disk /var/lib is full" } }]);
  expect(control.refusals).toEqual([]);
});

test("a read that finds nothing is no entry of the audit, a command without a path is", async () => {
  const { get, post, control } = await start();

  await get("/bindings?limit=0");
  await post(`/nothing?secret=1`, {});

  expect(control.refusals).toMatchObject([
    { actor: "local", method: "POST", path: `${BASE_PATH}/nothing`, status: 404 },
  ]);
});

test("an audit that fails is logged and fails no request", async () => {
  const { get, control, logged } = await start();
  control.refused = () => Promise.reject(new Error("disk full"));

  expect((await get("/bindings", "unknown")).status).toBe(401);
  expect(logged).toMatchObject([{ text: "refused request not audited" }]);
});

describe("probes on loopback", () => {
  test("live without a token", async () => {
    const { request } = await start();

    expect(await request("/healthz", {})).toMatchObject({ status: 200, json: { status: "ok" } });
  });

  test.each([
    { ready: true, status: 200, waitingFor: [] },
    { ready: false, status: 503, waitingFor: ["the first snapshot"] },
  ])("ready is $ready with $status, naming what is awaited", async ({ ready, status, waitingFor }) => {
    const { request } = await start({ state: { ready } });

    expect(await request("/readyz", {})).toMatchObject({ status, json: { ready, waitingFor } });
  });

  test("the accounts that are not compared yet are named, and readiness does not wait for them", async () => {
    const { request, control } = await start({ state: { ready: true } });
    control.comparing = [{ account: "prod", failing: "iam:ListRoles: AccessDenied" }];

    expect(await request("/readyz", {})).toMatchObject({
      status: 200,
      json: { ready: true, comparing: [{ account: "prod", failing: "iam:ListRoles: AccessDenied" }] },
    });
  });

  test("metrics are text", async () => {
    const { request } = await start();

    const { headers, text } = await request("/metrics", {});

    expect(headers.get("content-type")).toContain("text/plain; version=0.0.4");
    expect(text).toBe("grantkeeper_build_info 1\n");
  });
});

test("the local token must be long", async () => {
  await expect(startTestServer({ options: { localToken: "short" } })).rejects.toThrow("too short");
});

test("the server's URL can be asked", async () => {
  const { url } = await start({ options: { host: "0.0.0.0" } });

  const answer = await fetch(`${url}${BASE_PATH}/overview`, {
    headers: { authorization: `Bearer ${LOCAL_TOKEN}` },
  });

  expect(answer.status).toBe(200);
});
