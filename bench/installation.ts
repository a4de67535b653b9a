import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as timer } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Readiness } from "../src/model/records/readiness.ts";
import { ApiClient } from "../src/cli/client/client.ts";
import type { Files } from "./generate.ts";
import { serveRepository } from "./git-server.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const WITHIN_MS = 600_000;

/** The environment of the controller: a simulated AWS with the functions, and a Git server with the manifests. */
export interface Surroundings {
  readonly folder: string;
  /** Of the simulated AWS. */
  readonly endpoint: string;
  /** The program of the package, as users install it: built from this checkout. */
  readonly program: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Calls so far, by operation. */
  counts(): Promise<Readonly<Record<string, number>>>;
  close(): Promise<void>;
}

export interface SurroundingsOptions {
  /** What Git has when the controller starts. Default: the manifests of the functions that exist in AWS. */
  readonly repository?: Files;
  /** Arguments of `grantkeeper simulator`. */
  readonly simulator?: readonly string[];
  /** Further lines of the operator's file. */
  readonly settings?: string;
  /** Between two sweeps by the clock. Default: longer than a measurement takes. */
  readonly sweep?: string;
}

/** @param world the functions that exist in AWS */
export async function openSurroundings(
  world: Files,
  {
    repository = world,
    simulator: simulatorArgs = [],
    settings = "",
    sweep = "1h",
  }: SurroundingsOptions = {},
): Promise<Surroundings> {
  const folder = mkdtempSync(join(tmpdir(), "grantkeeper-bench-"));
  writeFiles(join(folder, "work"), repository);
  commitAll(folder);
  writeFiles(join(folder, "world"), world);
  const git = await serveRepository(join(folder, "permissions.git"));
  const program = buildPackage(join(folder, "package"));
  const args = [program, "simulator", "--dir", join(folder, "world"), ...simulatorArgs];
  const simulator = spawn(process.execPath, args, {
    env: cleanEnvironment(),
    stdio: ["ignore", "pipe", "inherit"],
  });
  const { endpoint, id, secret } = await announced(simulator);
  writeFileSync(join(folder, "grantkeeper.yaml"), operatorFile(git.url, endpoint, sweep) + settings);
  return {
    folder,
    endpoint,
    program,
    environment: { ...cleanEnvironment(), AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret },
    counts: async () => {
      const answer = await fetch(`${endpoint}/_simulator/counts`);
      return (await answer.json()) as Readonly<Record<string, number>>;
    },
    close: async () => {
      await ended(simulator);
      await git.close();
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** The program of the package, built from this checkout, with the npm packages of the checkout. */
export function buildPackage(folder: string): string {
  mkdirSync(folder);
  for (const name of ["bin", "package.json"])
    cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  for (const name of ["data", "node_modules"]) symlinkSync(join(ROOT, name), join(folder, name));
  execFileSync(process.execPath, [join(ROOT, "tools/build.ts"), "--out", join(folder, "dist")]);
  return join(folder, "bin/grantkeeper.mjs");
}

function operatorFile(url: string, endpoint: string, sweep: string): string {
  return `instance: bench
stateDir: ./state
mode: enforce
sources: [{ name: permissions, git: { url: "${url}", branch: main }, interval: 1h }]
sweep: ${sweep}
http: { listen: "127.0.0.1:0" }
aws: { endpoint: "${endpoint}", simulator: true, propagationWait: 0s }
`;
}

export function cleanEnvironment(): Record<string, string | undefined> {
  const own = Object.entries(process.env).filter(([name]) => !/^(AWS_|GRANTKEEPER_|GIT_)/.test(name));
  return { ...Object.fromEntries(own), AWS_REGION: "eu-west-1", NO_COLOR: "1" };
}

export function writeFiles(root: string, files: Files): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

function commitAll(folder: string): void {
  const git = gitIn(folder);
  git("init", "--initial-branch=main", "work");
  git("-C", "work", "add", "--all");
  git("-C", "work", "commit", "--message", "generated");
  git("clone", "--bare", "work", "permissions.git");
  rmSync(join(folder, "work", ".git"), { recursive: true });
}

/** Replaces the content of the served repository. */
export function commitFiles(folder: string, files: Files): void {
  const clone = join(folder, "push");
  const git = gitIn(folder);
  git("clone", "--quiet", "permissions.git", "push");
  git("-C", "push", "rm", "-r", "--quiet", ".");
  writeFiles(clone, files);
  git("-C", "push", "add", "--all");
  git("-C", "push", "commit", "--message", "pushed");
  git("-C", "push", "push", "--quiet", "origin", "HEAD:main");
  rmSync(clone, { recursive: true });
}

function gitIn(folder: string): (...args: readonly string[]) => unknown {
  const identity = ["-c", "user.name=bench", "-c", "user.email=bench@example.com"];
  return (...args) => execFileSync("git", [...identity, ...args], { cwd: folder, stdio: "ignore" });
}

interface Announced {
  readonly endpoint: string;
  readonly id: string;
  readonly secret: string;
}

/** The output of `grantkeeper simulator` once it listens. */
async function announced(child: ChildProcess): Promise<Announced> {
  let text = "";
  child.stdout?.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  return until("the simulator listens", child, () => {
    const found = /simulated AWS at (\S+)[^]*AWS_ACCESS_KEY_ID=(\S+) AWS_SECRET_ACCESS_KEY=(\S+)/.exec(text);
    const [, endpoint, id, secret] = found ?? [];
    return endpoint !== undefined && id !== undefined && secret !== undefined
      ? { endpoint, id, secret }
      : undefined;
  });
}

/** `grantkeeper run` as a separate process. */
export interface Controller {
  readonly url: string;
  readonly child: ChildProcess;
  /** From its start to the first 200 of /readyz: the first revision is compiled. */
  readonly readyMs: number;
  /** From its start until every account was compared. */
  readonly comparedMs: number;
  readonly api: ApiClient;
  /** Of the API, with all scopes. */
  readonly token: string;
  stop(): Promise<void>;
}

/** Starts a controller with a new state directory and waits until every account was compared. */
export async function startController(surroundings: Surroundings, state: string): Promise<Controller> {
  const started = await startReady(surroundings, state);
  const comparedMs = await started.reached(
    "every account was compared",
    ({ comparing }) => comparing.length === 0,
  );
  const token = readFileSync(join(surroundings.folder, state, "api-token"), "utf8").trim();
  const connection = { url: started.url, token, tokenFrom: null, start: "npm run bench" };
  return { ...started, comparedMs, token, api: new ApiClient(connection, new AbortController().signal) };
}

/** A controller whose first revision is compiled. */
interface ReadyController extends Pick<Controller, "url" | "child" | "readyMs" | "stop"> {
  /** The time in ms from its start until the readiness is so. */
  reached(what: string, isReached: (readiness: Readiness) => boolean): Promise<number>;
}

/** Starts a controller with a state directory, which may be that of an earlier one, and waits until it is ready. */
export async function startReady(surroundings: Surroundings, state: string): Promise<ReadyController> {
  const { folder, program, environment } = surroundings;
  const args = [
    program,
    "run",
    "--config",
    join(folder, "grantkeeper.yaml"),
    "--state-dir",
    join(folder, state),
  ];
  const startedMs = performance.now();
  const child = spawn(process.execPath, args, { env: environment, stdio: ["ignore", "ignore", "pipe"] });
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (log = (log + chunk).slice(-10_000)));
  const url = await until("the controller listens", child, () => /API at (http:\S+)/.exec(log)?.[1], {
    output: () => log,
  });
  const reached = async (what: string, isReached: (readiness: Readiness) => boolean): Promise<number> => {
    await until(what, child, async () => {
      const answer = await fetch(`${url}/readyz`);
      return isReached((await answer.json()) as Readiness) ? true : undefined;
    });
    return performance.now() - startedMs;
  };
  const readyMs = await reached("the controller is ready", ({ ready }) => ready);
  return { url, child, readyMs, reached, stop: () => ended(child) };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise<void>((resolve) => void child.once("exit", () => resolve()));
  child.kill("SIGTERM");
  await exit;
}

interface Patience {
  /** The output of the process, for error messages. */
  readonly output?: () => string;
  /** The time between two probes; frequent probes slow down the measured process. */
  readonly everyMs?: number;
}

/** @throws Error if the process ends before, or the time is over */
export async function until<T>(
  what: string,
  child: ChildProcess,
  probe: () => T | undefined | Promise<T | undefined>,
  { output = () => "", everyMs = 20 }: Patience = {},
): Promise<T> {
  const deadlineMs = performance.now() + WITHIN_MS;
  while (performance.now() < deadlineMs) {
    const found = await probe();
    if (found !== undefined) return found;
    if (child.exitCode !== null) throw new Error(`the process ended before ${what}: ${output()}`);
    await timer(everyMs);
  }
  throw new Error(`not within ${WITHIN_MS / 1_000} s: ${what}`);
}

/** The peak memory of the process in MiB; null if the system does not report it (only Linux does). */
export function peakMemoryMib(child: ChildProcess): number | null {
  try {
    const status = readFileSync(`/proc/${child.pid ?? 0}/status`, "utf8");
    return Math.round(Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1_024);
  } catch {
    return null; // No such file: not Linux.
  }
}

/** User and system time of all its threads so far, in steps of 10 ms, without its children such as git. */
export function cpuMsOf(child: ChildProcess): number | null {
  try {
    const [, fields = ""] = readFileSync(`/proc/${child.pid ?? 0}/stat`, "utf8").split(") ");
    const [user, system] = fields.split(" ").slice(11, 13);
    return (Number(user) + Number(system)) * 10;
  } catch {
    return null; // No such file: not Linux.
  }
}
