import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createAws, type Aws } from "../../../src/aws/create-aws.ts";
import { PUBLIC_AWS } from "../../../src/aws/requests/clients.ts";
import { proxyRoutes } from "../../../src/network/proxy-routes.ts";
import { accountOf, never } from "../../wire/aws/aws-world.ts";
import { PrivateNetwork } from "./private-network.ts";
import { PROCESS } from "./process.ts";
import { STEADY_LOOP } from "../event-loop.ts";

export const IN_AN_HOUR = () => new Date(Date.now() + 3_600_000).toISOString();

/** Answers a request for metadata. */
type Answer = (request: IncomingMessage) => { readonly status?: number; readonly body: string };

/**
 * The places where a process finds its credentials: its environment, files, STS and the portal behind a proxy, and a server
 * of metadata without one. `begin` before and `end` after each test restore the environment.
 */
export class CredentialPlaces {
  readonly network: PrivateNetwork;
  /** What was asked for, in order. */
  asked: string[] = [];
  answer: Answer = NOT_FOUND;
  #metadata: Server | null = null;
  #aws: Aws | null = null;
  readonly #before = { ...process.env };

  private constructor(network: PrivateNetwork) {
    this.network = network;
  }

  static async start(): Promise<CredentialPlaces> {
    const network = await PrivateNetwork.start({
      hosts: ["*.us-east-1.amazonaws.com", "portal.sso.eu-west-1.amazonaws.com"],
    });
    network.trust();
    return new CredentialPlaces(network);
  }

  async begin(): Promise<void> {
    for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) delete process.env[name];
    this.network.login = null;
    this.network.tunnels.length = 0;
    this.network.serve = (request, response) =>
      void serveAws(request, this.asked).then((text) => response.end(text));
    this.asked = [];
    this.answer = NOT_FOUND;
    const metadata = createServer((request, response) => {
      this.asked.push(`${request.method} ${request.url}`);
      const { status = 200, body } = this.answer(request);
      response.writeHead(status).end(body);
    });
    this.#metadata = metadata;
    await new Promise<void>((listening) => metadata.listen(0, "127.0.0.1", listening));
    this.set({
      HOME: this.network.folder,
      AWS_CONFIG_FILE: this.file("config", ""),
      AWS_SHARED_CREDENTIALS_FILE: this.file("none", ""),
    });
  }

  async end(): Promise<void> {
    this.#aws?.close();
    this.#aws = null;
    const metadata = this.#metadata;
    metadata?.closeAllConnections();
    await new Promise((closed) => metadata?.close(closed));
    for (const name of Object.keys(process.env)) if (!(name in this.#before)) delete process.env[name];
    Object.assign(process.env, this.#before);
  }

  set(env: Readonly<Record<string, string>>): void {
    Object.assign(process.env, env);
  }

  /** Writes a file, and returns its path. */
  file(name: string, text: string): string {
    const path = join(this.network.folder, name);
    writeFileSync(path, text);
    return path;
  }

  metadataUrl(path = ""): string {
    const address = this.#metadata?.address() as AddressInfo;
    return `http://127.0.0.1:${address.port}${path}`;
  }

  /** What doctor shows of the identity of the process. */
  async baseCheck() {
    this.#aws ??= createAws({
      ...PROCESS,
      env: process.env,
      network: { ...PUBLIC_AWS, routes: proxyRoutes(this.network.settings(), {}) },
      baseCredentials: null,
      fetchTimeoutMs: 5_000,
      clock: { ...PROCESS.clock, sleep: () => Promise.resolve() },
      eventLoop: STEADY_LOOP,
      random: { next: () => 0.5, hex: () => "0" },
      budgets: "unlimited",
    });
    const [check] = await this.#aws.doctor.examine(accountOf({ writer: null, binder: null }), never());
    return check;
  }

  /** A profile of IAM Identity Center after `aws sso login`. */
  signIn(expiresAt: string): void {
    const text = `[profile p]
sso_session = corp
sso_account_id = 999900001111
sso_role_name = Admin
[sso-session corp]
sso_region = eu-west-1
sso_start_url = https://corp.awsapps.com/start
`;
    const cache = join(this.network.folder, ".aws/sso/cache");
    mkdirSync(cache, { recursive: true });
    const name = createHash("sha1").update("corp").digest("hex");
    writeFileSync(join(cache, `${name}.json`), JSON.stringify({ accessToken: "sso-token", expiresAt }));
    this.set({ AWS_PROFILE: "p", AWS_CONFIG_FILE: this.file("profile", text) });
  }
}

const NOT_FOUND: Answer = () => ({ status: 404, body: "" });

/** STS and the portal of IAM Identity Center. The caller is the owner of the access key: `role/KEY`. */
async function serveAws(request: IncomingMessage, asked: string[]): Promise<string> {
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

export function metadataKeys(id: string, expiration = IN_AN_HOUR()): string {
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
export function instanceMetadata(credentials: () => string) {
  return ({ method, url, headers }: IncomingMessage) => {
    if (method === "PUT") return { body: "imds-token" };
    if (headers["x-aws-ec2-metadata-token"] !== "imds-token") return { status: 401, body: "" };
    return { body: url?.endsWith("/security-credentials/") === true ? "node-role" : credentials() };
  };
}
