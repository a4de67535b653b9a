import { X509Certificate } from "node:crypto";
import { afterEach, describe, expect, test } from "@jest/globals";
import { BASE_PATH } from "../../../src/api/group.ts";
import type { TlsIdentity } from "../../../src/http/server/tls-listener.ts";
import { createAuthority, issueCertificate } from "../../../src/network/certificate/issue.ts";
import { coversHost } from "../../../src/network/certificate/key-pair.ts";
import {
  LOCAL_TOKEN,
  rawExchange,
  startTestServer,
  type TestServer,
} from "../../support/screens/http-server.ts";
import { tlsExchange, tlsGet } from "../../support/screens/tls-client.ts";

const VALID = { fromMs: Date.now() - 60_000, untilMs: Date.now() + 86_400_000 };
const AUTHORITY = createAuthority("test", VALID);
const CA = AUTHORITY.cert;
const HEADERS = { authorization: `Bearer ${LOCAL_TOKEN}` };

function identity(hosts: readonly string[], authority = AUTHORITY): TlsIdentity {
  const pair = issueCertificate(authority, hosts, VALID);
  const certificate = new X509Certificate(pair.cert);
  return { ...pair, covers: (host) => coversHost(certificate, host) };
}

const OWN = identity(["localhost", "127.0.0.1", "gk.example.com"]);

let server: TestServer | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

interface TlsServer extends TestServer {
  readonly tls: NonNullable<TestServer["tls"]>;
  readonly tlsPort: number;
}

async function start(change: Parameters<typeof startTestServer>[0] = {}): Promise<TlsServer> {
  const tls = { host: "127.0.0.1", port: 0, identity: OWN };
  server = await startTestServer({ ...change, options: { tls, ...change.options } });
  if (server.tls === null) throw new Error("there is no listener with TLS");
  return { ...server, tls: server.tls, tlsPort: Number(new URL(server.tls.url).port) };
}

describe("the listener with TLS", () => {
  test("answers as the plain one does, next to it", async () => {
    const { tls, get } = await start();

    const plain = await get("/bindings");
    const answer = await tlsGet(`${tls.url}${BASE_PATH}/bindings`, { ca: CA, headers: HEADERS });

    expect(answer).toEqual({ status: 200, text: plain.text });
  });

  test("asks for the token too", async () => {
    const { tls } = await start();

    expect(await tlsGet(`${tls.url}${BASE_PATH}/bindings`, { ca: CA })).toMatchObject({ status: 401 });
  });

  test.each([
    { host: "gk.example.com:8443", status: 200, because: "the certificate is for that name" },
    { host: "localhost", status: 200, because: "a loopback name is this machine" },
    {
      host: "rebound.example",
      status: 403,
      because: "a page of another site was made to resolve to this server",
    },
  ])("answers the Host header $host with $status: $because", async ({ host, status }) => {
    const { tls } = await start();

    const headers = { host };
    expect(await tlsGet(`${tls.url}/healthz`, { ca: CA, headers, servername: "localhost" })).toMatchObject({
      status,
    });
  });

  test("does not make a name of the certificate a name of the plain listener", async () => {
    const { port } = await start();
    const request = "GET /healthz HTTP/1.1\r\nHost: gk.example.com\r\nConnection: close\r\n\r\n";

    expect(await rawExchange(port, request)).toContain("HTTP/1.1 403 ");
  });

  test("counts together with the plain one against the limit of requests", async () => {
    const { tls, get } = await start({ options: { limits: { requestsPerMinute: 2 } } });
    await get("/bindings");
    await get("/bindings");

    const answer = await tlsGet(`${tls.url}${BASE_PATH}/bindings`, { ca: CA, headers: HEADERS });

    expect(answer.status).toBe(429);
  });

  test("ends a request that arrives too slowly with 408", async () => {
    const { tlsPort } = await start({ options: { limits: { requestMs: 60 } } });

    const answer = await tlsExchange(tlsPort, CA, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n");

    expect(answer).toContain("HTTP/1.1 408 ");
  });

  test("ends a connection that makes no handshake, and one that speaks plain HTTP", async () => {
    const { tlsPort } = await start({ options: { limits: { requestMs: 60 } } });
    const ends = (bytes: string) => rawExchange(tlsPort, bytes).catch((error: unknown) => String(error));

    expect(await ends("")).not.toContain("HTTP/1.1");
    expect(await ends("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")).not.toContain("HTTP/1.1 200");
  });

  test("takes no version before TLS 1.2", async () => {
    const { tls } = await start();

    await expect(tlsGet(`${tls.url}/healthz`, { ca: CA, maxVersion: "TLSv1.1" })).rejects.toMatchObject({
      code: expect.stringMatching(/^ERR_SSL_|^EPROTO/),
    });
  });

  test("is closed together with the plain one, with its open connections", async () => {
    const { tlsPort, close } = await start();
    const open = tlsExchange(tlsPort, CA, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await tlsGet(`https://127.0.0.1:${tlsPort}/healthz`, { ca: CA });

    await close();

    expect(await open).toContain("HTTP/1.1 200 ");
    await expect(tlsGet(`https://127.0.0.1:${tlsPort}/healthz`, { ca: CA })).rejects.toMatchObject({
      code: "ECONNREFUSED",
    });
  });
});

describe("a new certificate", () => {
  test("is used for new connections, without a restart", async () => {
    const { tls } = await start();
    const other = createAuthority("other", VALID);

    tls.use(identity(["localhost", "127.0.0.1"], other));

    expect(await tlsGet(`${tls.url}/healthz`, { ca: other.cert })).toMatchObject({ status: 200 });
    await expect(tlsGet(`${tls.url}/healthz`, { ca: CA })).rejects.toThrow(
      "unable to verify the first certificate",
    );
  });
});

test("a port in use is an error that names the setting of the listener with TLS, and frees the plain port", async () => {
  const { tlsPort } = await start();
  const tls = { host: "127.0.0.1", port: tlsPort, identity: OWN };

  const failure = await startTestServer({ options: { tls } }).catch((error: unknown) => error);

  expect(failure).toMatchObject({
    code: "port-in-use",
    port: tlsPort,
    fix: "choose another with http.tls.listen in the configuration",
  });
});
