import {
  createServer,
  request,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { createHash } from "node:crypto";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { clock, SILENT } from "../../../src/compose/ports.ts";
import type { HttpServer } from "../../../src/http/server/bare-app.ts";
import { startStandbyHttp } from "../../../src/http/standby.ts";
import type { ReplicaRecord } from "../../../src/model/network/replica.ts";

const LOCAL_TOKEN = "local-token-0123456789abcdef01234567";
const TOKEN = "reader-token";
const READER = {
  name: "reader",
  sha256: createHash("sha256").update(TOKEN).digest("hex"),
  scopes: ["read"],
  namespaces: ["*"],
  expires: "2126-01-01T00:00:00Z",
} as const;

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

describe("a standby", () => {
  let seen: Seen[] = [];
  let active: Server;
  let standby: HttpServer;
  let record: ReplicaRecord | null = null;
  let isAway = false;

  beforeEach(async () => {
    [seen, isAway] = [[], false];
    active = createServer((request, response) => {
      void answer(request, response);
    });
    await new Promise<void>((resolve) => active.listen(0, "127.0.0.1", resolve));
    record = replica(`http://127.0.0.1:${(active.address() as AddressInfo).port}`);
    standby = await startStandbyHttp({
      host: "127.0.0.1",
      port: 0,
      tls: null,
      publicUrl: null,
      replicaUrl: null,
      tokens: [READER],
      localToken: LOCAL_TOKEN,
      metrics: () => Promise.resolve("grantkeeper_replica_active 0\n"),
      clock,
      telemetry: SILENT,
      active: () => record,
      isAway: () => isAway,
      held: () => null,
    });
  });
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, url, headers } = request;
    seen.push({ method, url, headers, body: await text(request) });
    response.writeHead(201, { "content-type": "application/json", "x-own": "kept" }).end('{"by":"active"}');
  }

  afterEach(async () => {
    await standby.close();
    active.closeAllConnections();
    await new Promise((resolve) => active.close(resolve));
  });

  function replica(address: string | null): ReplicaRecord {
    const identity = {
      id: "0a1b2c3d",
      host: "two",
      pid: 7,
      version: "0.2.0",
      catalogueDigest: "c1",
      address,
    };
    return {
      ...identity,
      state: "active",
      startedMs: 0,
      seenMs: 0,
      following: null,
      accounts: [],
      leaseEndsMs: 0,
      readAtMs: 0,
    };
  }

  const ask = (
    path: string,
    token: string | null = TOKEN,
    more: {
      readonly method?: string;
      readonly body?: string;
      readonly headers?: Readonly<Record<string, string>>;
    } = {},
  ): Promise<Response> =>
    fetch(`${standby.url}${path}`, {
      ...more,
      headers: { ...(token !== null && { authorization: `Bearer ${token}` }), ...more.headers },
    });

  test("lives, and is ready only for those that count standbys", async () => {
    const answers = await Promise.all(
      ["/healthz", "/livez", "/readyz", "/readyz?standbyok=true"].map((path) => ask(path, null)),
    );

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 503, 200]);
    expect(await answers[2]?.json()).toEqual({
      ready: false,
      standby: true,
      waitingFor: ["the lease of two-0a1b2 (pid 7 on two)"],
      comparing: [],
    });
    expect(seen).toEqual([]);
  });

  test("is not ready for anyone while the database is away: it would not take over", async () => {
    isAway = true;

    const answer = await ask("/readyz?standbyok=true", null);

    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ ready: false, waitingFor: ["the database"] });
  });

  test("answers metrics by itself", async () => {
    expect(await (await ask("/metrics", null)).text()).toBe("grantkeeper_replica_active 0\n");
  });

  test("forwards a request with its token and body to the host of the active replica, and the answer with its headers", async () => {
    const answer = await ask("/apis/x?limit=5", TOKEN, { method: "POST", body: '{"a":1}' });

    expect([answer.status, answer.headers.get("x-own"), await answer.text()]).toEqual([
      201,
      "kept",
      '{"by":"active"}',
    ]);
    expect(seen).toMatchObject([
      {
        method: "POST",
        url: "/apis/x?limit=5",
        body: '{"a":1}',
        headers: {
          authorization: `Bearer ${TOKEN}`,
          host: new URL(record?.address ?? "").host,
          "x-forwarded-for": "127.0.0.1",
          "x-grantkeeper-forwarded": "1",
        },
      },
    ]);
  });

  test("forwards webhooks, which have no token", async () => {
    const answer = await ask("/hooks/github", null, { method: "POST", body: "{}" });

    expect([answer.status, seen[0]?.url]).toEqual([201, "/hooks/github"]);
  });

  test.each([
    { prepare: () => (record = null), token: TOKEN, message: "no other replica is active" },
    { prepare: () => (record = replica(null)), token: TOKEN, message: "two-0a1b2 (pid 7 on two) is active" },
    { prepare: () => undefined, token: LOCAL_TOKEN, message: "two-0a1b2 (pid 7 on two) is active" },
  ])("answers 503 if it cannot forward: $message", async ({ prepare, token, message }) => {
    prepare();

    const answer = await ask("/apis/x", token);

    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "5"]);
    expect(await answer.json()).toMatchObject({
      reason: "ServiceUnavailable",
      message: `this replica is a standby; ${message}`,
    });
    expect(seen).toEqual([]);
  });

  test("the token of its own state directory is refused with the one that is needed", async () => {
    const answer = await ask("/apis/x", LOCAL_TOKEN);

    expect(await answer.text()).toMatch(/api-token in the state directory of the active replica/);
  });

  test.each([
    { target: (host: string) => `//${host}/latest`, status: 201, asked: ["//HOST/latest"] },
    { target: (host: string) => `/\\${host}/latest`, status: 201, asked: ["/\\HOST/latest"] },
    { target: (host: string) => `http://${host}/latest`, status: 201, asked: ["http://HOST/latest"] },
  ])("asks no server but the active replica: $asked", async ({ target, status, asked }) => {
    let others = 0;
    const other = createServer((_request, response) => {
      others += 1;
      response.end();
    });
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const host = `127.0.0.1:${(other.address() as AddressInfo).port}`;

    const answered = await new Promise<number | undefined>((resolve, reject) => {
      const { port } = new URL(standby.url);
      const sent = request({ port, path: target(host), agent: false }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      sent.once("error", reject).end();
    });
    await new Promise((resolve) => other.close(resolve));

    expect([answered, others]).toEqual([status, 0]);
    expect(seen.map(({ url }) => url?.replace(host, "HOST"))).toEqual(asked);
  });

  test("forwards nothing that another standby has forwarded", async () => {
    expect((await ask("/apis/x", TOKEN, { headers: { "x-grantkeeper-forwarded": "1" } })).status).toBe(503);
    expect(seen).toEqual([]);
  });

  test("answers 503 if the active replica does not answer", async () => {
    record = replica("http://127.0.0.1:9");

    const answer = await ask("/apis/x", TOKEN, { method: "POST", body: "{}" });

    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ message: "the active replica does not answer" });
  });
});
