import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { proxiedFetch } from "../../../src/network/proxied-fetch.ts";
import { DIRECT } from "../../../src/model/network/proxy.ts";
import {
  githubApiUrl,
  GitHubApp,
  repositoryOf,
  type GitHubAppOptions,
} from "../../../src/source/forge/github-app.ts";
import { tokenLogin } from "../../../src/source/git/credential.ts";
import { answerProblem, requestProblem } from "../../support/forge/described.ts";
import { failure } from "../../support/git/hostile-bench.ts";
import { Bench } from "../../support/git/git-source.ts";
import { readJwt } from "../../support/git/jwt.ts";

const { signal } = new AbortController();
/** A token of the form that GitHub introduced in 2026: long, with dots. */
const TOKEN = `ghs_12345_eyJhbGciOiJSUzI1NiJ9.${"eyJ".padEnd(500, "x")}.signature-of-the-token`;
const NOW_MS = Date.parse("2026-11-28T03:00:00Z");

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly date?: string;
}

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly authorization: string;
  readonly body: unknown;
}

const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
const PEM = privateKey.export({ type: "pkcs1", format: "pem" }).toString();

describe("a token of a GitHub App", () => {
  let folder: string;
  let server: Server;
  let answer: Answer;
  let asked: Asked[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "app-"));
    await writeFile(join(folder, "app.pem"), PEM);
    asked = [];
    const permissions = { contents: "read", metadata: "read" };
    answer = { status: 201, body: { token: TOKEN, expires_at: "2026-11-28T04:00:00Z", permissions } };
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
        const { method = "", url: path = "", headers } = request;
        asked.push({ method, path, authorization: headers.authorization ?? "", body });
        response.sendDate = false;
        response.setHeader("date", answer.date ?? new Date(NOW_MS).toUTCString());
        response.statusCode = answer.status;
        response.end(typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });

  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true });
  });

  function app(options: Partial<GitHubAppOptions> = {}): GitHubApp {
    return new GitHubApp({
      appId: "12345",
      installationId: "678",
      privateKeyFile: join(folder, "app.pem"),
      apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      repository: "permissions",
      permission: "contents",
      fetch: proxiedFetch(DIRECT),
      nowMs: () => NOW_MS,
      ...options,
    });
  }

  test("is asked for with a signed claim of the App, and can only read the contents of one repository", async () => {
    expect(await app().token(signal)).toBe(TOKEN);

    await app({ permission: "statuses" }).token(signal);
    const problemOf = (one: Asked) => requestProblem("github", one) ?? answerProblem("github", one, answer);
    expect(asked.map(problemOf)).toEqual([null, null]);
    expect(asked.pop()).toMatchObject({ body: { permissions: { statuses: "write" } } });

    const [{ authorization, ...request } = { authorization: "" }] = asked;
    expect(request).toEqual({
      method: "POST",
      path: "/app/installations/678/access_tokens",
      body: { repositories: ["permissions"], permissions: { contents: "read" } },
    });
    const { header, claims, isSigned } = readJwt(authorization.replace("Bearer ", ""), publicKey);
    expect([header, isSigned]).toEqual([{ alg: "RS256", typ: "JWT" }, true]);
    const seconds = NOW_MS / 1_000;
    expect(claims).toEqual({ iss: "12345", iat: seconds - 60, exp: seconds + 540 });
  });

  test("is new for each connection, with the key that the file has then", async () => {
    const one = app();
    await one.token(signal);
    const rotated = generateKeyPairSync("rsa", { modulusLength: 2_048 }).privateKey;
    await writeFile(join(folder, "app.pem"), rotated.export({ type: "pkcs8", format: "pem" }));
    await one.token(signal);

    const [first, second] = asked.map(({ authorization }) => authorization.replace("Bearer ", ""));
    expect(readJwt(first ?? "", publicKey).isSigned).toBe(true);
    expect(readJwt(second ?? "", createPublicKey(rotated)).isSigned).toBe(true);
  });

  test.each<Answer & { because: string; code: string; message: string; fix: string }>([
    {
      because: "the key is none of the App's",
      status: 401,
      body: { message: "A JSON web token could not be decoded" },
      code: "auth-failed",
      message: "could not be decoded",
      fix: "check appId, and that the key in privateKeyFile",
    },
    {
      because: "the clock of this machine is behind",
      status: 401,
      body: { message: "'Issued at' claim ('iat') must be an Integer representing the time" },
      date: new Date(NOW_MS + 600_000).toUTCString(),
      code: "clock-skew",
      message: "the clock of this machine is 600 s behind its clock",
      fix: "synchronise the clock",
    },
    {
      because: "the clock of this machine is ahead",
      status: 401,
      body: { message: "'Expiration time' claim ('exp') is too far in the future" },
      date: new Date(NOW_MS - 300_000).toUTCString(),
      code: "clock-skew",
      message: "300 s ahead of its clock",
      fix: "synchronise the clock",
    },
    {
      because: "there is no such installation, or it was removed",
      status: 404,
      body: { message: "Not Found" },
      code: "auth-failed",
      message: "(installation 678)",
      fix: "check installationId",
    },
    {
      because: "the installation is suspended",
      status: 403,
      body: { message: "This installation has been suspended" },
      code: "auth-failed",
      message: "suspended",
      fix: "unsuspend it",
    },
    {
      because: "the installation has no access to the repository",
      status: 422,
      body: { message: "There is at least one repository that does not exist or is not accessible" },
      code: "auth-failed",
      message: "for permissions",
      fix: "give the installation access to the repository",
    },
    {
      because: "the App may not read contents",
      status: 422,
      body: { message: "The permissions requested are not granted to this installation." },
      code: "auth-failed",
      message: "not granted",
      fix: 'permission "Contents: read"',
    },
    {
      because: "GitHub is busy",
      status: 503,
      body: "<html>unicorn</html>",
      code: "unreachable",
      message: "it answers 503",
      fix: "tries again",
    },
    {
      because: "the server is no GitHub",
      status: 200,
      body: "<html>login</html>",
      code: "auth-failed",
      message: "it answers 200",
      fix: "check apiUrl",
    },
    {
      because: "the server redirects",
      status: 302,
      body: "",
      code: "auth-failed",
      message: "it answers 302",
      fix: "check apiUrl",
    },
    {
      because: "the token would be two header lines",
      status: 201,
      body: { token: "ghs_a\r\nX-Other: b" },
      code: "auth-failed",
      message: "it answers 201",
      fix: "check apiUrl",
    },
    {
      because: "the answer has no end",
      status: 201,
      body: { token: TOKEN, more: "x".repeat(70_000) },
      code: "auth-failed",
      message: "it answers 201",
      fix: "check apiUrl",
    },
  ])("is refused with cause and fix if $because", async ({ status, body, date, code, message, fix }) => {
    answer = { status, body, ...(date === undefined ? {} : { date }) };

    await expect(app().token(signal)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
      fix: expect.stringContaining(fix),
    });
  });

  test.each([
    { because: "the file does not exist", text: null, message: "ENOENT" },
    { because: "the file has no key", text: "hello\n", message: "it is not a private key in PEM" },
    {
      because: "the key is not RSA",
      text: generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
      message: "it is not an RSA key",
    },
  ])("needs a private key: $because", async ({ text, message }) => {
    const privateKeyFile = join(folder, "other.pem");
    if (text !== null) await writeFile(privateKeyFile, text);

    await expect(app({ privateKeyFile }).token(signal)).rejects.toMatchObject({
      code: "credential-unreadable",
      message: expect.stringContaining(message),
    });
    expect(asked).toEqual([]);
  });

  test("is not waited for if nothing listens there", async () => {
    await expect(app({ apiUrl: "http://127.0.0.1:9" }).token(signal)).rejects.toMatchObject({
      code: "unreachable",
    });
  });

  describe("opens the repository", () => {
    let bench: Bench;

    beforeEach(async () => {
      bench = await Bench.open();
      await (await bench.repository()).commit({ "teams/orders/a.yaml": "a: 1\n" });
    });
    afterEach(() => bench.end());

    const source = async () => {
      const url = await bench.serve({ username: "x-access-token", password: TOKEN });
      const one = app();
      return bench.source({
        url,
        auth: { kind: "made", login: async (stop) => tokenLogin(await one.token(stop)) },
      });
    };

    test("over https as its password", async () => {
      expect((await (await source()).latest(signal)).files).toHaveLength(1);
    });

    test("never shows the token if the server refuses it", async () => {
      answer = { status: 201, body: { token: `${TOKEN}-revoked` } };

      const { code, message } = await failure(await source());

      expect(code).toBe("auth-failed");
      expect(message).not.toContain("eyJ");
    });
  });
});

test.each([
  { url: "https://github.com/acme/permissions.git", api: "https://api.github.com", name: "permissions" },
  { url: "https://acme.ghe.com/acme/permissions", api: "https://api.acme.ghe.com", name: "permissions" },
  {
    url: "https://git.acme.example:8443/a/b.c.git/",
    api: "https://git.acme.example:8443/api/v3",
    name: "b.c",
  },
])("the API of $url is $api", ({ url, api, name }) => {
  expect([githubApiUrl(url), repositoryOf(url)]).toEqual([api, name]);
});
