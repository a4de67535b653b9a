import { afterEach, describe, expect, test } from "@jest/globals";
import { X509Certificate } from "node:crypto";
import type { PageOptions } from "../../../../src/http/start.ts";
import { createAuthority, issueCertificate } from "../../../../src/network/certificate/issue.ts";
import { coversHost } from "../../../../src/network/certificate/key-pair.ts";
import { MemorySessions } from "../../../support/fakes/memory-sessions.ts";
import { cookieOf, localLink, pressSignIn } from "../../../support/screens/browser.ts";
import { rawExchange, startTestServer, type TestServer } from "../../../support/screens/http-server.ts";
import { tlsExchange } from "../../../support/screens/tls-client.ts";

let server: TestServer;
afterEach(() => server.close());

function page(publicUrl: string | null): PageOptions {
  return { folder: "/nonexistent", instance: "acme", sessions: new MemorySessions(), publicUrl, oidc: null };
}

function form(host: string, path: string): string {
  const body = new URLSearchParams({ code: path.split("code=")[1] ?? "" }).toString();
  return [
    "POST /auth/local HTTP/1.1",
    `Host: ${host}`,
    "Content-Type: application/x-www-form-urlencoded",
    `Content-Length: ${body.length}`,
    "Connection: close",
    "",
    body,
  ].join("\r\n");
}

describe("the cookie of a session", () => {
  test("is bound to this host and to TLS where the browser uses TLS", async () => {
    const valid = { fromMs: Date.now() - 60_000, untilMs: Date.now() + 86_400_000 };
    const authority = createAuthority("test", valid);
    const pair = issueCertificate(authority, ["localhost", "127.0.0.1"], valid);
    const certificate = new X509Certificate(pair.cert);
    const identity = { ...pair, covers: (host: string) => coversHost(certificate, host) };
    const tls = { host: "127.0.0.1", port: 0, identity };
    server = await startTestServer({ options: { tls, page: page(null) } });
    const port = Number(new URL(server.tls?.url ?? "").port);

    const answer = await tlsExchange(port, authority.cert, form("localhost", await localLink(server)));

    expect(answer).toContain("HTTP/1.1 303 ");
    expect(answer).toMatch(
      /set-cookie: __Host-gk_session=[\w-]{43}; Path=\/; Max-Age=3600; HttpOnly; Secure; SameSite=Lax\r\n/,
    );
  });

  test.each([
    { publicUrl: "https://gk.example.com", host: "gk.example.com", name: "__Host-gk_session" },
    { publicUrl: "https://gk.example.com", host: "GK.example.com", name: "__Host-gk_session" },
    { publicUrl: "https://gk.example.com:8443", host: "gk.example.com:8443", name: "__Host-gk_session" },
    { publicUrl: "https://gk.example.com", host: "localhost", name: "gk_session_acme" },
    { publicUrl: "http://localhost:8085", host: "localhost:8085", name: "gk_session_acme" },
  ])("at $host, with $publicUrl behind a proxy, is $name alone", async ({ publicUrl, host, name }) => {
    const options = page(publicUrl);
    server = await startTestServer({ options: { page: options } });
    const begun = cookieOf(await pressSignIn(server, await localLink(server)));
    const token = begun.split("=")[1] ?? "";
    const ask = (cookie: string) =>
      rawExchange(
        server.port,
        `GET /auth/session HTTP/1.1\r\nHost: ${host}\r\nCookie: ${cookie}=${token}\r\nConnection: close\r\n\r\n`,
      );

    for (const cookie of ["__Host-gk_session", "gk_session_acme", "gk_session"])
      expect(await ask(cookie)).toContain(`HTTP/1.1 ${cookie === name ? 200 : 401} `);
  });
});

describe("the host of http.publicUrl", () => {
  test("is this server's, and no other name is", async () => {
    server = await startTestServer({ options: { page: page("https://gk.example.com") } });
    const ask = (host: string) =>
      rawExchange(server.port, `GET /healthz HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);

    expect(await ask("gk.example.com")).toContain("HTTP/1.1 200 ");
    expect(await ask("gk.example.com.evil.example")).toContain("HTTP/1.1 403 ");
    expect(await ask("other.example.com")).toContain("HTTP/1.1 403 ");
  });
});
