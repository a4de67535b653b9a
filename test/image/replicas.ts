import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chownSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { until } from "../../demo/wait.ts";
import { BASE_PATH } from "../../src/api/group.ts";
import { serverOf } from "../store/postgres-engine.ts";
import { Cluster } from "../support/postgres/cluster.ts";
import type { Container } from "./container.ts";
import { kustomizeDeployments, type Deployment } from "./deployment.ts";
import { startHostEstate, type HostEstate } from "./estate-on-host.ts";
import { checkRestrictions, prepareVolume, refuseEnded, type Runtime, stop, userOf } from "./runtime.ts";
import { taskDeployments } from "./task-deployment.ts";

const WITHIN = { withinMs: 60_000 };
const TOKEN = "replicas-in-containers-0123456789abcdef";
/** Where the containers, which share the network of this machine, reach PostgreSQL. */
const DATABASE_HOST = "127.0.0.99";
/** The port of the files in deploy/. Each replica has an address of its own, as a pod or task has. */
const PORT = 8_085;

interface Platform {
  readonly name: string;
  readonly deployments: readonly Deployment[];
  /** In the operator's file. */
  readonly passwordFile: string;
}

/**
 * Runs two replicas as the files of deploy/ describe them: the container before a controller gives it the audit key, the standby
 * forwards requests, and takes over when the active one ends.
 */
export async function checkReplicas(runtime: Runtime, root: string): Promise<void> {
  const cluster = await Cluster.start([`listen_addresses=${DATABASE_HOST}`]);
  const platforms: readonly Platform[] = [
    {
      name: "kustomize-replicas",
      deployments: kustomizeDeployments("example-replicas"),
      passwordFile: "/run/secrets/grantkeeper/database",
    },
    {
      name: "ecs-replicas",
      deployments: taskDeployments("Task", "ecs/replicas.yaml"),
      passwordFile: "/etc/grantkeeper/database",
    },
  ];
  try {
    for (const platform of platforms)
      await checkPlatform(runtime, join(root, platform.name), { platform, cluster });
  } finally {
    await cluster.stop();
  }
}

interface Installation {
  readonly runtime: Runtime;
  readonly folder: string;
  readonly host: HostEstate;
  readonly deployments: readonly [Deployment, Deployment];
}

interface Replica {
  readonly deployment: Deployment;
  readonly container: Container;
  readonly ip: string;
}

async function checkPlatform(
  runtime: Runtime,
  folder: string,
  { platform, cluster }: { readonly platform: Platform; readonly cluster: Cluster },
): Promise<void> {
  const [before, controller, ...others] = platform.deployments;
  assert.ok(before !== undefined && controller !== undefined && others.length === 0);
  mkdirSync(folder);
  makeAuditKey(folder);
  const { database } = serverOf(await cluster.database());
  const url = `postgresql://grantkeeper@${DATABASE_HOST}:5432/${database}`;
  const host = await startHostEstate(folder, userOf(controller), sections(url, platform.passwordFile));
  const installation = { runtime, folder, host, deployments: [before, controller] } as const;
  try {
    await checkTakeover(installation);
    console.log(`${platform.name}: passed`);
  } finally {
    await host.close();
  }
}

async function checkTakeover(installation: Installation): Promise<void> {
  const first = await startReplica(installation, 2);
  await answers(first, "/readyz", 200);
  const second = await startReplica(installation, 3);
  await answers(second, "/readyz?standbyok=true", 200);
  assert.equal(await statusOf(second, "/readyz"), 503, "a standby takes no requests of its own");
  assert.equal(await statusOf(second, `${BASE_PATH}/replicas`), 200, "it forwards them");
  await checkRestrictions(second.container, second.deployment);
  await stop(first.container, first.deployment);
  await answers(second, "/readyz", 200);
  const { code, out } = await second.container.exec("grantkeeper", "audit", "verify");
  assert.equal(code, 0, out);
  await stop(second.container, second.deployment);
}

async function startReplica(installation: Installation, number: number): Promise<Replica> {
  const { runtime, folder, host, deployments } = installation;
  const [before, controller] = deployments;
  const ip = `127.0.0.${number}`;
  const files = replicaFiles(installation, number);
  const server = await startTaskMetadata(ip);
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  const run = {
    folder,
    from: { ...files, secrets: folder, "audit-key": folder, backups: null, tmp: null },
    env: [
      ...host.env,
      `ECS_CONTAINER_METADATA_URI_V4=http://127.0.0.1:${address.port}`,
      ...before.secretEnv.map((name) => `${name}=${secretOf(name, installation)}`),
    ],
    calls: null,
  };
  await runtime.finish(before, { ...run, name: `${before.name}-${number}` });
  const deployment = at(controller, ip);
  const container = runtime.start(deployment, { ...run, name: `${controller.name}-${number}` });
  await until("the replica is started", () => isLive({ deployment, container, ip }), WITHIN);
  server.close();
  return { deployment, container, ip };
}

/** The volumes of one pod or task. */
function replicaFiles({ folder, host, deployments }: Installation, number: number) {
  const owner = userOf(deployments[1]);
  const own = (name: string): string => {
    const path = join(folder, `${name}-${number}`);
    mkdirSync(path, { mode: 0o700 });
    chownSync(path, owner, owner);
    return path;
  };
  const state = own("state");
  prepareVolume(state, deployments[1]);
  return { state, config: deployments[0].secretEnv.length > 0 ? own("config") : host.configDir };
}

/** Each container has the address of its pod, as the kubelet writes it into variables. */
function at(deployment: Deployment, ip: string): Deployment {
  const env = deployment.env.map((text) => text.replace("$(POD_IP)", ip).replace("0.0.0.0", ip));
  const urls = deployment.checks.urls.map((url) => url.replace("127.0.0.1", ip));
  return { ...deployment, env, checks: { ...deployment.checks, urls } };
}

/** What the agent of ECS answers. */
async function startTaskMetadata(ip: string): Promise<Server> {
  const server = createServer((_, answer) =>
    answer.end(JSON.stringify({ Networks: [{ NetworkMode: "awsvpc", IPv4Addresses: [ip] }] })),
  );
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return server;
}

/** The key of all replicas, and the password, which this server does not ask for. */
function makeAuditKey(folder: string): void {
  const key = join(folder, "audit-key.pem");
  execFileSync("openssl", ["genpkey", "-algorithm", "ed25519", "-out", key]);
  execFileSync("openssl", ["pkey", "-in", key, "-pubout", "-out", join(folder, "audit-key.pub.pem")]);
  writeFileSync(join(folder, "database"), "none\n");
  execFileSync("chmod", ["--recursive", "a+rX", folder]);
}

/** What ECS reads from Secrets Manager. */
function secretOf(name: string, { folder, host }: Installation): string {
  const files: Readonly<Record<string, string>> = {
    OPERATOR_FILE: join(host.configDir, "grantkeeper.yaml"),
    AUDIT_KEY: join(folder, "audit-key.pem"),
    AUDIT_PUBLIC_KEYS: join(folder, "audit-key.pub.pem"),
  };
  const file = files[name];
  return file === undefined ? "none" : readFileSync(file, "utf8");
}

function sections(url: string, passwordFile: string): string {
  const sha256 = createHash("sha256").update(TOKEN).digest("hex");
  return `state: {database: {url: "${url}", passwordFile: ${passwordFile}}}
tokens: [{name: test, sha256: ${sha256}, scopes: [read], namespaces: ["*"], expires: "2099-11-01T00:00:00Z"}]
`;
}

async function isLive({ container, ip }: Replica): Promise<true | undefined> {
  await refuseEnded(container);
  return (await statusOf({ ip }, "/healthz")) === 200 ? true : undefined;
}

async function answers(replica: Replica, path: string, status: number): Promise<void> {
  const isSo = async () => {
    await refuseEnded(replica.container);
    return (await statusOf(replica, path)) === status ? true : undefined;
  };
  await until(`${path} answers ${status}`, isSo, WITHIN);
}

/** 0: there is no answer. */
function statusOf({ ip }: Pick<Replica, "ip">, path: string): Promise<number> {
  const headers = { authorization: `Bearer ${TOKEN}` };
  return fetch(`http://${ip}:${PORT}${path}`, { headers, signal: AbortSignal.timeout(10_000) }).then(
    ({ status }) => status,
    () => 0,
  );
}
