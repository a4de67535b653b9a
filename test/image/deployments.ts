/**
 * node bin/launch.mjs test/image/deployments.ts FOLDER: runs the image of FOLDER as each file of deploy/ describes its
 * container: Compose, Kustomize, ECS, systemd. Each is stopped and started again on the same state; the container of the backups
 * makes one of the running controller, which is restored between both. As root on a machine with
 * umoci and runc, against the simulator on this machine.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "../../demo/wait.ts";
import { imageSettings } from "../../tools/image/dockerfile.ts";
import { allowedCalls } from "./allowed-calls.ts";
import type { Container } from "./container.ts";
import { composeDeployments, kustomizeDeployments, unitDeployment, type Deployment } from "./deployment.ts";
import { startHostEstate, type HostEstate } from "./estate-on-host.ts";
import { checkReplicas } from "./replicas.ts";
import { restoreDeployment } from "./restores.ts";
import { taskDeployments } from "./task-deployment.ts";
import { checkRestrictions, prepareVolume, refuseEnded, Runtime, stop, userOf } from "./runtime.ts";

const WITHIN = { withinMs: 60_000 };

const { Healthcheck } = imageSettings(readFileSync("Dockerfile", "utf8"));
const healthcheck = Array.isArray(Healthcheck["Test"]) ? Healthcheck["Test"].slice(1).map(String) : [];
const layout = join(process.argv[2] ?? "", "image");
const calls = allowedCalls(readFileSync("deploy/systemd/grantkeeper.service", "utf8"));
const root = await mkdtemp(join(tmpdir(), "deployments-"));
const runtime = new Runtime(layout, root);
try {
  await checkDeployment((env) => composeDeployments(healthcheck, env));
  await checkDeployment(() => kustomizeDeployments());
  await checkDeployment(() => taskDeployments());
  await checkDeployment(() => [unitDeployment()]);
  await checkReplicas(runtime, root);
  console.log("deployments: all passed");
} finally {
  await runtime.close();
  await rm(root, { recursive: true, maxRetries: 3 });
}

/** @param read the containers of one file; those before the controller end by themselves, that of the backups is after it */
async function checkDeployment(
  read: (env: Readonly<Record<string, string>>) => readonly Deployment[],
): Promise<void> {
  const { controller: described } = rolesIn(read({}));
  const { name } = described;
  const folder = join(root, name);
  mkdirSync(folder);
  const host = await startHostEstate(folder, userOf(described));
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
  const uid = userOf(deployment);
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
  await refuseEnded(container);
  const named = readdirSync(folder).find((name) => /^\d{4}-\d\d-\d\dT\d{6}$/.test(name));
  return named !== undefined && existsSync(join(folder, named, "backup.json")) ? named : undefined;
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
  const secrets = join(folder, "secrets");
  mkdirSync(secrets, { recursive: true });
  // A task, a pod and a unit get the base role's in other ways, which do not exist here.
  const credentials = deployment.env.some((text) => text.startsWith("AWS_")) ? [] : host.env;
  return runtime.start(deployment, {
    name: `${deployment.name}-${run}`,
    folder,
    from: {
      state: host.stateDir,
      backups: join(folder, "backups"),
      config,
      secrets,
      "audit-key": null,
      tmp: null,
    },
    env: [...credentials, ...deployment.secretEnv.map((one) => `${one}=${secretOf(one, host)}`)],
    calls: deployment.name === "systemd" ? calls : null,
  });
}

/** What ECS reads from Secrets Manager. */
function secretOf(name: string, host: HostEstate): string {
  return name === "OPERATOR_FILE" ? readFileSync(join(host.configDir, "grantkeeper.yaml"), "utf8") : "none";
}

async function isReady(container: Container, host: HostEstate): Promise<true | undefined> {
  await refuseEnded(container);
  const { code } = await container.exec("grantkeeper", "probe", "ready");
  if (code !== 0) return undefined;
  const { out } = await container.exec("grantkeeper", "status");
  return /prod +enforce/.test(out) && host.url !== "" ? true : undefined;
}

async function entryOne(container: Container): Promise<string> {
  const { code, out } = await container.exec("grantkeeper", "audit", "show", "1", "--output", "json");
  assert.equal(code, 0, out);
  return out;
}
