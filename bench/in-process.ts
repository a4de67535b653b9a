import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { IamActionData } from "../src/aws/action-data/action-data.ts";
import { clock, eventLoop, random } from "../src/compose/ports.ts";
import { Controller } from "../src/controller/controller.ts";
import { ControllerCaches } from "../src/controller/state/controller-caches.ts";
import type { SessionStore } from "../src/controller/ports/browser/session-store.ts";
import type { Store } from "../src/controller/ports/store.ts";
import type { Telemetry } from "../src/controller/ports/telemetry.ts";
import type { ControllerPorts, ControllerSettings } from "../src/controller/settings.ts";
import { DEFAULT_MANIFEST_LIMITS } from "../src/manifest/parse/parsed.ts";
import type { SourceLocation } from "../src/model/answers/source-location.ts";
import { SAME_CLOCK } from "../src/model/changes/clock-offset.ts";
import { DIRECT } from "../src/model/network/proxy.ts";
import { DEFAULT_LIMITS } from "../src/model/rules/limits.ts";
import { digestOf } from "../src/model/values/digest.ts";
import { ok } from "../src/model/values/result.ts";
import { createRecorder } from "../src/record/recorder.ts";
import { GitSource } from "../src/source/git.ts";
import { openStore } from "../src/store/sqlite/open.ts";
import { INSTANCE } from "./desired.ts";
import type { Files } from "./generate.ts";
import { writeFiles } from "./installation.ts";
import type { MemoryAws } from "./memory-aws.ts";

const PATHS = { platformPath: "platform", tenantPath: "teams" };
const MANY = { files: 50_000, snapshotBytes: 1e9, mirrorBytes: 4e9, teamFiles: 50_000, teamBytes: 5e8 };
const HOUR_MS = 3_600_000;

export function git(folder: string, ...args: readonly string[]): void {
  const identity = ["-c", "user.name=bench", "-c", "user.email=bench@example.com"];
  execFileSync("git", [...identity, ...args], { cwd: folder, stdio: "ignore" });
}

/** `permissions.git` has the files; `work` is its checkout. */
export function writeRepository(folder: string, files: Files): void {
  const work = join(folder, "work");
  writeFiles(work, files);
  git(folder, "init", "--initial-branch=main", "work");
  git(work, "add", "--all");
  git(work, "commit", "--message", "generated");
  git(folder, "clone", "--bare", "work", "permissions.git");
}

export interface OpenController {
  readonly controller: Controller;
  readonly store: Store;
  readonly sessions: SessionStore;
}

interface InProcess {
  readonly aws: MemoryAws;
  readonly telemetry: Telemetry;
  readonly mode: ControllerSettings["mode"];
}

/** A controller in this process, with its real record and the repository of the folder. */
export function openController(folder: string, { aws, telemetry, mode }: InProcess): OpenController {
  const stateDir = join(folder, "state");
  mkdirSync(stateDir);
  const anchors = { file: null, log: false };
  const opened = openStore({ stateDir, clock, telemetry, anchors, shrinks: false });
  const { store, sessions, audit, settlements, outboxStore } = opened;
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
    inForce: null,
    parsedFiles: null,
    memories: null,
    assignedMemories: null,
    assigner: null,
    dueWriter: null,
    eventFacts: null,
    holders: null,
    audit,
    recorder,
    live: aws,
    actuator: aws,
    source: sourceIn(folder, telemetry),
    namespaceSources: [],
    reviewedSources: [],
    eventHistory: null,
    actionData: new IamActionData(),
    clockOffset: () => SAME_CLOCK,
    requestLimits: { limits: () => [], deniedCalls: () => [] },
    organizations: { accountsOf: () => Promise.resolve(ok([])) },
    references: { read: () => Promise.reject(new Error("no manifest names a reference")) },
    estates: {
      functionTags: () => Promise.resolve({ kind: "known", value: new Map() }),
      roleAccess: () => Promise.reject(new Error("no reports are read")),
    },
    alerts: {
      drain: () => Promise.resolve(),
      openIncidents: () => Promise.resolve([]),
      routes: () => Promise.resolve([]),
      test: () => Promise.resolve(null),
    },
  };
  return {
    controller: new Controller({ ...SETTINGS, mode }, ports, new ControllerCaches()),
    store,
    sessions,
  };
}

const SOURCE = "permissions";
const LOCATION: SourceLocation = {
  url: "file:permissions.git",
  ref: { kind: "branch", name: "main" },
  webhooks: [],
  pushQueue: null,
};

const SETTINGS: Omit<ControllerSettings, "mode"> = {
  version: "bench",
  configDigest: digestOf("bench"),
  catalogueDigest: "bench",
  instance: INSTANCE,
  sourceLocations: new Map([[null, LOCATION]]),
  shownCommits: new Set(),
  notedSources: new Set(),
  limits: DEFAULT_LIMITS,
  manifestLimits: DEFAULT_MANIFEST_LIMITS,
  compile: { instance: INSTANCE, ...PATHS, simulator: null },
  intervalMs: HOUR_MS,
  sweepMs: HOUR_MS,
  longWaitMs: 0,
  policiesWithinMs: 0,
  approvers: {},
  tokenExpiryMs: {},
  mails: {},
};

function sourceIn(folder: string, telemetry: Telemetry): GitSource {
  const repository = join(folder, "permissions.git");
  return new GitSource({
    name: SOURCE,
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
