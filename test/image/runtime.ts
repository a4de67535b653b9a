import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Bundle, Container, type Mount } from "./container.ts";
import type { DeployedMount, Deployment } from "./deployment.ts";
import { indexOf } from "./image-size.ts";

const IMAGE_USER = 10_001;

/** The folders of this machine that a container gets; null: a file system in memory. */
type MountSources = Readonly<Record<DeployedMount["what"], string | null>>;

export interface Run {
  /** Of the container, and of its bundle in `folder`. */
  readonly name: string;
  readonly folder: string;
  readonly from: MountSources;
  /** Added to that of the deployment. */
  readonly env: readonly string[];
  /** System calls that it may make; null: all. */
  readonly calls: readonly string[] | null;
}

/** Runs the image of a layout with runc, as files of deploy/ describe its containers. */
export class Runtime {
  readonly #layout: string;
  readonly #state: string;
  readonly #unpacked: string;
  readonly #running: Container[] = [];

  /** @param root a folder for the unpacked image, and for the state of runc */
  constructor(layout: string, root: string) {
    this.#layout = layout;
    this.#state = join(root, "runc");
    this.#unpacked = join(root, "unpacked");
  }

  start(deployment: Deployment, { name, folder, from, env, calls }: Run): Container {
    const bundle = join(folder, name);
    this.#makeBundle(bundle);
    const mounts = deployment.mounts.map((mount) => mountOf(mount, from));
    new Bundle(bundle).deploy(deployment, { env, mounts, calls });
    const container = new Container({ folder: bundle }, this.#state, name);
    this.#running.push(container);
    return container;
  }

  /** All bundles have one root, which the controllers cannot write. */
  #makeBundle(bundle: string): void {
    if (!existsSync(this.#unpacked)) {
      const { manifests } = indexOf(this.#layout);
      const tag = manifests[0]?.annotations["org.opencontainers.image.ref.name"] ?? "";
      const args = ["unpack", "--image", `${this.#layout}:${tag}`, this.#unpacked];
      execFileSync("umoci", args, { stdio: "ignore" });
    }
    const config = readFileSync(join(this.#unpacked, "config.json"), "utf8");
    const shared = JSON.parse(config) as { root: { path: string } };
    shared.root.path = join(this.#unpacked, "rootfs");
    mkdirSync(bundle);
    writeFileSync(join(bundle, "config.json"), JSON.stringify(shared));
  }

  /** For a container that ends by itself. */
  async finish(deployment: Deployment, run: Run): Promise<string> {
    const { code, out } = await this.start(deployment, run).ended;
    assert.equal(code, 0, out);
    return out;
  }

  async close(): Promise<void> {
    for (const container of this.#running) container.signal("KILL");
    await Promise.all(this.#running.map(({ ended }) => ended));
  }
}

function mountOf({ at, what, writable, sizeBytes }: DeployedMount, from: MountSources): Mount {
  const folder = from[what];
  if (folder === null || sizeBytes !== null) return { from: null, at, writable, sizeBytes };
  // A mount of one file.
  return { from: at.endsWith(".yaml") ? join(folder, "grantkeeper.yaml") : folder, at, writable, sizeBytes };
}

/** As the kubelet does for fsGroup: the volume belongs to root, and the group may write to it. */
export function prepareVolume(folder: string, { user }: Deployment): void {
  const group = user?.volumeGroup ?? null;
  if (group === null) return;
  chownSync(folder, 0, group);
  chmodSync(folder, 0o2775);
}

export function userOf({ user }: Deployment): number {
  return user?.uid ?? IMAGE_USER;
}

/** @throws Error if the container ended */
export async function refuseEnded(container: Container): Promise<void> {
  const over = await Promise.race([container.ended, Promise.resolve(null)]);
  if (over !== null) throw new Error(`the container ended: ${over.out}`);
}

export async function checkRestrictions(container: Container, deployment: Deployment): Promise<void> {
  const { mounts, checks, memoryBytes, tasks } = deployment;
  assert.equal((await container.exec("id", "-u")).out, `${userOf(deployment)}\n`);
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

export async function stop(container: Container, { stopsWithinMs }: Deployment): Promise<void> {
  const beganMs = performance.now();
  container.signal("TERM");
  const { code, out } = await container.ended;
  assert.equal(code, 0, out);
  assert.ok(performance.now() - beganMs < stopsWithinMs, "it ends before the platform kills it");
}
