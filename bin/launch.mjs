/**
 * Runs a program on a Node that is new enough: the current one, or else the one that npm installed as an optional
 * package.
 *
 * node bin/launch.mjs [node options] program [arguments]
 *
 * It runs on old Nodes too, so it imports built-in modules only; a native module of a newer Node can crash an old one.
 * On a Node that is new enough and without node options the program runs in this very process, where `import.meta.main`
 * is false for it.
 */
import { existsSync, readFileSync, realpathSync } from "node:fs";
import module, { createRequire } from "node:module";
import { constants } from "node:os";
import { fileURLToPath, pathToFileURL } from "node:url";
import { basename, resolve } from "node:path";

const { engines } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
/**
 * Not the system's temporary folder, because anyone who can write to the cache can change our code. If this folder is
 * not writable, there is no cache.
 */
const COMPILE_CACHE = fileURLToPath(new URL("../node_modules/.cache/compile", import.meta.url));

/**
 * Settings for a program that runs for weeks next to other programs. By default V8 lets the heap grow to several times
 * its used size before it collects garbage, and lets new objects pile up (to 30 MB) while it marks the old ones. glibc
 * keeps a separate memory pool for each thread, and after a while also large blocks that were given back. Together this
 * doubles the memory (npm run bench). A controller needs the first 72 MB anyway, so a collection before that would only
 * slow down its start. It compiles functions to optimized code only after many more calls than by default: a start ends
 * before such code has saved what it cost, a sixth of its processor time and 8 MB (bench/against-start.ts). Code that several
 * collections found unused is freed with what was compiled from it and its counters: 9 MB of the peak at 1,000 bindings.
 */
const SMALL = [
  "--memory-saver-mode",
  "--heap-growing-percent=5",
  "--min-semi-space-size=2",
  "--max-semi-space-size=2",
  "--no-separate-gc-phases",
  "--scavenger-max-new-space-capacity-mb=2",
  "--initial-old-space-size=72",
  "--flush-baseline-code",
  "--invocation-count-for-maglev=3000",
  "--invocation-count-for-turbofan=10000",
];
/** The version whose V8 has these settings. Another one may not start with a setting that it does not know. */
const SMALL_MAJOR = "24.";
const END_WITH_LAUNCHER = new URL("./end-with-launcher.mjs", import.meta.url).href;
/** What Node reads from the compile cache stays in memory, but the peak is later and the same: 0.1 s less of a start. */
const SMALL_ENV = {
  NODE_COMPILE_CACHE: COMPILE_CACHE,
  MALLOC_ARENA_MAX: "1",
  MALLOC_TRIM_THRESHOLD_: "131072",
  MALLOC_MMAP_THRESHOLD_: "65536",
};

/**
 * Runs a program of this package: from its sources in a checkout, otherwise from dist/, because Node does not strip
 * types under node_modules.
 * @param {string} name its path without extension @param {string[]} args
 */
export async function launchOwn(name, args) {
  await launch([], fileOf(name), args);
}

/**
 * Like `launchOwn`, for a long-running program: this process becomes the program (same id, same streams), with settings
 * that limit its memory.
 * @param {string} name @param {string[]} args
 */
export async function launchSmall(name, args) {
  const env = { ...SMALL_ENV, ...process.env };
  if (!reaches(process.versions.node, engines.node)) {
    process.env = env;
    return launch(SMALL, fileOf(name), args);
  }
  if (process.platform === "win32") return launch([], fileOf(name), args);
  const settings = await knownSettings();
  const command = [process.execPath, ...process.execArgv, ...settings, fileOf(name), ...args];
  if (process.pid === 1) process.execve(INIT, [INIT, "-c", REAPING, "grantkeeper", ...command], env);
  process.execve(process.execPath, command, env);
}

/**
 * Settings for a command that reads many manifests once and ends: most of its functions are called too rarely for the
 * optimized code to save what it costs to compile, a sixth of the processor time of `review` (bench/review-goal.ts).
 */
const SHORT = ["--invocation-count-for-maglev=3000", "--invocation-count-for-turbofan=100000"];

/**
 * Like `launchOwn`, for such a command.
 * @param {string} name @param {string[]} args
 */
export async function launchShort(name, args) {
  if (!reaches(process.versions.node, engines.node)) return launch(SHORT, fileOf(name), args);
  if (process.versions.node.startsWith(SMALL_MAJOR)) {
    const { setFlagsFromString } = await import("node:v8");
    for (const setting of SHORT) setFlagsFromString(setting);
  }
  await launch([], fileOf(name), args);
}

/** All of SMALL, or none if this Node refuses one of them. */
async function knownSettings() {
  if (process.versions.node.startsWith(SMALL_MAJOR)) return SMALL;
  const { spawnSync } = await import("node:child_process");
  return spawnSync(process.execPath, [...SMALL, "--version"], { stdio: "ignore" }).status === 0 ? SMALL : [];
}

/**
 * As process 1 of a container without an init, the helpers of a killed git become children of this process, and Node
 * never reaps a child that it did not start. The shell reaps them while it waits for the program, and passes signals
 * on.
 */
const INIT = "/bin/sh";
const REAPING = `
"$@" <&0 &
child=$!
for signal in TERM INT HUP QUIT USR2; do trap "kill -$signal $child" $signal; done
while wait $child; code=$?; kill -0 $child 2>/dev/null; do :; done
exit $code
`;

/** @param {string} name */
function fileOf(name) {
  const source = fileURLToPath(new URL(`../${name}.ts`, import.meta.url));
  const built = fileURLToPath(new URL(`../dist/${basename(name)}.js`, import.meta.url));
  return existsSync(source) ? source : built;
}

/** @param {string[]} nodeOptions @param {string} program @param {string[]} args */
export async function launch(nodeOptions, program, args) {
  const isNewEnough = reaches(process.versions.node, engines.node);
  const node = isNewEnough ? process.execPath : bundledNode();
  if (node === undefined) return explain();
  if (isNewEnough && nodeOptions.length === 0) return runHere(program, args);
  return runChild(node, [...nodeOptions, program, ...args]);
}

/** @param {string} version @param {string} range of the form `>=24.9` */
function reaches(version, range) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [leastMajor = 0, leastMinor = 0] = range.replace(">=", "").split(".").map(Number);
  return major > leastMajor || (major === leastMajor && minor >= leastMinor);
}

/** The file of the optional dependency, because npm does not always link it into .bin. */
function bundledNode() {
  try {
    return createRequire(import.meta.url).resolve(`node-${process.platform}-${process.arch}/bin/node`);
  } catch {
    return undefined;
  }
}

function explain() {
  console.error(
    `grantkeeper needs Node ${engines.node}; this is Node ${process.versions.node}, and the optional package ` +
      `node-${process.platform}-${process.arch} is not installed. Install a newer Node, or on Linux (x64, arm64) ` +
      "run npm without --omit=optional.",
  );
  process.exitCode = 1;
}

/** @param {string} program @param {string[]} args */
async function runHere(program, args) {
  module.enableCompileCache(process.env.NODE_COMPILE_CACHE ?? COMPILE_CACHE);
  const file = resolve(program);
  process.argv = [process.execPath, file, ...args];
  await import(pathToFileURL(file).href);
}

/** @param {string} node @param {string[]} args */
async function runChild(node, args) {
  // Rarely needed, and most of the cost of importing this file.
  const { spawn } = await import("node:child_process");
  const child = spawn(node, ["--import", END_WITH_LAUNCHER, ...args], {
    // The pipe closes when this process ends for any reason; then the child ends too.
    stdio: ["inherit", "inherit", "inherit", "pipe"],
    env: { NODE_COMPILE_CACHE: COMPILE_CACHE, ...process.env, GRANTKEEPER_LAUNCHER_PIPE: "3" },
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR2"]) {
    // A terminal sends Ctrl-C to the complete process group: the child has received it already, and a second one
    // would force an immediate stop.
    process.on(signal, () => (signal === "SIGINT" && process.stdin.isTTY) || child.kill(signal));
  }
  child.on("error", (problem) => {
    console.error(`cannot run ${node}: ${problem.message}`);
    process.exitCode = 1;
  });
  // A shell reports 128 + n for a program that signal n ended.
  child.on("exit", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

if (realpathSync(process.argv[1] ?? "") === fileURLToPath(import.meta.url)) {
  const [...words] = process.argv.slice(2);
  const at = words.findIndex((word) => !word.startsWith("-"));
  if (at < 0) throw new Error("usage: node bin/launch.mjs [node options] program [arguments]");
  await launch(words.slice(0, at), words[at], words.slice(at + 1));
}
