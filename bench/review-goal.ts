/**
 * `node bin/launch.mjs bench/review-goal.ts PACKAGE` measures `grantkeeper review` of 1,000 manifests of which 10 changed, with
 * the installed package in the folder PACKAGE. It fails if the quickest of three runs takes more than 2 s of processor time.
 * The time by the clock is printed too, and is no limit: it depends on what else the machine does.
 *
 * With `--server` instead of PACKAGE it measures the same with the preview of a controller that has these functions, over
 * the simulator (a minute).
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commitMoreGrants, commitReviewed, REVIEW } from "./commands.ts";
import { generate } from "./generate.ts";
import { cleanEnvironment, openSurroundings, startController } from "./installation.ts";

const [MANIFESTS, CHANGED, LIMIT_MS] = [1_000, 10, 2_000];
/** The first run fills Node's compile cache. */
const RUNS = 3;

interface Times {
  /** Of the command and the programs that it starts, such as git. */
  readonly processorMs: number;
  readonly wallMs: number;
}

interface Reviewed {
  readonly program: string;
  readonly cwd: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What its screen has if it did all of its work. */
  readonly shows: string;
}

const [packed] = process.argv.slice(2);
if (packed === undefined) throw new Error("name the folder of the installed package, or --server");
await (packed === "--server" ? withController() : offline(join(packed, "bin", "grantkeeper.mjs")));

async function offline(program: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "grantkeeper-review-"));
  try {
    const cwd = join(folder, "manifests");
    commitReviewed(cwd, MANIFESTS, CHANGED);
    report("review", { program, cwd, args: REVIEW, env: cleanEnvironment(), shows: "NEW ACCESS" });
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function withController(): Promise<void> {
  const files = generate(MANIFESTS);
  const surroundings = await openSurroundings(files);
  try {
    const { folder, program } = surroundings;
    const cwd = join(folder, "branch");
    execFileSync("git", ["clone", "--quiet", join(folder, "permissions.git"), cwd]);
    commitMoreGrants(cwd, files, CHANGED);
    const controller = await startController(surroundings, "state");
    const args = ["review", "--base", "origin/main", "--head", "HEAD", "--server", controller.url, "."];
    const env = { ...cleanEnvironment(), GRANTKEEPER_TOKEN: controller.token };
    report("review --server", { program, cwd, args, env, shows: "IN AWS AFTER THE MERGE\napplied on top" });
    await controller.stop();
  } finally {
    await surroundings.close();
  }
}

function report(name: string, reviewed: Reviewed): void {
  const times = Array.from({ length: RUNS }, () => timesOf(reviewed));
  const processorMs = Math.min(...times.map((one) => one.processorMs));
  const wallMs = Math.min(...times.map((one) => one.wallMs));
  console.log(
    `${name} of ${MANIFESTS} manifests, ${CHANGED} of them changed: ${processorMs} ms of processor time, at most ${LIMIT_MS}; ${wallMs} ms by the clock`,
  );
  if (processorMs > LIMIT_MS) process.exitCode = 1;
}

function timesOf({ program, cwd, args, env, shows }: Reviewed): Times {
  const script = 'TIMEFORMAT="%3U %3S %3R"; time "$@"';
  const command = ["-c", script, "_", process.execPath, program, ...args];
  const { status, stdout, stderr } = spawnSync("bash", command, { cwd, env, encoding: "utf8" });
  const [user, system, clock] = (stderr.trim().split("\n").at(-1) ?? "").split(" ").map(Number);
  if (status !== 0 || !stdout.includes(shows))
    throw new Error(`review ended with ${String(status)}: ${stdout}${stderr}`);
  if (user === undefined || system === undefined || clock === undefined)
    throw new Error(`no times: ${stderr}`);
  return { processorMs: Math.round((user + system) * 1_000), wallMs: Math.round(clock * 1_000) };
}
