import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { BaseCredentials } from "../../../src/aws/credentials/base-credentials.ts";
import { roleAssumers } from "../../../src/aws/credentials/role-assumers.ts";
import { createAws, type Aws } from "../../../src/aws/create-aws.ts";
import { PUBLIC_AWS } from "../../../src/aws/requests/clients.ts";
import { proxyRoutes } from "../../../src/network/proxy-routes.ts";
import { PrivateNetwork } from "../../support/network/private-network.ts";
import { PROCESS } from "../../support/network/process.ts";
import { accountOf, never } from "../aws/aws-world.ts";

const IN_AN_HOUR = () => new Date(Date.now() + 3_600_000).toISOString();

let network: PrivateNetwork;
let metadata: Server;
let asked: string[];
let answer: (request: IncomingMessage) => { readonly status?: number; readonly body: string };
let aws: Aws | null;
const before = { ...process.env };

beforeAll(async () => {
  network = await PrivateNetwork.start({
    hosts: ["*.us-east-1.amazonaws.com", "portal.sso.eu-west-1.amazonaws.com"],
  });
  network.trust();
});

afterAll(() => network.stop());

beforeEach(async () => {
  for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) delete process.env[name];
  network.login = null;
  network.tunnels.length = 0;
  network.serve = (request, response) => void serveAws(request).then((text) => response.end(text));
  asked = [];
  aws = null;
  answer = () => ({ status: 404, body: "" });
  metadata = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const { status = 200, body } = answer(request);
    response.writeHead(status).end(body);
  });
  await new Promise<void>((listening) => metadata.listen(0, "127.0.0.1", listening));
  set({
    HOME: network.folder,
    AWS_CONFIG_FILE: file("config", ""),
    AWS_SHARED_CREDENTIALS_FILE: file("none", ""),
  });
});

afterEach(async () => {
  aws?.close();
  metadata.closeAllConnections();
  await new Promise((closed) => metadata.close(closed));
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

function metadataUrl(path = ""): string {
  return `http://127.0.0.1:${(metadata.address() as AddressInfo).port}${path}`;
}

/** STS and the portal of IAM Identity Center. The caller is the owner of the access key: `role/KEY`. */
async function serveAws(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = new URLSearchParams(Buffer.concat(chunks).toString("utf8"));
  const key = /Credential=([^/]+)\//.exec(request.headers.authorization ?? "")?.[1];
  asked.push(`${request.headers.host?.split(".")[0]} ${body.get("Action") ?? request.url}`);
  const answers: Readonly<Record<string, () => string>> = {
    GetCallerIdentity: () => xml("GetCallerIdentity", `<Arn>arn:aws:iam::999900001111:role/${key}</Arn>`),
    AssumeRoleWithWebIdentity: () =>
      xml("AssumeRoleWithWebIdentity", keys(`WEB-${body.get("WebIdentityToken")}`)),
    AssumeRole: () => xml("AssumeRole", keys(`ASSUMED-BY-${key}`)),
  };
  return (answers[body.get("Action") ?? ""] ?? portal(request))();
}

function portal(request: IncomingMessage): () => string {
  const token = String(request.headers["x-amz-sso_bearer_token"]);
  const roleCredentials = {
    accessKeyId: `SSO-${token}`,
    secretAccessKey: "x",
    sessionToken: "y",
    expiration: Date.now() + 3_600_000,
  };
  return () => JSON.stringify({ roleCredentials });
}

function keys(id: string): string {
  return `<Credentials><AccessKeyId>${id}</AccessKeyId><SecretAccessKey>x</SecretAccessKey><SessionToken>y</SessionToken><Expiration>${IN_AN_HOUR()}</Expiration></Credentials>`;
}

function xml(action: string, result: string): string {
  return `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result>${result}</${action}Result></${action}Response>`;
}

function metadataKeys(id: string, expiration = IN_AN_HOUR()): string {
  const fields = {
    AccessKeyId: id,
    SecretAccessKey: "x",
    Token: "y",
    Expiration: expiration,
    Code: "Success",
  };
  return JSON.stringify(fields);
}

/** As IMDSv2: a session token by PUT, then the role, then its credentials. */
function instanceMetadata(credentials: () => string) {
  return ({ method, url, headers }: IncomingMessage) => {
    if (method === "PUT") return { body: "imds-token" };
    if (headers["x-aws-ec2-metadata-token"] !== "imds-token") return { status: 401, body: "" };
    return { body: url?.endsWith("/security-credentials/") === true ? "node-role" : credentials() };
  };
}

async function baseCheck() {
  aws ??= createAws({
    ...PROCESS,
    env: process.env,
    network: { ...PUBLIC_AWS, routes: proxyRoutes(network.settings(), {}) },
    baseCredentials: null,
    fetchTimeoutMs: 5_000,
    clock: { ...PROCESS.clock, sleep: () => Promise.resolve() },
    random: { next: () => 0.5, hex: () => "0" },
    budgets: "unlimited",
  });
  const [check] = await aws.doctor.examine(accountOf({ writer: null, binder: null }), never());
  return check;
}

describe("doctor names the identity of the process, and where it comes from", () => {
  const PROFILE = "[profile p]\n";
  test.each([
    {
      provider: "the environment",
      given: () => set({ AWS_ACCESS_KEY_ID: "ENV", AWS_SECRET_ACCESS_KEY: "x" }),
      detail: "role/ENV from the environment (AWS_ACCESS_KEY_ID)",
    },
    {
      provider: "a profile with an access key",
      given: () =>
        set({
          AWS_PROFILE: "p",
          AWS_CONFIG_FILE: file(
            "profile",
            `${PROFILE}aws_access_key_id = STATIC\naws_secret_access_key = x\n`,
          ),
        }),
      detail: "role/STATIC from the profile p (access key)",
    },
    {
      provider: "a profile before the environment",
      given: () =>
        set({
          AWS_ACCESS_KEY_ID: "ENV",
          AWS_SECRET_ACCESS_KEY: "x",
          AWS_PROFILE: "p",
          AWS_CONFIG_FILE: file(
            "profile",
            `${PROFILE}aws_access_key_id = STATIC\naws_secret_access_key = x\n`,
          ),
        }),
      detail: "role/STATIC from the profile p (access key)",
    },
    {
      provider: "credential_process",
      given: () => {
        const program = file(
          "keys.sh",
          `#!/bin/sh\necho '{"Version":1,"AccessKeyId":"PROCESS","SecretAccessKey":"x"}'\n`,
        );
        chmodSync(program, 0o700);
        set({
          AWS_PROFILE: "p",
          AWS_CONFIG_FILE: file("profile", `${PROFILE}credential_process = ${program}\n`),
        });
      },
      detail: "role/PROCESS from the profile p (credential_process)",
    },
    {
      provider: "IAM Identity Center",
      given: () => signIn(IN_AN_HOUR()),
      detail: "role/SSO-sso-token from the profile p (IAM Identity Center)",
    },
    {
      provider: "a role of a profile",
      given: () => {
        const source = "[profile source]\naws_access_key_id = SOURCE\naws_secret_access_key = x\n";
        const role = `${PROFILE}role_arn = arn:aws:iam::999900001111:role/r\nsource_profile = source\n`;
        set({ AWS_PROFILE: "p", AWS_CONFIG_FILE: file("profile", source + role) });
      },
      detail: "role/ASSUMED-BY-SOURCE from the profile p (an assumed role)",
    },
    {
      provider: "a web identity (IRSA)",
      given: () =>
        set({
          AWS_WEB_IDENTITY_TOKEN_FILE: file("token", "service-account"),
          AWS_ROLE_ARN: "arn:aws:iam::999900001111:role/irsa",
        }),
      detail:
        "role/WEB-service-account from a web identity (AWS_WEB_IDENTITY_TOKEN_FILE) as arn:aws:iam::999900001111:role/irsa",
    },
    {
      provider: "a container (ECS)",
      given: () => {
        answer = ({ headers }) => ({ body: metadataKeys(`ECS-${headers.authorization}`) });
        set({
          AWS_CONTAINER_CREDENTIALS_FULL_URI: metadataUrl("/v2/x"),
          AWS_CONTAINER_AUTHORIZATION_TOKEN: "t",
        });
      },
      detail: "role/ECS-t from the container (http://127.0.0.1:",
    },
    {
      provider: "EKS Pod Identity, with the token of its file",
      given: () => {
        answer = ({ headers }) => ({ body: metadataKeys(`POD-${headers.authorization}`) });
        set({
          AWS_CONTAINER_CREDENTIALS_FULL_URI: metadataUrl("/v1/credentials"),
          AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file("pod-token", "pod"),
        });
      },
      detail: "role/POD-pod from the container",
    },
    {
      provider: "an instance (IMDSv2)",
      given: () => {
        answer = instanceMetadata(() => metadataKeys("IMDS"));
        set({ AWS_EC2_METADATA_SERVICE_ENDPOINT: metadataUrl() });
      },
      detail: "role/IMDS from the instance (its instance profile, IMDSv2)",
    },
  ])("$provider", async ({ given, detail }) => {
    given();

    const check = await baseCheck();

    expect(check).toMatchObject({ identity: "base", outcome: "passed" });
    expect(check?.detail).toContain(`arn:aws:iam::999900001111:${detail}`);
    // Metadata is asked directly, everything else through the proxy.
    expect(network.tunnels.filter((host) => host.startsWith("127."))).toEqual([]);
  });
});

/** A profile of IAM Identity Center after `aws sso login`. */
function signIn(expiresAt: string): void {
  const text = `[profile p]
sso_session = corp
sso_account_id = 999900001111
sso_role_name = Admin
[sso-session corp]
sso_region = eu-west-1
sso_start_url = https://corp.awsapps.com/start
`;
  const cache = join(network.folder, ".aws/sso/cache");
  mkdirSync(cache, { recursive: true });
  const name = createHash("sha1").update("corp").digest("hex");
  writeFileSync(join(cache, `${name}.json`), JSON.stringify({ accessToken: "sso-token", expiresAt }));
  set({ AWS_PROFILE: "p", AWS_CONFIG_FILE: file("profile", text) });
}

describe("without credentials", () => {
  test("each provider is listed with its reason", async () => {
    set({ AWS_EC2_METADATA_SERVICE_ENDPOINT: metadataUrl() });

    expect((await baseCheck())?.detail).toMatch(
      /CredentialsProviderError: no credentials found \(environment: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set; profile: Could not resolve credentials using profile: \[default\].*; web identity: AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN are not set; container: AWS_CONTAINER_CREDENTIALS_FULL_URI is not set; instance: .*\); set AWS_ACCESS_KEY_ID/,
    );
  });

  test.each([
    {
      because: "a profile that does not exist is not replaced by another identity",
      given: () => {
        answer = instanceMetadata(() => metadataKeys("IMDS"));
        set({ AWS_PROFILE: "missing", AWS_EC2_METADATA_SERVICE_ENDPOINT: metadataUrl() });
      },
      detail: /profile: Could not resolve credentials using profile: \[missing\].*; correct the profile/,
    },
    {
      because: "an expired sign-in of IAM Identity Center is named with the command",
      given: () => signIn("2020-01-01T00:00:00Z"),
      detail: /profile: .*SSO session.*aws sso login/,
    },
    {
      because: "a program that fails is named, and no other provider is asked",
      given: () => set({ AWS_CONFIG_FILE: file("profile", "[default]\ncredential_process = /bin/false\n") }),
      detail: /profile: Command failed: \/bin\/false/,
    },
    {
      because: "a token file that is missing is named",
      given: () =>
        set({ AWS_WEB_IDENTITY_TOKEN_FILE: "/no/such/token", AWS_ROLE_ARN: "arn:aws:iam::1:role/x" }),
      detail: /web identity: ENOENT.*\/no\/such\/token.*; check AWS_WEB_IDENTITY_TOKEN_FILE/,
    },
    {
      because: "a container that refuses is named",
      given: () => {
        answer = () => ({ status: 403, body: "{}" });
        set({ AWS_CONTAINER_CREDENTIALS_FULL_URI: metadataUrl("/v1/credentials") });
      },
      detail: /container: .*; check the task role of ECS, or the pod identity association/,
    },
    {
      because: "an instance that offers only version 1 of its metadata is not used",
      given: () => {
        answer = ({ method, url }) =>
          method === "PUT"
            ? { status: 405, body: "" }
            : { body: url?.endsWith("/") === true ? "r" : metadataKeys("V1") };
        set({ AWS_EC2_METADATA_SERVICE_ENDPOINT: metadataUrl() });
      },
      detail: /instance: AWS EC2 Metadata v1 fallback has been blocked/,
    },
    {
      because: "a web identity behind a proxy that asks for a password names the proxy",
      given: () => {
        network.login = { user: "a", password: "b" };
        set({ AWS_WEB_IDENTITY_TOKEN_FILE: file("token", "t"), AWS_ROLE_ARN: "arn:aws:iam::1:role/x" });
      },
      detail: /ProxyPasswordMissing: .*network\.proxy\.loginFile/,
    },
  ])("$because", async ({ given, detail }) => {
    set({ AWS_EC2_METADATA_DISABLED: "" });
    given();
    if (process.env["AWS_EC2_METADATA_SERVICE_ENDPOINT"] === undefined)
      set({ AWS_EC2_METADATA_DISABLED: "true" });

    expect(await baseCheck()).toMatchObject({ outcome: "failed", detail: expect.stringMatching(detail) });
  });
});

describe("credentials that expire", () => {
  test("are renewed before, kept while a renewal fails, and named when they have expired", async () => {
    let nowMs = Date.now();
    let id = "FIRST";
    const warnings: string[] = [];
    answer = () =>
      id === "DOWN"
        ? { status: 500, body: "" }
        : { body: metadataKeys(id, new Date(nowMs + 600_000).toISOString()) };
    set({ AWS_CONTAINER_CREDENTIALS_FULL_URI: metadataUrl("/v1/credentials") });
    const renewed: number[] = [];
    const base = new BaseCredentials({
      env: process.env,
      requestHandler: {},
      roles: roleAssumers({}),
      clock: { nowMs: () => nowMs },
      telemetry: {
        ...PROCESS.telemetry,
        warn: (text) => warnings.push(text),
        gauge: (_metric, value) => renewed.push(value),
      },
    });
    const key = async () => (await base.get()).credentials.accessKeyId;

    expect([await key(), await key()]).toEqual(["FIRST", "FIRST"]);
    id = "SECOND";
    expect(await key()).toBe("FIRST");
    nowMs += 301_000;
    expect(await key()).toBe("SECOND");

    id = "DOWN";
    nowMs += 301_000;
    expect([await key(), warnings]).toEqual(["SECOND", ["the base credentials cannot be renewed"]]);
    const { length } = asked;
    expect([await key(), asked.length]).toEqual(["SECOND", length]);
    expect(renewed).toEqual([1, 1, 0]);

    nowMs += 301_000;
    await expect(key()).rejects.toMatchObject({ name: "CredentialsProviderError", fix: expect.any(String) });
  });

  test("are found once for calls at the same time", async () => {
    answer = () => ({ body: metadataKeys("ONE") });
    set({ AWS_CONTAINER_CREDENTIALS_FULL_URI: metadataUrl("/v1/credentials") });
    const base = new BaseCredentials({
      ...PROCESS,
      env: process.env,
      requestHandler: {},
      roles: roleAssumers({}),
    });

    await Promise.all([base.get(), base.get(), base.get()]);

    expect(asked).toHaveLength(1);
  });
});
