import { chmodSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { CodeCommitLogins } from "../../../src/aws/codecommit/logins.ts";
import { Clients, PUBLIC_AWS } from "../../../src/aws/requests/clients.ts";
import { parseCodeCommitUrl } from "../../../src/model/aws/codecommit.ts";
import { proxyRoutes } from "../../../src/network/proxy-routes.ts";
import { CodeCommitServer } from "../../support/git/codecommit-server.ts";
import { makeRepository, type TestRepository } from "../../support/git/git-repository.ts";
import { Bench } from "../../support/git/git-source.ts";
import { failure, mirrored } from "../../support/git/hostile-bench.ts";
import { inAnHour, stsAnswer, stsRefusal } from "../../support/git/sts-answers.ts";
import { PrivateNetwork } from "../../support/network/private-network.ts";
import { PROCESS } from "../../support/network/process.ts";

const HOST = "git-codecommit.eu-central-1.amazonaws.com";
const URL_OF_REPOSITORY = `https://${HOST}/v1/repos/permissions`;
const ROLE = "arn:aws:iam::111122223333:role/permissions-reader";
const { signal } = new AbortController();

let bench: Bench;
let network: PrivateNetwork;
let repository: TestRepository;
let server: CodeCommitServer;
let metadata: Server;
/** The requests of STS. */
let asked: URLSearchParams[];
let clients: Clients | null;
const before = { ...process.env };

beforeAll(async () => {
  network = await PrivateNetwork.start({
    hosts: ["*.eu-central-1.amazonaws.com", "*.us-east-1.amazonaws.com"],
  });
  network.trust();
});

afterAll(() => network.stop());

beforeEach(async () => {
  for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) delete process.env[name];
  bench = await Bench.open();
  repository = await makeRepository(join(bench.root, "served", "v1", "repos"), "permissions", "sha1");
  await repository.commit({ "teams/orders/a.yaml": "a: 1\n" });
  network.forwardTo(await bench.serve());
  server = new CodeCommitServer("eu-central-1", network.serve);
  server.keys.set("BASE", { secret: "base-secret-0123456789", sessionToken: null });
  asked = [];
  clients = null;
  network.serve = (request, response) => {
    if (request.headers.host === HOST) server.handle(request, response);
    else void sts(request).then((text) => response.end(text));
  };
  metadata = createServer((_, response) => {
    server.keys.set("TASK", { secret: "task-secret-0123456789", sessionToken: "task-token" });
    response.end(
      JSON.stringify({
        AccessKeyId: "TASK",
        SecretAccessKey: "task-secret-0123456789",
        Token: "task-token",
        Expiration: inAnHour(),
      }),
    );
  });
  await new Promise<void>((listening) => metadata.listen(0, "127.0.0.1", listening));
  set({ HOME: network.folder, AWS_CONFIG_FILE: file("config", "") });
  set({ AWS_ACCESS_KEY_ID: "BASE", AWS_SECRET_ACCESS_KEY: "base-secret-0123456789" });
});

afterEach(async () => {
  clients?.close();
  metadata.closeAllConnections();
  await new Promise((closed) => metadata.close(closed));
  await bench.end();
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
});

function set(env: Readonly<Record<string, string>>): void {
  Object.assign(process.env, env);
}

function file(name: string, text: string): string {
  const path = join(network.folder, name);
  writeFileSync(path, text);
  return path;
}

/** Gives each caller a session whose key the Git server knows. */
async function sts(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = new URLSearchParams(Buffer.concat(chunks).toString("utf8"));
  asked.push(body);
  const action = body.get("Action") ?? "";
  const id = `ROLE${asked.length}`;
  server.keys.set(id, { secret: `${id}-secret-0123456789`, sessionToken: `${id}/token+==` });
  return stsAnswer(action, id);
}

interface Login {
  readonly role?: string;
  readonly url?: string;
  readonly nowMs?: () => number;
}

function source({ role, url = URL_OF_REPOSITORY, nowMs = () => Date.now() }: Login = {}) {
  const routes = proxyRoutes(network.settings(), {});
  const parsed = parseCodeCommitUrl(url);
  if (parsed.kind === "err") throw new Error(parsed.error);
  clients = new Clients({
    ...PROCESS,
    env: process.env,
    network: { ...PUBLIC_AWS, routes },
    baseCredentials: null,
    fetchTimeoutMs: 5_000,
  });
  const logins = new CodeCommitLogins({
    clients,
    repository: parsed.value,
    url,
    source: "main",
    role: role === undefined ? null : { roleArn: role, externalId: "shared-with-us" },
    nowMs,
  });
  return bench.source({
    url,
    caFile: network.authority.caFile,
    routes,
    auth: { kind: "made", login: (stop) => logins.login(stop) },
  });
}

describe("a repository of CodeCommit is read with the credentials that the process finds", () => {
  test.each([
    { provider: "the environment", given: () => undefined, user: "BASE" },
    {
      provider: "a profile that runs a program",
      given: () => {
        const program = file(
          "keys.sh",
          `#!/bin/sh\necho '{"Version":1,"AccessKeyId":"BASE","SecretAccessKey":"base-secret-0123456789"}'\n`,
        );
        chmodSync(program, 0o700);
        const config = file("profiles", `[profile p]\ncredential_process = ${program}\n`);
        set({ AWS_PROFILE: "p", AWS_CONFIG_FILE: config });
      },
      user: "BASE",
    },
    {
      provider: "a web identity",
      given: () => {
        delete process.env["AWS_ACCESS_KEY_ID"];
        set({ AWS_WEB_IDENTITY_TOKEN_FILE: file("jwt", "jwt"), AWS_ROLE_ARN: ROLE });
      },
      user: "ROLE1%ROLE1/token+==",
    },
    {
      provider: "the container",
      given: () => {
        delete process.env["AWS_ACCESS_KEY_ID"];
        const { port } = metadata.address() as AddressInfo;
        set({ AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${port}/task` });
      },
      user: "TASK%task-token",
    },
  ])("$provider", async ({ given, user }) => {
    given();

    const { files } = await source().latest(signal);

    expect(files).toHaveLength(1);
    expect(new Set(server.logins.map((login) => login.user))).toEqual(new Set([user]));
  });

  test("or of a role, whose session can pull this repository only and is used until shortly before its end", async () => {
    let nowMs = Date.now();
    const opened = source({ role: ROLE, nowMs: () => nowMs });

    await opened.latest(signal);
    await repository.commit({ "teams/orders/a.yaml": "a: 2\n" });
    await opened.latest(signal);

    expect(asked.map((body) => body.get("Action"))).toEqual(["AssumeRole"]);
    expect(Object.fromEntries(asked[0] ?? [])).toMatchObject({
      RoleArn: ROLE,
      ExternalId: "shared-with-us",
      RoleSessionName: "gk-main",
      DurationSeconds: "900",
    });
    expect(JSON.parse(asked[0]?.get("Policy") ?? "")).toMatchObject({
      Statement: {
        Action: "codecommit:GitPull",
        Resource: "arn:aws:codecommit:eu-central-1:111122223333:permissions",
      },
    });
    expect(new Set(server.logins.map(({ user }) => user))).toEqual(new Set(["ROLE1%ROLE1/token+=="]));

    nowMs += 3_400_000;
    await failure(opened);
    expect(asked).toHaveLength(2);
  });

  test("with a new password for each connection, and no secret in an argument or on the disk", async () => {
    const running: string[] = [];
    server.onLogin = () => running.push(...bench.running());
    let nowMs = Date.now() - 10_000;

    await source({ role: ROLE, nowMs: () => (nowMs += 1_000) }).latest(signal);

    const passwords = new Set(server.logins.map(({ password }) => password));
    expect(passwords.size).toBe(2);
    const shown = `${running.join("\n")}\n${await mirrored(bench)}`;
    expect(shown).toContain("ls-remote");
    for (const secret of [...passwords, "ROLE1/token", "ROLE1-secret"]) expect(shown).not.toContain(secret);
  });
});

describe("a refused login names what to check", () => {
  test("if the identity may not pull, or the key is wrong", async () => {
    set({ AWS_SECRET_ACCESS_KEY: "another-secret-0123456789" });

    const error = await failure(source());

    expect(error).toMatchObject({
      code: "auth-failed",
      fix: expect.stringContaining(
        "allow codecommit:GitPull on arn:aws:codecommit:eu-central-1:ACCOUNT:permissions for the identity of the process",
      ),
    });
    expect(error.message).not.toContain(server.logins[0]?.password);
  });

  test("if the clock is wrong", async () => {
    const error = await failure(source({ nowMs: () => Date.now() - 1_200_000 }));

    expect(error).toMatchObject({
      code: "auth-failed",
      fix: expect.stringContaining("synchronise the clock"),
    });
  });

  test("and the next connection has new credentials", async () => {
    const opened = source({ role: ROLE });
    await opened.latest(signal);
    server.keys.delete("ROLE1");

    await failure(opened);
    const { files } = await opened.latest(signal);

    expect(files).toHaveLength(1);
    expect(server.logins.at(-1)?.user).toBe("ROLE2%ROLE2/token+==");
  });

  test("if no credentials are found", async () => {
    for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]) delete process.env[name];
    set({ AWS_EC2_METADATA_DISABLED: "true", AWS_SHARED_CREDENTIALS_FILE: file("none", "") });

    const error = await failure(source());

    expect(error).toMatchObject({
      code: "auth-failed",
      message: expect.stringMatching(
        /cannot sign in to the CodeCommit repository permissions with the credentials of the process: .*no credentials found/,
      ),
      fix: expect.stringContaining("AWS_PROFILE"),
    });
    expect(server.logins).toEqual([]);
  });

  test("if the role cannot be assumed", async () => {
    const toGit = network.serve;
    network.serve = (request, response) => {
      if (request.headers.host === HOST) return toGit(request, response);
      response.writeHead(403, { "content-type": "text/xml" }).end(stsRefusal(ROLE));
    };

    expect(await failure(source({ role: ROLE }))).toMatchObject({
      code: "auth-failed",
      message: expect.stringContaining(`with the role ${ROLE}: AccessDenied`),
    });
  });

  test("if STS cannot be reached: it is tried again", async () => {
    network.serve = (request, response) => {
      if (request.headers.host === HOST) server.handle(request, response);
      else response.writeHead(503).end();
    };

    expect(await failure(source({ role: ROLE }))).toMatchObject({
      code: "unreachable",
      fix: expect.stringContaining("tries again"),
    });
  });
});
