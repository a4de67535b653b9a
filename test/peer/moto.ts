import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { IAMClient } from "@aws-sdk/client-iam";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";

/** moto takes every key; this one is of the account that moto calls its default. */
export const BASE_KEY = { id: "AKIAPEERPEERPEERPEER", secret: "peer" };
const REGION = "eu-west-1";

/** An AWS emulator that is not ours, as a process of its own. */
export interface Moto {
  readonly endpoint: string;
  /** Clients of someone who may do everything in that account. */
  consoleOf(accountId: string): Promise<{ readonly iam: IAMClient; readonly lambda: LambdaClient }>;
  /** Forgets every account. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

/** @throws Error when `npm run peer` did not name a Python that has moto, or when the server does not start */
export async function startMoto(): Promise<Moto> {
  const python = process.env["PEER_PYTHON"];
  if (python === undefined) throw new Error("PEER_PYTHON is not set: run npm run peer");
  const server = spawn(python, ["-m", "moto.server", "-H", "127.0.0.1", "-p", "0"], {
    env: { PATH: process.env["PATH"], MOTO_IAM_LOAD_MANAGED_POLICIES: "true" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const endpoint = await addressOf(server);
  const clients: { destroy(): void }[] = [];
  return {
    endpoint,
    consoleOf: async (accountId) => {
      const found = await consoleClients(endpoint, accountId);
      clients.push(found.iam, found.lambda);
      return found;
    },
    reset: async () => {
      const answer = await fetch(`${endpoint}/moto-api/reset`, { method: "POST" });
      if (!answer.ok) throw new Error(`moto did not reset: ${answer.status}`);
    },
    close: async () => {
      for (const client of clients) client.destroy();
      if (server.exitCode !== null || server.signalCode !== null) return;
      const ended = once(server, "exit");
      server.kill();
      await ended;
    },
  };
}

/** The system chooses the port, and the server prints it. */
async function addressOf(server: ChildProcess): Promise<string> {
  if (server.stderr === null) throw new Error("the server has no standard error");
  const lines: string[] = [];
  for await (const line of createInterface({ input: server.stderr })) {
    lines.push(line);
    const address = /Running on (http:\S+)/.exec(line)?.[1];
    if (address === undefined) continue;
    server.stderr.resume(); // It logs every request; a full pipe would stop it.
    return address;
  }
  throw new Error(`moto did not start:\n${lines.join("\n")}`);
}

/** A caller who assumes a role acts in the account of the role. In moto the role need not exist. */
async function consoleClients(endpoint: string, accountId: string) {
  const base = { accessKeyId: BASE_KEY.id, secretAccessKey: BASE_KEY.secret };
  const sts = new STSClient({ endpoint, region: REGION, credentials: base });
  const RoleArn = `arn:aws:iam::${accountId}:role/console`;
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: "console" }));
  sts.destroy();
  const credentials = {
    accessKeyId: Credentials?.AccessKeyId ?? "",
    secretAccessKey: Credentials?.SecretAccessKey ?? "",
    sessionToken: Credentials?.SessionToken ?? "",
  };
  const config = { endpoint, region: REGION, credentials, maxAttempts: 1 };
  return { iam: new IAMClient(config), lambda: new LambdaClient(config) };
}
