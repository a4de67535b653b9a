import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { BASE_PATH } from "../../../src/api/group.ts";
import { rawExchange, startTestServer, type TestServer } from "../../support/screens/http-server.ts";
import { MemorySessions } from "../../support/fakes/memory-sessions.ts";

const INDEX = `<!doctype html><title>Grantkeeper</title>${" ".repeat(400)}`;
const SCRIPT = `console.log(1);${"//".repeat(400)}`;

let folder: string;
let server: TestServer | null = null;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "page-"));
});
afterEach(async () => {
  await server?.close();
  server = null;
  rmSync(folder, { recursive: true });
});

async function start(): Promise<TestServer> {
  const sessions = new MemorySessions();
  const page = { folder: join(folder, "page"), instance: "acme", sessions, publicUrl: null, oidc: null };
  server = await startTestServer({ options: { page } });
  return server;
}

function build(): void {
  mkdirSync(join(folder, "page", "assets"), { recursive: true });
  writeFileSync(join(folder, "page", "index.html"), INDEX);
  writeFileSync(join(folder, "page", "assets", "main-3KQ2ZV7A.js"), SCRIPT);
  writeFileSync(join(folder, "page", "icon.svg"), "<svg/>");
  writeFileSync(join(folder, "secret"), "not a part of the page");
}

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

describe("the page", () => {
  test.each([
    { path: "/ui/", type: "text/html; charset=utf-8", cache: "no-cache", body: INDEX },
    { path: "/ui/index.html", type: "text/html; charset=utf-8", cache: "no-cache", body: INDEX },
    {
      path: "/ui/functions/orders?risk=high",
      type: "text/html; charset=utf-8",
      cache: "no-cache",
      body: INDEX,
    },
    {
      path: "/ui/assets/main-3KQ2ZV7A.js",
      type: "text/javascript; charset=utf-8",
      cache: "public, max-age=31536000, immutable",
      body: SCRIPT,
    },
    { path: "/ui/icon.svg", type: "image/svg+xml", cache: "no-cache", body: "<svg/>" },
  ])("answers $path without a token, under the strict policy", async ({ path, type, cache, body }) => {
    build();
    const { request } = await start();

    const { status, headers, text } = await request(path, {});

    expect([status, text]).toEqual([200, body]);
    expect(Object.fromEntries(headers)).toMatchObject({
      "content-type": type,
      "cache-control": cache,
      "content-security-policy": POLICY,
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "no-referrer",
      "cross-origin-resource-policy": "same-origin",
    });
  });

  test.each([
    { accepted: "gzip, deflate, br", encoding: "gzip" },
    { accepted: "br", encoding: null },
    { accepted: "gzip;q=0, br", encoding: null },
    { accepted: "identity", encoding: null },
  ])("is compressed for a browser that accepts $accepted: $encoding", async ({ accepted, encoding }) => {
    build();
    const { port } = await start();

    const head = `GET /ui/ HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: ${accepted}\r\nConnection: close\r\n\r\n`;
    const answer = await rawExchange(port, head);

    expect(/content-encoding: (\w+)/.exec(answer)?.[1] ?? null).toBe(encoding);
  });

  test("arrives as it was built when it is compressed", async () => {
    build();
    const { url } = await start();

    const response = await fetch(`${url}/ui/`, { headers: { "accept-encoding": "gzip" } });

    expect(response.headers.get("content-encoding")).toBe("gzip");
    expect(await response.text()).toBe(INDEX);
  });

  test.each([
    "/ui/../secret",
    "/ui/%2e%2e/secret",
    "/ui/..%2fsecret",
    "/ui/%2e%2e%2fsecret",
    "/ui/assets/..%2f..%2f..%2fsecret",
    "/ui/..%5csecret",
    "/ui//etc/passwd",
    "/ui/secret%00.html",
  ])("answers %s with no file outside of it", async (path) => {
    build();
    const { port } = await start();

    const answer = await rawExchange(
      port,
      `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
    );

    expect(answer).not.toContain("not a part of the page");
    expect(answer).not.toContain("root:");
  });

  test("has no file of an earlier build: the browser must not run HTML as a script", async () => {
    build();
    const { request } = await start();

    const answer = await request("/ui/assets/main-AAAAAAAA.js", {});

    expect(answer.json).toMatchObject({ code: 404, message: "the page has no such file: load it again" });
  });

  test("that is not built is a Status with the command that builds it, and is found once it is built", async () => {
    const { request } = await start();

    expect((await request("/ui/", {})).json).toMatchObject({
      code: 404,
      message: expect.stringContaining('the page is not built: run "npm run build"'),
      details: { hint: "npm run build" },
    });
    build();
    expect((await request("/ui/", {})).status).toBe(200);
  });
});

describe("GET /", () => {
  test("leads a browser to the page, and nothing else", async () => {
    build();
    const { request } = await start();
    const asks = (accept: string) => request("/", { headers: { accept }, redirect: "manual" });

    const answer = await asks("text/html,application/xhtml+xml,*/*;q=0.8");

    expect([answer.status, answer.headers.get("location")]).toEqual([302, "/ui/"]);
    expect((await asks("application/json")).status).toBe(404);
    expect((await asks("*/*")).status).toBe(404);
  });
});

test.each([
  { path: "/ui/", dest: "iframe" },
  { path: "/ui/approvals/7f3a91c2", dest: "embed" },
  { path: "/auth/local?code=x", dest: "frame" },
  { path: `${BASE_PATH}/overview`, dest: "object" },
])("clickjacking of $path in an element $dest is refused and recorded", async ({ path, dest }) => {
  build();
  const { request, control } = await start();

  const embedded = await request(path, {
    headers: { "sec-fetch-dest": dest, "sec-fetch-site": "cross-site" },
  });
  const own = await request("/ui/", { headers: { "sec-fetch-dest": "document" } });

  expect([embedded.status, own.status]).toEqual([403, 200]);
  expect(embedded.headers.get("x-frame-options")).toBe("DENY");
  expect(control.refusals).toMatchObject([{ status: 403, method: "GET", path: path.split("?")[0] }]);
});

test("the strict policy is of the page alone: every other answer may load nothing", async () => {
  build();
  const { request } = await start();

  for (const path of ["/healthz", `${BASE_PATH}/overview`, "/auth/session", "/nothing"])
    expect((await request(path, {})).headers.get("content-security-policy")).toBe(
      "default-src 'none'; frame-ancestors 'none'",
    );
});
