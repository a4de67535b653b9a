import { randomBytes } from "node:crypto";
import { getEventListeners } from "node:events";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate as immediate, setTimeout as timer } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Aws } from "./aws/create-aws.ts";
import { CliError } from "./cli/cli-error.ts";
import { runCli } from "./cli/cli.ts";
import type {
  AuditReader,
  AwsReads,
  DirectoryRequest,
  Installation,
  RecordReader,
  RunningController,
  RunningSimulator,
  SimulatorRequest,
  Terminal,
  Toolbox,
} from "./cli/toolbox.ts";
import type { Config } from "./config/config.ts";
import { environment } from "./config/input.ts";
import { loadConfig } from "./config/load-config.ts";
import type { Controller } from "./controller/controller.ts";
import type { Clock } from "./controller/ports/clock.ts";
import type { EventLoop } from "./controller/ports/event-loop.ts";
import type { Random } from "./controller/ports/random.ts";
import type { Source } from "./controller/ports/source.ts";
import type { Telemetry } from "./controller/ports/telemetry.ts";
import type { ControllerPorts, ControllerSettings } from "./controller/settings.ts";
import type { HttpOptions, HttpServer } from "./http/start.ts";
import { DEFAULT_MANIFEST_LIMITS } from "./manifest/parsed.ts";
import type { Desired } from "./model/desired.ts";
import { digestOf, type Digest } from "./model/digest.ts";
import type { Json } from "./model/json.ts";
import { ok } from "./model/result.ts";
import type { WorldState } from "./simulator/world.ts";

/**
 * The composition root: the only file that knows every folder. It gives the command line its toolbox; what is heavy
 * (the SDK, the database, the HTTP server) is loaded when a command asks for it.
 */

const version = packageVersion();
const FETCH_TIMEOUT_MS = 30_000;
const GIT_TIMEOUT_MS = 120_000;
const DEBOUNCE_MS = 300;
const BETWEEN_PARTS_MS = 2;
const MIRROR_BYTES = 2_147_483_648;
const API_TOKEN_FILE = "api-token";
const ANCHORS_FILE = "audit-anchors.jsonl";

const clock: Clock = {
  nowMs: () => Date.now(),
  sleep: (durationMs, signal) => timer(durationMs, undefined, { signal }),
};

const random: Random = {
  next: () => Math.random(),
  hex: (bytes) => randomBytes(bytes).toString("hex"),
};

const eventLoop: EventLoop = {
  elapsedMs: () => performance.now(),
  turn: () => immediate(),
};

const SILENT: Telemetry = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  debug: () => undefined,
  count: () => undefined,
  gauge: () => undefined,
  observe: () => undefined,
};

/** A folder that a command reads once, and does not watch. */
const READ_ONCE = { name: "directory", debounceMs: 0, telemetry: SILENT, timeoutMs: GIT_TIMEOUT_MS };

function packageVersion(): string {
  // One folder up in a checkout; a package carries this file as dist/src/main.js.
  const near = new URL("../package.json", import.meta.url);
  const file = existsSync(near) ? near : new URL("../../package.json", import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { readonly version: string }).version;
}

function toolbox(): Toolbox {
  return {
    version,
    terminal: processTerminal(),
    env: environment(),
    clock,
    get signal() {
      return endingSignal();
    },
    actionData: async () => new (await import("./aws/action-data.ts")).IamActionData(),
    shippedPolicies: async () => (await import("./aws/shipped-policies.ts")).readShippedPolicies(),
    openInstallation: (file, flags) => {
      const config = loadConfig({ file, env: environment(), flags });
      return Promise.resolve(config.kind === "err" ? config : ok(installation(config.value)));
    },
    readDirectory: async ({ platformPath, tenantPath, sizes, ...request }, stop) => {
      const { readFolder } = await import("./source/folder.ts");
      const paths = [platformPath, tenantPath];
      return readFolder({ ...request, ...READ_ONCE, paths, limits: sizes }, stop);
    },
    gitSnapshot: async ({ revision, ...request }, stop) => {
      const { readLocalRevision } = await import("./source/local-repository.ts");
      return readLocalRevision(
        {
          ...request,
          paths: [request.platformPath, request.tenantPath],
          limits: request.sizes,
          timeoutMs: GIT_TIMEOUT_MS,
        },
        revision,
        stop,
      );
    },
    startSimulator: simulate,
  };
}

const ending = new AbortController();
let isCaught = false;

/** Who never asks for it ends at SIGINT and SIGTERM as any program does, in the midst of a computation too. */
function endingSignal(): AbortSignal {
  if (isCaught) return ending.signal;
  isCaught = true;
  for (const name of ["SIGINT", "SIGTERM"] as const)
    process.once(name, () => {
      const isHeeded = getEventListeners(ending.signal, "abort").length > 0;
      ending.abort();
      // The same while there is nothing to end in order: the signal is no longer caught.
      if (!isHeeded) process.kill(process.pid, name);
    });
  return ending.signal;
}

function processTerminal(): Terminal {
  const write =
    (stream: NodeJS.WriteStream) =>
    (text: string): Promise<void> =>
      new Promise((done) => {
        stream.write(text, () => done());
      });
  return {
    out: write(process.stdout),
    err: write(process.stderr),
    stdin: process.stdin,
    isTerminal: process.stdout.isTTY,
    columns: process.stdout.isTTY ? process.stdout.columns : null,
    progress: process.stderr.isTTY ? process.stderr : null,
  };
}

function installation(config: Config): Installation {
  const inState = (name: string): string => join(config.stateDir, name);
  return {
    config,
    source: () => openSource(config, SILENT),
    aws: async () => awsReads(await openAws(config, SILENT)),
    record: () => recordReader(config),
    audit: () => auditReader(config),
    auditPublicKeys: () => textOrNull(inState("audit-key.pub.pem")),
    auditAnchors: () => textOrNull(inState(ANCHORS_FILE)),
    localToken: async () => (await textOrNull(inState(API_TOKEN_FILE)))?.trim() ?? null,
    startController: () => startController(config, endingSignal()),
  };
}

async function textOrNull(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    if (isMissing(cause)) return null;
    throw new CliError("the file cannot be read", "check who may read it", 1, cause, { place: path });
  }
}

function isMissing(cause: unknown): boolean {
  return typeof cause === "object" && cause !== null && "code" in cause && cause.code === "ENOENT";
}

async function openSource(config: Config, telemetry: Telemetry): Promise<Source> {
  const { source, sizes } = config;
  const request = { platformPath: source.platformPath, tenantPath: source.tenantPath, sizes };
  if (source.kind === "directory")
    return directorySource(source.name, { ...request, root: source.path }, telemetry);
  const { GitSource } = await import("./source/git.ts");
  return new GitSource({
    name: source.name,
    url: source.url,
    ref: source.ref,
    auth: source.auth,
    mirrorDir: join(config.stateDir, "mirror"),
    paths: [source.platformPath, source.tenantPath],
    limits: { ...sizes, mirrorBytes: MIRROR_BYTES },
    timeoutMs: GIT_TIMEOUT_MS,
    allowHttpLoopback: config.aws.simulator,
    allowedFilePath: source.url.startsWith("/")
      ? source.url
      : source.url.startsWith("file://")
        ? fileURLToPath(source.url)
        : null,
    telemetry,
  });
}

async function directorySource(
  name: string,
  request: DirectoryRequest,
  telemetry: Telemetry,
): Promise<Source> {
  const { DirectorySource } = await import("./source/directory.ts");
  const { root, platformPath, tenantPath, sizes } = request;
  return new DirectorySource({
    name,
    root,
    paths: [platformPath, tenantPath],
    limits: sizes,
    rules: "directory",
    debounceMs: DEBOUNCE_MS,
    telemetry,
  });
}

async function openAws(config: Config, telemetry: Telemetry): Promise<Aws> {
  const { createAws } = await import("./aws/create-aws.ts");
  const { DEFAULT_BUDGETS } = await import("./aws/budgets.ts");
  return createAws({
    endpoint: config.aws.endpoint,
    baseCredentials: null,
    fetchTimeoutMs: FETCH_TIMEOUT_MS,
    clock,
    random,
    telemetry,
    budgets: config.aws.simulator ? "unlimited" : DEFAULT_BUDGETS,
  });
}

function awsReads(aws: Aws): AwsReads {
  return {
    live: aws.live,
    examine: (account, signal) => aws.doctor.examine(account, signal),
    close: () => aws.close(),
  };
}

async function auditReader(config: Config): Promise<AuditReader> {
  const { DATABASE_FILE } = await import("./store/sqlite/open.ts");
  const { openAuditReader } = await import("./store/sqlite/audit-reader.ts");
  const path = join(config.stateDir, DATABASE_FILE);
  if (!existsSync(path)) throw new CliError(`there is no record yet: ${path}`, "grantkeeper run makes it", 1);
  return openAuditReader(path);
}

async function recordReader(config: Config): Promise<RecordReader | null> {
  const { DATABASE_FILE } = await import("./store/sqlite/open.ts");
  const { openRecordReader } = await import("./store/sqlite/record-reader.ts");
  const path = join(config.stateDir, DATABASE_FILE);
  return existsSync(path) ? openRecordReader(path) : null;
}

/** Everything of a running controller, opened in order and closed in the reverse. */
async function startController(config: Config, signal: AbortSignal): Promise<RunningController> {
  makeStateDir(config.stateDir);
  const { acquireLock } = await import("./store/sqlite/lock.ts");
  const lock = acquireLock(config.stateDir);
  const stopping = new AbortController();
  const { signal: stop } = stopping;
  // A listener, and not AbortSignal.any: only for who listens does a signal wait while it ends in order.
  signal.addEventListener("abort", () => stopping.abort(), { once: true });
  if (signal.aborted) stopping.abort();
  const opened: (() => void | Promise<void>)[] = [() => lock.release(), () => stopping.abort()];
  const closeAll = async (): Promise<void> => {
    for (const close of opened.toReversed()) await close();
  };
  try {
    const { controller, url } = await openController(config, stop, opened);
    const done = runThenClose(controller.run(stop), closeAll);
    return {
      url,
      done,
      stop: async () => {
        stopping.abort();
        await done;
      },
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/** @param opened takes what closes each part */
async function openController(
  config: Config,
  stop: AbortSignal,
  opened: (() => void | Promise<void>)[],
): Promise<{ readonly controller: Controller; readonly url: string }> {
  const { openTelemetry } = await import("./telemetry.ts");
  const { telemetry, metrics } = openTelemetry({ level: "info", destination: process.stderr });
  telemetry.gauge("build_info", 1, { version });
  warnOfSecrets(config, telemetry);
  const { askedAhead } = await import("./source/asked-ahead.ts");
  // First of all, since git fetches while everything else is loaded.
  const source = askedAhead(await openSource(config, telemetry), stop);
  await loadParts();
  const { openStore } = await import("./store/sqlite/open.ts");
  const { store, audit } = openStore({
    stateDir: config.stateDir,
    clock,
    telemetry,
    anchors: { file: join(config.stateDir, ANCHORS_FILE), log: true },
  });
  opened.push(() => store.close());
  const aws = await openAws(config, telemetry);
  opened.push(() => aws.close());
  const { live, actuator, actionData } = aws;
  const record = await openRecord(config, { store, audit, telemetry });
  const ports = {
    source,
    live,
    actuator,
    actionData,
    store,
    audit,
    clock,
    random,
    eventLoop,
    telemetry,
    ...record,
  };
  const { createController } = await import("./controller/controller.ts");
  const { catalogueDigest } = await import("./manifest/reference.ts");
  const controller = createController(settingsOf(config, catalogueDigest), ports);
  const http = await serve(config, { control: controller.control, telemetry, metrics });
  opened.push(() => http.close());
  return { controller, url: http.url };
}

function makeStateDir(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? "error";
    const mend = "name another with --state-dir, GRANTKEEPER_STATE_DIR or stateDir in the configuration";
    throw new CliError(`cannot make the state directory ${path} (${code})`, mend, 1, cause);
  }
}

async function openRecord(
  config: Config,
  parts: Pick<ControllerPorts, "store" | "audit" | "telemetry">,
): Promise<Pick<ControllerPorts, "recorder" | "drainOutbox">> {
  const { createRecorder } = await import("./record/recorder.ts");
  const { drainOutbox } = await import("./record/outbox.ts");
  const { WebhookAlerts } = await import("./record/webhook-alerts.ts");
  const routes = config.alerts.map(({ name, namespaces, severity }) => ({ name, namespaces, severity }));
  const alerts = new WebhookAlerts(
    config.alerts.map(({ name, webhook, secretFile }) => ({ name, url: webhook, secretFile })),
    clock,
  );
  return {
    recorder: createRecorder({ ...parts, routes, clock, eventLoop }),
    drainOutbox: (signal) =>
      drainOutbox({ store: parts.store, alerts, clock, random, telemetry: parts.telemetry }, signal),
  };
}

/**
 * What a controller needs besides: part by part, since an import keeps the event loop to itself, and between two of them
 * git's answers are taken up.
 */
async function loadParts(): Promise<void> {
  const parts = [
    () => import("./store/sqlite/open.ts"),
    () => import("./aws/commands.ts"),
    () => import("./aws/clients.ts"),
    () => import("./aws/create-aws.ts"),
    () => import("./controller/pass/judge.ts"),
    () => import("./controller/controller.ts"),
    () => import("./http/defences.ts"),
    () => import("./http/start.ts"),
  ];
  for (const load of parts) {
    await timer(BETWEEN_PARTS_MS);
    await load();
  }
}

async function serve(
  config: Config,
  parts: Pick<HttpOptions, "control" | "telemetry" | "metrics">,
): Promise<HttpServer> {
  const { startHttp } = await import("./http/start.ts");
  return startHttp({
    ...parts,
    host: config.http.host,
    port: config.http.port,
    tokens: config.tokens,
    localToken: localToken(config.stateDir),
    webhookSecret: config.webhookSecretFile === null ? null : secretReader(config.webhookSecretFile),
    tenantPath: config.source.tenantPath,
    clock,
  });
}

async function runThenClose(running: Promise<void>, close: () => Promise<void>): Promise<void> {
  try {
    await running;
  } finally {
    await close();
  }
}

function settingsOf(config: Config, catalogueDigest: Digest): ControllerSettings {
  const { aws, source } = config;
  const simulator = aws.simulator
    ? { settleMs: aws.settleMs, deleteQuietMs: aws.deleteQuietMs, revertOtherMs: aws.revertOtherMs }
    : null;
  return {
    version,
    configDigest: digestOf(JSON.parse(JSON.stringify(config)) as Json),
    catalogueDigest,
    instance: config.instance,
    mode: config.mode,
    limits: config.limits,
    manifestLimits: {
      ...DEFAULT_MANIFEST_LIMITS,
      fileBytes: config.sizes.fileBytes,
      documentsPerFile: config.sizes.documentsPerFile,
    },
    compile: {
      instance: config.instance,
      platformPath: source.platformPath,
      tenantPath: source.tenantPath,
      simulator,
    },
    intervalMs: source.intervalMs,
    sweepMs: config.sweepMs,
  };
}

/** Made once and kept: whoever may read the state directory may speak as `local`. */
function localToken(stateDir: string): string {
  const path = join(stateDir, API_TOKEN_FILE);
  if (existsSync(path)) {
    chmodSync(path, 0o600);
    return readFileSync(path, "utf8").trim();
  }
  const token = random.hex(32);
  writeFileSync(path, `${token}\n`, { mode: 0o600, flag: "wx" });
  return token;
}

/** Secrets are read when they are used, and may come later; a file that is missing now is said now, not by a lost alert. */
function warnOfSecrets({ webhookSecretFile, alerts }: Config, telemetry: Telemetry): void {
  const files = [
    ...(webhookSecretFile === null ? [] : [{ of: "the webhook", file: webhookSecretFile }]),
    ...alerts.map(({ name, secretFile }) => ({ of: `alert route ${name}`, file: secretFile })),
  ];
  for (const { of, file } of files) {
    const reason = secretProblem(file);
    if (reason !== null) telemetry.warn("a secret file cannot be used", { of, file, reason });
  }
}

function secretProblem(file: string): string | null {
  try {
    return readFileSync(file, "utf8").trim() === "" ? "empty" : null;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code ?? "error";
  }
}

function secretReader(path: string): () => Promise<string> {
  return async () => (await readFile(path, "utf8")).replace(/\r?\n$/, "");
}

async function simulate({ host, port, desired, worldFile }: SimulatorRequest): Promise<RunningSimulator> {
  const { startSimulator } = await import("./simulator/simulator.ts");
  const { BASE_ACCOUNT } = await import("./simulator/seed.ts");
  const kept = worldFile !== null && existsSync(worldFile);
  const world = kept
    ? (JSON.parse(readFileSync(worldFile, "utf8")) as WorldState)
    : await seededWorld(desired);
  const key = Object.values(world.accessKeys).find((one) => one.accountId === BASE_ACCOUNT);
  if (key === undefined)
    throw new CliError(
      `${worldFile ?? "the world"} has no access key of account ${BASE_ACCOUNT}`,
      "name another file, or none",
      1,
    );
  const simulator = await startSimulator({ world, host, port });
  return {
    endpoint: simulator.endpoint,
    accessKey: { id: key.id, secret: key.secret },
    close: async () => {
      if (worldFile !== null) writeFileSync(worldFile, JSON.stringify(simulator.exportWorld()));
      await simulator.close();
    },
  };
}

/** Before Grantkeeper does anything: its own roles, the boundaries, and the functions, which name roles that are to come. */
async function seededWorld(desired: Desired | null): Promise<WorldState> {
  const { BASE_ROLE, seedAccounts, seedBase, seedFunction } = await import("./simulator/seed.ts");
  const { emptyWorld } = await import("./simulator/world.ts");
  const { declaredPolicies } = await import("./aws/own/declared.ts");
  const world = emptyWorld();
  seedBase(world);
  if (desired === null) return world;
  seedAccounts(world, desired, declaredPolicies(desired, BASE_ROLE));
  for (const binding of desired.bindings.values()) seedFunction(world, binding, binding.role.arn);
  return world;
}

process.stdout.on("error", (cause: NodeJS.ErrnoException) => {
  // A reader such as `head -1` has enough: nobody needs the rest, and the answer that the exit code gives stays.
  if (cause.code === "EPIPE") return ending.abort();
  process.stderr.write(`error: cannot write to standard output (${cause.code ?? cause.message})\n`);
  process.exit(1);
});
process.exitCode = await runCli(process.argv.slice(2), toolbox());
