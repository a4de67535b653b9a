/**
 * node bin/launch.mjs test/image/deployments.ts FOLDER: runs the image of FOLDER as each file of deploy/ describes its
 * container: Compose, Kustomize, ECS, systemd. Each is stopped and started again on the same state; the container of the backups
 * makes one of the running controller, which is restored between both. As root on a machine with
 * umoci and runc, against the simulator on this machine.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "../../demo/wait.ts";
import { imageSettings } from "../../tools/image/dockerfile.ts";
import { allowedCalls } from "./allowed-calls.ts";
import { Bundle, Container, type Mount } from "./container.ts";
import {
  composeDeployments,
  kustomizeDeployments,
  taskDeployments,
  unitDeployment,
  type DeployedMount,
  type Deployment,
} from "./deployment.ts";
import { startHostEstate, type HostEstate } from "./estate-on-host.ts";
import { indexOf } from "./image-size.ts";
import { restoreDeployment } from "./restores.ts";

const WITHIN = { withinMs: 60_000 };
const IMAGE_USER = 10_001;

const { Healthcheck } = imageSettings(readFileSync("Dockerfile", "utf8"));
const healthcheck = Array.isArray(Healthcheck["Test"]) ? Healthcheck["Test"].slice(1).map(String) : [];
const layout = join(process.argv[2] ?? "", "image");
const calls = allowedCalls(readFileSync("deploy/systemd/grantkeeper.service", "utf8"));
const root = await mkdtemp(join(tmpdir(), "deployments-"));
const running: Container[] = [];
try {
  await checkDeployment((env) => composeDeployments(healthcheck, env));
  await checkDeployment(() => kustomizeDeployments());
  await checkDeployment(() => taskDeployments());
  await checkDeployment(() => [unitDeployment()]);
  console.log("deployments: all passed");
} finally {
  for (const container of running) container.signal("KILL");
  await Promise.all(running.map(({ ended }) => ended));
  await rm(root, { recursive: true, maxRetries: 3 });
}

/** @param read the containers of one file; those before the controller end by themselves, that of the backups is after it */
async function checkDeployment(
  read: (env: Readonly<Record<string, string>>) => readonly Deployment[],
): Promise<void> {
  const { name, user } = rolesIn(read({})).controller;
  const folder = join(root, name);
  mkdirSync(folder);
  const host = await startHostEstate(folder, user?.uid ?? IMAGE_USER);
  const {
    first: before,
    controller,
    backups,
  } = rolesIn(read(Object.fromEntries(host.env.map((text) => text.split("=")))));
  try {
    prepareVolume(host.stateDir, controller);
    const first = await startAll([...before, controller], { host, folder, run: "first" });
    await checkRestrictions(first, controller);
    const made = backups === null ? null : await checkBackups(backups, { host, folder, run: "first" });
    const entry = await entryOne(first);
    await stop(first, controller);
    if (backups !== null && made !== null)
      await checkRestore(restoreDeployment(backups, join(folder, "kustomize"), made), { host, folder });
    const second = await startAll([controller], { host, folder, run: "second" });
    assert.equal(await entryOne(second), entry, "the state outlives the container");
    await stop(second, controller);
    console.log(`${controller.name}: passed`);
  } finally {
    await host.close();
  }
}

interface Roles {
  readonly first: readonly Deployment[];
  readonly controller: Deployment;
  /** null: the file has none. */
  readonly backups: Deployment | null;
}

function rolesIn(deployments: readonly Deployment[]): Roles {
  const backups = deployments.find(({ name }) => name.endsWith("-backups")) ?? null;
  const others = deployments.filter((one) => one !== backups);
  const controller = others.at(-1);
  assert.ok(controller !== undefined);
  return { first: others.slice(0, -1), controller, backups };
}

/** It makes a verified backup while the controller runs, which knows of it, and ends in time. */
async function checkBackups(deployment: Deployment, place: Place): Promise<string> {
  const { host, folder } = place;
  const kept = join(folder, "backups");
  mkdirSync(kept, { mode: 0o700 });
  const uid = deployment.user?.uid ?? IMAGE_USER;
  chownSync(kept, uid, uid);
  prepareVolume(kept, deployment);
  const container = started(deployment, host.configDir, place);
  const made = await until("there is a backup", () => backupIn(kept, container), WITHIN);
  await checkRestrictions(container, deployment);
  const result = join(host.stateDir, deployment.env.some(isStateBelow) ? "state" : "", "backups.json");
  assert.match(readFileSync(result, "utf8"), new RegExp(`"folder":"/backups/${made}".*"failing":null`));
  await stop(container, deployment);
  return made;
}

/** The controller that starts on the restored record shows that it is complete. */
async function checkRestore(deployment: Deployment, { host, folder }: Omit<Place, "run">): Promise<void> {
  const { code, out } = await started(deployment, host.configDir, { host, folder, run: "first" }).ended;
  assert.equal(code, 0, out);
  assert.match(out, /Restored to/);
}

function isStateBelow(variable: string): boolean {
  return variable === "GRANTKEEPER_STATE_DIR=/var/lib/grantkeeper/state";
}

async function backupIn(folder: string, container: Container): Promise<string | undefined> {
  const over = await Promise.race([container.ended, Promise.resolve(null)]);
  if (over !== null) throw new Error(`the container ended: ${over.out}`);
  const named = readdirSync(folder).find((name) => /^\d{4}-\d\d-\d\dT\d{6}$/.test(name));
  return named !== undefined && existsSync(join(folder, named, "backup.json")) ? named : undefined;
}

/** As the kubelet does for fsGroup: the volume belongs to root, and the group may write to it. */
function prepareVolume(stateDir: string, { user }: Deployment): void {
  const group = user?.volumeGroup ?? null;
  if (group === null) return;
  chownSync(stateDir, 0, group);
  chmodSync(stateDir, 0o2775);
}

interface Place {
  readonly host: HostEstate;
  readonly folder: string;
  readonly run: string;
}

/** @returns the last one, when it has compared every account */
async function startAll(deployments: readonly Deployment[], place: Place): Promise<Container> {
  const { host, folder } = place;
  // ECS has the operator's file in a secret, which the first container writes to this volume.
  const config = deployments.length > 1 ? join(folder, "written-config") : host.configDir;
  if (deployments.length > 1) mkdirSync(config);
  const containers = deployments.map((deployment) => () => started(deployment, config, place));
  const last = containers.pop();
  assert.ok(last !== undefined);
  for (const start of containers) {
    const { code, out } = await start().ended;
    assert.equal(code, 0, out);
  }
  if (deployments.length > 1)
    execFileSync("cp", ["--recursive", "--preserve", `${config}/.`, host.configDir]);
  const container = last();
  await until("it compared every account", () => isReady(container, host), WITHIN);
  return container;
}

function started(deployment: Deployment, config: string, { host, folder, run }: Place): Container {
  const name = `${deployment.name}-${run}`;
  const { manifests } = indexOf(layout);
  const tag = manifests[0]?.annotations["org.opencontainers.image.ref.name"] ?? "";
  const bundle = join(folder, name);
  execFileSync("umoci", ["unpack", "--image", `${layout}:${tag}`, bundle], { stdio: "ignore" });
  const secrets = join(folder, "secrets");
  mkdirSync(secrets, { recursive: true });
  // A task, a pod and a unit get the base role's in other ways, which do not exist here.
  const credentials = deployment.env.some((text) => text.startsWith("AWS_")) ? [] : host.env;
  const from = { state: host.stateDir, backups: join(folder, "backups"), config, secrets, tmp: null };
  new Bundle(bundle).deploy(deployment, {
    env: [...credentials, ...deployment.secretEnv.map((one) => `${one}=${secretOf(one, host)}`)],
    mounts: deployment.mounts.map((mount) => mountOf(mount, from)),
    calls: deployment.name === "systemd" ? calls : null,
  });
  const container = new Container({ folder: bundle }, join(root, "runc"), name);
  running.push(container);
  return container;
}

/** What ECS reads from Secrets Manager. */
function secretOf(name: string, host: HostEstate): string {
  return name === "OPERATOR_FILE" ? readFileSync(join(host.configDir, "grantkeeper.yaml"), "utf8") : "none";
}

function mountOf(
  { at, what, writable, sizeBytes }: DeployedMount,
  from: Readonly<Record<DeployedMount["what"], string | null>>,
): Mount {
  const folder = from[what];
  if (folder === null || sizeBytes !== null) return { from: null, at, writable, sizeBytes };
  // A mount of one file.
  return { from: at.endsWith(".yaml") ? join(folder, "grantkeeper.yaml") : folder, at, writable, sizeBytes };
}

async function isReady(container: Container, host: HostEstate): Promise<true | undefined> {
  const over = await Promise.race([container.ended, Promise.resolve(null)]);
  if (over !== null) throw new Error(`the container ended: ${over.out}`);
  const { code } = await container.exec("grantkeeper", "probe", "ready");
  if (code !== 0) return undefined;
  const { out } = await container.exec("grantkeeper", "status");
  return /prod +enforce/.test(out) && host.url !== "" ? true : undefined;
}

async function checkRestrictions(container: Container, deployment: Deployment): Promise<void> {
  const { user, mounts, checks, memoryBytes, tasks } = deployment;
  assert.equal((await container.exec("id", "-u")).out, `${user?.uid ?? IMAGE_USER}\n`);
  const { out: own } = await container.exec("cat", "/proc/1/status");
  assert.match(own, /^CapEff:\s*0+$/m, "no capability");
  assert.match(own, /^NoNewPrivs:\s*1$/m, "no new privileges");
  assert.match((await container.exec("touch", "/x")).out, /Read-only file system/);
  for (const { at, writable, sizeBytes } of mounts) {
    const path = at.endsWith(".yaml") ? at : `${at}/x`;
    const { code, out } = await container.exec("touch", path);
    if (writable) assert.equal(code, 0, out);
    else assert.match(out, /Read-only file system/, path);
    if (sizeBytes === null) continue;
    const fill = await container.exec("sh", "-c", `head -c ${sizeBytes + 1} /dev/zero >${path}; rm ${path}`);
    assert.match(fill.out, /No space left/, `${at} has a limit`);
  }
  for (const command of checks.commands)
    assert.deepEqual(await container.exec(...command), { code: 0, out: "live\n" }, "the health check");
  for (const url of checks.urls) assert.equal((await fetch(url)).status, 200, url);
  const limits = container.limits();
  if (memoryBytes !== null) assert.equal(limits.memoryBytes, memoryBytes, "the limit of memory");
  if (tasks !== null) assert.equal(limits.tasks, tasks, "the limit of processes");
}

async function entryOne(container: Container): Promise<string> {
  const { code, out } = await container.exec("grantkeeper", "audit", "show", "1", "--output", "json");
  assert.equal(code, 0, out);
  return out;
}

async function stop(container: Container, { stopsWithinMs }: Deployment): Promise<void> {
  const beganMs = performance.now();
  container.signal("TERM");
  const { code, out } = await container.ended;
  assert.equal(code, 0, out);
  assert.ok(performance.now() - beganMs < stopsWithinMs, "it ends before the platform kills it");
}
