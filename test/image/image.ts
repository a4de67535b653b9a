/**
 * node bin/launch.mjs test/image/image.ts FOLDER: runs the image that deploy/image/build wrote to FOLDER, as root on a
 * machine with umoci and runc, against the simulator on this machine.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "../../demo/wait.ts";
import { imageSettings } from "../../tools/image/dockerfile.ts";
import { Bundle, Container } from "./container.ts";
import { allowedCalls } from "./allowed-calls.ts";
import { startHostEstate, startSignedEstate, type HostEstate } from "./estate-on-host.ts";
import { checkComponent } from "./component.ts";
import { checkSize, indexOf } from "./image-size.ts";
import { checkLibraries } from "./libraries.ts";

interface VerifiedSource {
  readonly name: string;
  readonly verified: { readonly status: string; readonly message: string } | null;
}

interface Overview {
  readonly status: {
    readonly source: VerifiedSource;
    readonly namespaceSources?: readonly VerifiedSource[];
  };
}

const WITHIN = { withinMs: 60_000 };
/** What a platform waits before it kills, by default: 30 s (Kubernetes, ECS), 10 s (Docker). */
const STOPS_WITHIN_MS = 10_000;

const settings = imageSettings(readFileSync("Dockerfile", "utf8"));
const root = await mkdtemp(join(tmpdir(), "image-"));
const layout = join(process.argv[2] ?? "", "image");
const running: Container[] = [];
const closing: (() => Promise<void>)[] = [];
try {
  await checkSize(layout);
  const bundle = unpacked("first");
  checkContents(bundle);
  checkLibraries(join(bundle.folder, "rootfs"));
  await checkComponent(bundle, root);
  const signed = await startSignedEstate(root, 10_001);
  closing.push(signed.close);
  await checkSigners(await started("signed", unpacked("second"), signed), signed.signers);
  const host = await startHostEstate(root, 10_001);
  closing.push(host.close);
  const first = await started("first", bundle, host);
  await checkRestrictions(first);
  await checkReaping(first);
  host.stallGit();
  await checkKilledGit(first);
  await checkStop(first, host);
  console.log("image: all passed");
} finally {
  for (const container of running) container.signal("KILL");
  await Promise.all(running.map(({ ended }) => ended));
  for (const close of closing) await close();
  await rm(root, { recursive: true, maxRetries: 3 });
}

function unpacked(name: string): Bundle {
  const { manifests } = indexOf(layout);
  const tag = manifests[0]?.annotations["org.opencontainers.image.ref.name"] ?? "";
  const at = join(root, "bundles", name);
  execFileSync("umoci", ["unpack", "--image", `${layout}:${tag}`, at], { stdio: "inherit" });
  return new Bundle(at);
}

function checkContents(bundle: Bundle): void {
  const at = (path: string): string => join(bundle.folder, "rootfs", path);
  assert.equal(bundle.user, settings.User, "the user of the image");
  for (const path of [
    "app/dist/demo.js",
    "app/bin/grantkeeper-demo.mjs",
    "app/src",
    "app/test",
    "usr/bin/apt-get",
    "usr/bin/dpkg",
    "usr/bin/perl",
  ])
    assert.ok(!existsSync(at(path)), `the image must not contain ${path}`);
  const { devDependencies } = JSON.parse(readFileSync("package.json", "utf8")) as {
    readonly devDependencies: Readonly<Record<string, string>>;
  };
  const installed = readdirSync(at("app/node_modules"));
  assert.deepEqual(
    installed.filter((name) => Object.hasOwn(devDependencies, name) && name !== "ajv"),
    [],
    "no development dependency",
  );
  const raised = execFileSync("find", [at(""), "-type", "f", "-perm", "/6000"], { encoding: "utf8" });
  assert.equal(raised, "", "no program changes its user");
}

async function started(name: string, bundle: Bundle, host: Omit<HostEstate, "stallGit">): Promise<Container> {
  bundle.restrict({
    env: host.env,
    mounts: [
      { from: host.configDir, at: "/etc/grantkeeper", writable: false },
      { from: host.stateDir, at: "/var/lib/grantkeeper", writable: true },
      // As every platform adds it: the name localhost.
      { from: "/etc/hosts", at: "/etc/hosts", writable: false },
    ],
    // Containers would not need this: it shows that the controller and Git run as the unit of systemd limits them.
    calls: allowedCalls(readFileSync("deploy/systemd/grantkeeper.service", "utf8")),
  });
  const beganMs = performance.now();
  const container = new Container(bundle, join(root, "runc"), name);
  running.push(container);
  let over = false;
  void container.ended.then(() => (over = true));
  await until(
    "the controller in the container compared every account",
    async () => {
      if (over) throw new Error(`the container ended: ${(await container.ended).out}`);
      return (await isCompared(host)) ? true : undefined;
    },
    WITHIN,
  );
  console.log(`ready after ${Math.round(performance.now() - beganMs)} ms`);
  return container;
}

async function isCompared({ url }: Pick<HostEstate, "url">): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/readyz`);
    const { comparing } = (await answer.json()) as { readonly comparing?: readonly unknown[] };
    return answer.ok && comparing?.length === 0;
  } catch {
    return false;
  }
}

async function checkRestrictions(container: Container): Promise<void> {
  const { Test: check = [] } = settings.Healthcheck;
  assert.ok(Array.isArray(check));
  const beganMs = performance.now();
  assert.deepEqual(await container.exec(...check.slice(1)), { code: 0, out: "live\n" }, "the health check");
  console.log(`health check: ${Math.round(performance.now() - beganMs)} ms`);
  assert.deepEqual(await container.exec("grantkeeper", "probe", "ready"), { code: 0, out: "ready\n" });
  const status = await container.exec("grantkeeper", "status");
  assert.match(status.out, /prod +enforce/, "status in the container");
  assert.equal((await container.exec("id", "-u")).out, "10001\n");
  const ownStatus = await container.exec("cat", "/proc/1/status");
  assert.match(ownStatus.out, /^CapEff:\s*0+$/m, "no capability");
  assert.match(ownStatus.out, /^Seccomp:\s*2$/m, "the filter of system calls");
  for (const path of ["/x", "/app/x", "/etc/grantkeeper/x", "/tmp/x", "/usr/local/bin/x"])
    assert.match((await container.exec("touch", path)).out, /Read-only file system/, path);
  assert.equal((await container.exec("touch", "/var/lib/grantkeeper/x")).code, 0, "the state can be written");
  assert.match((await container.exec("grantkeeper", "simulator")).out, /this build has no simulator/);
  const names = (await container.processes()).map(({ name }) => name);
  assert.equal(names[0], "sh", "process 1 is the init");
}

/** Git over https and ssh, OpenPGP, SSH and X.509 signatures: each with the programs of the image. */
async function checkSigners(container: Container, signers: Readonly<Record<string, string>>): Promise<void> {
  const shown = await until(
    "every source is verified",
    async () => {
      const { out } = await container.exec("grantkeeper", "status", "--output", "json");
      const { source, namespaceSources = [] } = (JSON.parse(out) as Overview).status;
      const verified = [source, ...namespaceSources].filter(({ verified: one }) => one?.status === "True");
      return verified.length === Object.keys(signers).length ? verified : undefined;
    },
    WITHIN,
  );
  const found = shown.map(({ name, verified }) => [name, /(\S+@\S+)$/.exec(verified?.message ?? "")?.[1]]);
  assert.deepEqual(Object.fromEntries(found), signers, "the signer of each source");
  container.signal("TERM");
  assert.equal((await container.ended).code, 0);
}

/** A process whose parent has ended is the init's: it must not remain when it ends. */
async function checkReaping(container: Container): Promise<void> {
  const { out } = await container.exec("sh", "-c", "sleep 1000 >/dev/null 2>&1 & echo $!");
  await container.exec("sh", "-c", `kill -9 ${out.trim()}`);
  await until("the orphan is reaped", () => withoutProcess(container, "sleep"), WITHIN);
}

async function checkKilledGit(container: Container): Promise<void> {
  const git = await until("a fetch stalls", () => processId(container, /^git-remote-http/), WITHIN);
  const parent = await until("git waits for it", () => processId(container, /^git$/), WITHIN);
  await container.exec("sh", "-c", `kill -9 ${parent}`);
  await until(
    `git ${parent} and its helper ${git} are gone`,
    async () => {
      const ids = (await container.processes()).map(({ id }) => id);
      return ids.includes(git) || ids.includes(parent) ? undefined : true;
    },
    WITHIN,
  );
  assert.equal((await container.exec("grantkeeper", "probe")).code, 0, "it lives");
}

/** During a fetch that never ends. */
async function checkStop(container: Container, host: HostEstate): Promise<void> {
  await until("the next fetch stalls", () => processId(container, /^git-remote-http/), WITHIN);
  const beganMs = performance.now();
  container.signal("TERM");
  const { code, out } = await container.ended;
  const ms = Math.round(performance.now() - beganMs);
  assert.equal(code, 0, out);
  assert.ok(ms < STOPS_WITHIN_MS, `it ended after ${ms} ms`);
  assert.equal(await isCompared(host), false);
  console.log(`ended ${ms} ms after SIGTERM`);
}

async function processId(container: Container, name: RegExp): Promise<string | undefined> {
  return (await container.processes()).find((each) => name.test(each.name))?.id;
}

async function withoutProcess(container: Container, name: string): Promise<true | undefined> {
  const all = await container.processes();
  return all.some((each) => each.name === name || each.state === "Z") ? undefined : true;
}
