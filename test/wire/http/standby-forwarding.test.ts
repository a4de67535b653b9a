import {
  createServer,
  request,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import { connect, createServer as createTcpServer, type AddressInfo, type Server } from "node:net";
import { text } from "node:stream/consumers";
import type { TlsOptions } from "node:tls";
import { afterEach, describe, expect, test } from "@jest/globals";
import { clock } from "../../../src/compose/ports.ts";
import type { HttpServer } from "../../../src/http/server/bare-app.ts";
import { FORWARD_LIMITS } from "../../../src/http/server/forward.ts";
import { startStandbyHttp, type StandbyHttpOptions } from "../../../src/http/standby.ts";
import { createAuthority, issueCertificate } from "../../../src/network/certificate/issue.ts";
import { MemoryTelemetry } from "../../support/fakes/memory-telemetry.ts";
import { readUntilEnd, startTestServer, type TestServer } from "../../support/screens/http-server.ts";

const toClose: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of toClose.splice(0).reverse()) await close();
});

async function standbyOf(
  address: string,
  change: Partial<StandbyHttpOptions> = {},
): Promise<HttpServer & { readonly port: number }> {
  const identity = { id: "0a1b2c3d", host: "two", pid: 7, version: "0.2.0", catalogueDigest: "c1", address };
  const times = { startedMs: 0, seenMs: 0, following: null, accounts: [], leaseEndsMs: 0, readAtMs: 0 };
  const server = await startStandbyHttp({
    host: "127.0.0.1",
    port: 0,
    tls: null,
    publicUrl: null,
    replicaUrl: null,
    tokens: [],
    localToken: "x".repeat(40),
    metrics: () => Promise.resolve(""),
    clock,
    telemetry: new MemoryTelemetry(),
    active: () => ({ ...identity, ...times, state: "active" }),
    isAway: () => false,
    held: () => null,
    ...change,
  });
  toClose.push(() => server.close());
  return { ...server, port: Number(new URL(server.url).port) };
}

/** @returns its port */
async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  toClose.push(() => new Promise((resolve) => server.close(resolve)));
  return (server.address() as AddressInfo).port;
}

async function activeOf(listener: RequestListener): Promise<string> {
  const server = createServer({ keepAlive: false }, listener);
  const port = await listening(server);
  toClose.push(async () => server.closeAllConnections());
  return `http://127.0.0.1:${port}`;
}

/** The answer to a request with these lines and this body. */
function exchange(port: number, lines: readonly string[], body = ""): Promise<string> {
  const head = [...lines, "Connection: close", "", ""].join("\r\n");
  const socket = connect(port, "127.0.0.1", () => socket.write(head + body));
  return readUntilEnd(socket);
}

function statusFor(port: number, host: string, path = "/healthz/x"): Promise<number | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  const options = { port, host: "127.0.0.1", path, headers: { host }, agent: false };
  request(options, (answer) => resolve(answer.resume().statusCode))
    .once("error", reject)
    .end();
  return promise;
}

describe("the body of a forwarded request", () => {
  const INNER = "GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
  const CHUNKED = `${INNER.length.toString(16)}\r\n${INNER}\r\n0\r\n\r\n`;
  const METHODS = ["GET", "DELETE", "OPTIONS", "POST", "PATCH", "PUT"];

  test.each(METHODS)("of %s is a body to the active replica too, with either framing", async (method) => {
    const seen: unknown[] = [];
    const answered = async (asked: IncomingMessage, answer: ServerResponse): Promise<void> => {
      seen.push([asked.method, asked.url, await text(asked)]);
      answer.end("ok");
    };
    const active = await activeOf((asked, answer) => void answered(asked, answer));
    const { port } = await standbyOf(active);
    const first = [`${method} /c HTTP/1.1`, "Host: 127.0.0.1"];

    const answers = [
      await exchange(port, [...first, "Transfer-Encoding: chunked"], CHUNKED),
      await exchange(port, [...first, `Content-Length: ${INNER.length}`], INNER),
      await exchange(port, first),
      await exchange(port, [...first, "Content-Type: text/plain"]),
    ];

    expect(answers.map((answer) => answer.slice(9, 12))).toEqual(["200", "200", "200", "200"]);
    expect(seen).toEqual([INNER, INNER, "", ""].map((body) => [method, "/c", body]));
  });

  test.each(METHODS)("of %s is framed on the connection", async (method) => {
    let bytes = "";
    const active = createTcpServer((socket) => {
      socket.setEncoding("latin1").on("data", (chunk: string) => {
        bytes += chunk;
        if (bytes.includes(INNER)) socket.end("HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n");
      });
    });
    const { port } = await standbyOf(`http://127.0.0.1:${await listening(active)}`);

    const lines = [`${method} /c HTTP/1.1`, "Host: 127.0.0.1", "Transfer-Encoding: chunked"];
    await exchange(port, lines, CHUNKED);

    expect(bytes).toMatch(/^transfer-encoding: chunked\r$/im);
  });
});

describe("the names of a forwarded request", () => {
  async function active(options: { readonly replicaUrl?: string }): Promise<TestServer> {
    const server = await startTestServer({ options });
    toClose.push(() => server.close());
    return server;
  }

  test("an active replica answers a client that asked the standby by the address of the standby", async () => {
    const { url } = await active({});
    // A loopback address that is no loopback name of the active replica.
    const { url: own } = await standbyOf(url, { host: "127.0.0.2" });

    expect((await fetch(`${own}/auth/methods`)).status).toBe(200);
  });

  test("a replica has the name of its own replicaUrl, and no other one", async () => {
    const { port } = await active({ replicaUrl: "http://GK-0.gk.internal.:8085" });
    const names = ["gk-0.gk.internal:8085", "gk-0.gk.internal.", "gk-1.gk.internal"];

    const statuses = await Promise.all(names.map((name) => statusFor(port, name, "/livez")));

    expect(statuses).toEqual([200, 200, 403]);
  });

  test("the active replica gets its own host, and the host of publicUrl alone is kept for the sign-in", async () => {
    const hosts: unknown[] = [];
    const url = await activeOf((asked, answer) => {
      hosts.push(asked.headers.host);
      answer.end();
    });
    const names = { publicUrl: "https://gk.example.com:8443", replicaUrl: "http://gk-1.gk.internal:8085" };
    const { port } = await standbyOf(url, names);
    const asked = ["gk.example.com:8443", "gk-1.gk.internal:8085", "localhost", "rebound.example"];

    const statuses: unknown[] = [];
    for (const host of asked) statuses.push(await statusFor(port, host));

    expect(statuses).toEqual([200, 200, 200, 403]);
    expect(hosts).toEqual(["gk.example.com:8443", new URL(url).host, new URL(url).host]);
  });

  test("the certificate of an https replicaUrl is compared with that URL, and not with what the client wrote", async () => {
    const valid = { fromMs: Date.now() - 60_000, untilMs: Date.now() + 86_400_000 };
    const asked: string[] = [];
    const SNICallback: TlsOptions["SNICallback"] = (name, done) => {
      asked.push(name);
      done(null);
    };
    const pair = issueCertificate(createAuthority("test", valid), ["localhost"], valid);
    const server = createTlsServer({ ...pair, SNICallback });
    const port = await listening(server);
    const publicUrl = "https://gk.example.com";
    const [byName, byAddress] = await Promise.all([
      standbyOf(`https://localhost:${port}`, { publicUrl }),
      standbyOf(`https://127.0.0.1:${port}`, { publicUrl }),
    ]);

    const statuses = [
      await statusFor(byName.port, "gk.example.com"),
      await statusFor(byAddress.port, "gk.example.com"),
    ];

    // No authority that Node trusts has signed it.
    expect(statuses).toEqual([503, 503]);
    expect(asked).toEqual(["localhost"]);
  });
});

describe("a standby whose active replica accepts connections and does not answer", () => {
  test("answers 503 after the limit, once", async () => {
    const telemetry = new MemoryTelemetry();
    const limits = { ...FORWARD_LIMITS, answerMs: 50 };
    const { url } = await standbyOf(await activeOf(() => undefined), { telemetry, limits });

    const answer = await fetch(`${url}/apis/x`, { method: "POST", body: "{}" });

    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "5"]);
    expect(await answer.json()).toMatchObject({ message: "the active replica does not answer" });
    expect(FORWARD_LIMITS.answerMs).toBeLessThanOrEqual(30_000);
  });

  test("lets an answer that has begun last longer", async () => {
    const begun: ServerResponse[] = [];
    const active = await activeOf((asked, answer) => {
      if (asked.url !== "/watch") return;
      answer.write("begun");
      begun.push(answer);
    });
    const { url } = await standbyOf(active, { limits: { ...FORWARD_LIMITS, answerMs: 50 } });

    const watch = await fetch(`${url}/watch`);
    // It takes as long as the limit.
    const late = await fetch(`${url}/late`);
    begun[0]?.end(", ended");

    expect([late.status, await watch.text()]).toEqual([503, "begun, ended"]);
  });

  test("answers 503 when it takes over itself", async () => {
    const arrived = Promise.withResolvers<void>();
    const standby = await standbyOf(await activeOf(() => arrived.resolve()));

    const answer = fetch(`${standby.url}/apis/x`);
    await arrived.promise;
    await standby.close();

    expect((await answer).status).toBe(503);
  });

  test("asks no longer when its client has left, and logs nothing", async () => {
    const [arrived, left] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const telemetry = new MemoryTelemetry();
    const active = await activeOf((asked) => {
      asked.socket.once("close", () => left.resolve());
      arrived.resolve();
    });
    const { port } = await standbyOf(active, { telemetry });

    const client = request({ port, path: "/apis/x", agent: false }).on("error", () => undefined);
    client.end();
    await arrived.promise;
    client.destroy();
    await left.promise;

    expect(telemetry.lines).toEqual([]);
  });
});
