import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { grantkeeper, startController, type Answer, type ControllerProcess } from "../../demo/program.ts";
import { BASE_PATH } from "../../src/api/group.ts";
import { until } from "../../demo/wait.ts";
import { makeRepository } from "../support/git/git-repository.ts";
import { OWN_PAGE } from "../support/screens/browser.ts";
import { OidcBrowser } from "../support/sign-in/oidc-browser.ts";
import { CLIENT_ID, CLIENT_SECRET, TestProvider } from "../support/sign-in/provider.ts";

const WITHIN_MS = 20_000;

let folder = "";
let provider: TestProvider;
let origin = "";
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "sign-in-"));
  origin = `http://localhost:${await freePort()}`;
  provider = await TestProvider.start(() => `${origin}/auth/callback`);
});
afterEach(async () => {
  await provider.close();
  rmSync(folder, { recursive: true, maxRetries: 3 });
});

/** The provider and the controller name it before the controller listens on it. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => void server.close(() => resolve()));
  return port;
}

async function configure(): Promise<void> {
  await makeRepository(folder, "permissions.git");
  writeFileSync(join(folder, "oidc-secret"), `${CLIENT_SECRET}\n`);
  writeFileSync(
    join(folder, "grantkeeper.yaml"),
    `instance: test-1
stateDir: ./state
sources: [{name: main, git: {url: "${join(folder, "permissions.git")}", branch: main}, interval: 1h}]
http:
  listen: "127.0.0.1:${new URL(origin).port}"
  publicUrl: "${origin}"
  oidc:
    issuer: "${provider.issuer}"
    clientId: ${CLIENT_ID}
    clientSecretFile: oidc-secret
    scopes: [openid, profile]
    grants: [{group: ops, scopes: [read, suspend], namespaces: ["*"]}]
aws: {endpoint: "http://127.0.0.1:9", simulator: true}
`,
  );
}

function run(...args: readonly string[]): Promise<Answer> {
  return grantkeeper([...args, "--config", "grantkeeper.yaml"], folder);
}

async function start(): Promise<ControllerProcess> {
  const controller = startController(join(folder, "grantkeeper.yaml"), join(folder, "log"), {
    AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
    AWS_SECRET_ACCESS_KEY: "x",
  });
  const isServing = () =>
    fetch(`${origin}/healthz`).then(
      () => true,
      () => undefined,
    );
  await until("it serves", isServing, { withinMs: WITHIN_MS });
  return controller;
}

async function signInAtProvider(): Promise<string> {
  const browser = new OidcBrowser();
  const end = await browser.follow(`${origin}/auth/login`, `${origin}/auth/callback`);
  await browser.get("to" in end ? end.to : "");
  return browser.cookies(origin);
}

/** Suspends everything with the session; another page can make a browser send the cookie, and not these headers. */
async function suspend(cookie: string, headers: Readonly<Record<string, string>>): Promise<number> {
  const answer = await fetch(`${origin}${BASE_PATH}/suspensions`, {
    method: "POST",
    headers: { cookie, "content-type": "application/json", ...headers },
    body: JSON.stringify({ scope: { everything: true }, reason: "INC-4410", for: "1h" }),
  });
  return answer.status;
}

test("people sign in with a link and with the provider; a restart ends no session, and the record verifies with their names, acts and refusals", async () => {
  await configure();
  const doctor = await run("doctor");
  let controller = await start();
  try {
    const { out: link } = await run("open");
    const code = new URL(link.trim()).searchParams.get("code") ?? "";
    const local = await fetch(new URL("/auth/local", link), {
      method: "POST",
      body: new URLSearchParams({ code }),
      redirect: "manual",
    });
    const cookie = await signInAtProvider();
    await controller.stop();
    controller = await start();

    const session = await fetch(`${origin}/auth/session`, { headers: { cookie } });
    const acts = [await suspend(cookie, {}), await suspend(cookie, OWN_PAGE)];
    const out = await fetch(`${origin}/auth/logout`, { method: "POST", headers: { cookie, ...OWN_PAGE } });
    const after = await fetch(`${origin}/auth/session`, { headers: { cookie } });
    const history = await run("history", "-o", "json");
    const { items } = JSON.parse(history.out) as { readonly items: readonly object[] };
    const verified = await run("audit", "verify");

    expect(doctor.out.replace(/\s+/g, " ")).toContain(`the provider ${provider.issuer} answers`);
    expect([local.status, session.status, out.status, after.status]).toEqual([303, 200, 204, 401]);
    const actor = `Dana Ruiz <${provider.issuer}#00u1>`;
    for (const kind of ["signed-in", "signed-out"]) expect(history.out).toContain(kind);
    expect(history.out).toContain(actor);
    expect(acts).toEqual([403, 201]);
    const path = `${BASE_PATH}/suspensions`;
    expect(items).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: "suspended", actor, reason: "INC-4410" }),
        expect.objectContaining({ kind: "request-refused", actor, method: "POST", path, status: 403 }),
      ]),
    );
    expect(history.out).toContain('"method": "local"');
    expect(verified.code).toBe(0);
  } finally {
    await controller.stop();
  }
});
