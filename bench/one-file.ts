/**
 * `node bin/launch.mjs bench/one-file.ts 1000 10000`: the cost of a push of one file until its first write, by number of
 * functions. The controller runs in this process with its real record and a real Git repository, and reads AWS from
 * memory. Processor time of the Git processes does not count.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as timer } from "node:timers/promises";
import { IamActionData } from "../src/aws/action-data/action-data.ts";
import { clock, eventLoop, random, SILENT } from "../src/compose/ports.ts";
import { Controller } from "../src/controller/controller.ts";
import { ControllerCaches } from "../src/controller/state/controller-caches.ts";
import type { Store } from "../src/controller/ports/store.ts";
import type { Telemetry } from "../src/controller/ports/telemetry.ts";
import type { ControllerPorts, ControllerSettings } from "../src/controller/settings.ts";
import { DEFAULT_MANIFEST_LIMITS } from "../src/manifest/parse/parsed.ts";
import { DIRECT } from "../src/model/network/proxy.ts";
import { DEFAULT_LIMITS } from "../src/model/rules/limits.ts";
import { digestOf } from "../src/model/values/digest.ts";
import { createRecorder } from "../src/record/recorder.ts";
import { GitSource } from "../src/source/git.ts";
import { openStore } from "../src/store/sqlite/open.ts";
import { compileAll, INSTANCE, parseAll, present } from "./desired.ts";
import { generate } from "./generate.ts";
import { writeFiles } from "./installation.ts";
import { liveAccounts } from "./live.ts";
import { measureAsync, tenths, type Cost } from "./measure.ts";
import { SAME_CLOCK } from "../src/model/changes/clock-offset.ts";
import { MemoryAws } from "./memory-aws.ts";
import { ok } from "../src/model/values/result.ts";

interface OneFileCosts {
  readonly functions: number;
  /** From the push until the first write, and the processor time of each stage in ms. */
  readonly push: Cost & { readonly stages: Readonly<Record<string, number>> };
}

const PATHS = { platformPath: "platform", tenantPath: "teams" };
const MANY = { files: 50_000, snapshotBytes: 1e9, mirrorBytes: 4e9, teamFiles: 50_000, teamBytes: 5e8 };
const HOUR_MS = 3_600_000;
const WITHIN_MS = 300_000;

/** The processor time of each stage. Stages overlap if several passes run. */
class StageTimes {
  readonly #byName = new Map<string, number>();

  readonly telemetry: Telemetry = {
    ...SILENT,
    error: (text, fields) => void process.stderr.write(`${text} ${JSON.stringify(fields)}\n`),
    trace: async (start, work) => {
      const before = process.cpuUsage();
      try {
        return await SILENT.trace(start, work);
      } finally {
        const { user, system } = process.cpuUsage(before);
        this.#byName.set(start.name, (this.#byName.get(start.name) ?? 0) + (user + system) / 1_000);
      }
    },
  };

  reset(): void {
    this.#byName.clear();
  }

  all(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#byName].map(([name, ms]) => [name, tenths(ms)]));
  }
}

function git(folder: string, ...args: readonly string[]): void {
  const identity = ["-c", "user.name=bench", "-c", "user.email=bench@example.com"];
  execFileSync("git", [...identity, ...args], { cwd: folder, stdio: "ignore" });
}

function openController(
  folder: string,
  aws: MemoryAws,
  { telemetry }: StageTimes,
): { readonly controller: Controller; readonly store: Store } {
  const stateDir = join(folder, "state");
  mkdirSync(stateDir);
  const anchors = { file: null, log: false };
  const opened = openStore({ stateDir, clock, telemetry, anchors, shrinks: false });
  const { store, audit, settlements, outboxStore } = opened;
  const recorder = createRecorder({
    audit,
    settlements,
    outboxStore,
    telemetry,
    routes: [],
    clock,
    eventLoop,
  });
  const ports: ControllerPorts = {
    clock,
    eventLoop,
    random,
    telemetry,
    store,
    parsedFiles: null,
    audit,
    recorder,
    live: aws,
    actuator: aws,
    source: sourceIn(folder, telemetry),
    namespaceSources: [],
    eventHistory: null,
    actionData: new IamActionData(),
    clockOffset: () => SAME_CLOCK,
    requestLimits: { limits: () => [], deniedCalls: () => [] },
    organizations: { accountsOf: () => Promise.resolve(ok([])) },
    references: { read: () => Promise.reject(new Error("no manifest names a reference")) },
    estates: { functionTags: () => Promise.resolve({ kind: "known", value: new Map() }) },
    alerts: {
      drain: () => Promise.resolve(),
      openIncidents: () => Promise.resolve([]),
      routes: () => Promise.resolve([]),
      test: () => Promise.resolve(null),
    },
  };
  return { controller: new Controller(SETTINGS, ports, new ControllerCaches()), store };
}

const SETTINGS: ControllerSettings = {
  version: "bench",
  configDigest: digestOf("bench"),
  catalogueDigest: "bench",
  instance: INSTANCE,
  mode: "enforce",
  sourceLocations: new Map(),
  shownCommits: new Set(),
  limits: DEFAULT_LIMITS,
  manifestLimits: DEFAULT_MANIFEST_LIMITS,
  compile: { instance: INSTANCE, ...PATHS, simulator: null },
  intervalMs: HOUR_MS,
  sweepMs: HOUR_MS,
  policiesWithinMs: 0,
  approvers: {},
  tokenExpiryMs: {},
  mails: {},
};

function sourceIn(folder: string, telemetry: Telemetry): GitSource {
  const repository = join(folder, "permissions.git");
  return new GitSource({
    name: "permissions",
    url: `file://${repository}`,
    ref: { kind: "branch", name: "main" },
    auth: { kind: "none" },
    caFile: null,
    routes: DIRECT,
    signatures: null,
    mirrorDir: join(folder, "mirror"),
    paths: PATHS,
    limits: { fileBytes: 1_048_576, ...MANY },
    timeoutMs: 60_000,
    allowHttpLoopback: false,
    allowedFilePath: repository,
    telemetry,
  });
}

async function allSynced(store: Store, bindings: number): Promise<void> {
  const deadlineMs = performance.now() + WITHIN_MS;
  while (performance.now() < deadlineMs) {
    const records = await store.keySummaries();
    const synced = records.filter(({ status }) => status?.sync === "Synced").length;
    if (synced > bindings && synced === records.length) return;
    await timer(500);
  }
  throw new Error("the functions do not match Git");
}

async function measureOneFile(functions: number): Promise<OneFileCosts> {
  const folder = mkdtempSync(join(tmpdir(), "grantkeeper-bench-"));
  const files = generate(functions);
  const work = join(folder, "work");
  writeFiles(work, files);
  git(folder, "init", "--initial-branch=main", "work");
  git(work, "add", "--all");
  git(work, "commit", "--message", "generated");
  git(folder, "clone", "--bare", "work", "permissions.git");
  const times = new StageTimes();
  const aws = new MemoryAws(liveAccounts(compileAll(parseAll(files)).desired, "converged"), clock);
  const { controller, store } = openController(folder, aws, times);
  const stop = new AbortController();
  void controller.run(stop.signal);
  await allSynced(store, functions);

  const path = present(Object.keys(files).find((name) => name.startsWith("teams/")));
  writeFileSync(join(work, path), present(files[path]).replace('description: "', 'description: "pushed '));
  git(work, "commit", "--all", "--message", "one file");
  git(work, "push", join(folder, "permissions.git"), "HEAD:main");
  // A fetch that began right before would delay the next one.
  await timer(1_500);
  times.reset();
  const { cost } = await measureAsync(async () => {
    const written = new Promise<void>((resolve) => void (aws.onWrite = resolve));
    controller.control.fetchSoon("bench", [null]);
    await written;
  });
  const stages = times.all();
  stop.abort();
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  return { functions, push: { ...cost, stages } };
}

for (const functions of process.argv.slice(2).map(Number))
  process.stdout.write(`${JSON.stringify(await measureOneFile(functions))}\n`);
process.exit(0);
