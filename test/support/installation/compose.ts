import { PUBLIC_AWS } from "../../../src/aws/requests/clients.ts";
import { DIRECT } from "../../../src/model/network/proxy.ts";
import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as timer } from "node:timers/promises";
import { createAws, type Aws } from "../../../src/aws/create-aws.ts";
import { eventLoop, sendLoop } from "../../../src/compose/ports.ts";
import { Controller } from "../../../src/controller/controller.ts";
import type { AuditLog } from "../../../src/controller/ports/audit-log.ts";
import type { Clock } from "../../../src/controller/ports/clock.ts";
import type { Random } from "../../../src/controller/ports/random.ts";
import type { Store } from "../../../src/controller/ports/store.ts";
import type { Telemetry } from "../../../src/controller/ports/telemetry.ts";
import { ControllerCaches } from "../../../src/controller/state/controller-caches.ts";
import type { ControllerPorts, ControllerSettings } from "../../../src/controller/settings.ts";
import { forNamespace } from "../../../src/source/namespace-source.ts";
import { DEFAULT_MANIFEST_LIMITS } from "../../../src/manifest/parse/parsed.ts";
import { catalogueDigest } from "../../../src/manifest/schema/reference.ts";
import { digestOf } from "../../../src/model/values/digest.ts";
import { parseInstanceName, parseNamespace, type Namespace } from "../../../src/model/aws/ids.ts";
import { DEFAULT_LIMITS, type Limits } from "../../../src/model/rules/limits.ts";
import type { Mode } from "../../../src/model/rules/mode.ts";
import { statusRouteName } from "../../../src/model/records/commit-status.ts";
import { noteRouteName } from "../../../src/model/records/pull-requests/note.ts";
import { OutboxSender, type SenderRoute } from "../../../src/record/alert-sender.ts";
import { outboxRouteOf, routeOf } from "../record/alert-receivers.ts";
import { createRecorder } from "../../../src/record/recorder.ts";
import type { Sink } from "../../../src/record/sinks/sink.ts";
import { GitSource, type GitSourceOptions } from "../../../src/source/git.ts";
import { acquireLock } from "../../../src/store/sqlite/lock.ts";
import { existingAuditKey } from "../../../src/store/audit-key.ts";
import { PARSED_FILES_FILE, SqliteParsedFiles } from "../../../src/store/parsed-files.ts";
import { openStore } from "../../../src/store/sqlite/open.ts";

const PATHS = { platformPath: "platform", tenantPath: "teams" };
const NEVER_MS = 3_600_000;
const SOURCE_MS = 20_000;
export const SIZES = {
  fileBytes: 1_048_576,
  files: 50_000,
  snapshotBytes: 100_000_000,
  mirrorBytes: 100_000_000,
  teamFiles: 5_000,
  teamBytes: 100_000_000,
};

/** In tags, Sids and session names of everything that tests converge. */
export const INSTANCE = "test-1";

/** What a test may choose; waits are zero, and nothing happens by the clock alone. */
export interface Choices {
  readonly mode?: Mode;
  readonly limits?: Limits;
  readonly propagationWaitMs?: number;
  readonly revertOtherMs?: number;
  readonly deleteQuietMs?: number;
  readonly waveIntervalMs?: number;
  /** Default: none by the clock. */
  readonly sweepMs?: number;
  /** Default: each sweep reads all policies of functions. */
  readonly policiesWithinMs?: number;
  readonly catalogueDigest?: string;
  readonly signatures?: GitSourceOptions["signatures"];
  /** The forge that shows the states of commits. */
  readonly statuses?: Sink;
  /** The pull requests that are shown what became of them. */
  readonly notes?: Sink;
  /** The sources whose changes may be approved by reviews. */
  readonly reviewedSources?: ControllerPorts["reviewedSources"];
  /** The namespace sources. */
  readonly namespaces?: readonly ServiceRepository[];
  /** CloudTrail is asked who made a difference. */
  readonly lookupEvents?: boolean;
  /** As with a lease. Default: no other process writes. */
  readonly writeLeftMs?: () => number;
}

/** A repository with the manifests of one namespace. */
interface ServiceRepository {
  readonly namespace: string;
  /** The bare repository. */
  readonly repository: string;
  readonly path: string;
}

export interface Surroundings {
  readonly stateDir: string;
  /** The bare repository. */
  readonly repository: string;
  readonly endpoint: string;
  readonly accessKey: { readonly id: string; readonly secret: string };
  /** The receiver of every alert. */
  readonly alerts: Sink;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

export interface Composed {
  readonly controller: Controller;
  readonly store: Store;
  readonly audit: AuditLog;
  readonly close: () => Promise<void>;
}

/** The controller with its real adapters over one state directory, as compose/ composes it, without the HTTP side. */
export function compose(choices: Choices, surroundings: Surroundings): Composed {
  const { stateDir, clock, telemetry, alerts } = surroundings;
  mkdirSync(stateDir, { recursive: true });
  const lock = acquireLock(stateDir);
  const anchors = { file: join(stateDir, "audit-anchors.jsonl"), log: false };
  const opened = openStore({ stateDir, clock, telemetry, anchors, shrinks: false });
  const { store, audit, settlements, outboxStore } = opened;
  const parsedFiles = SqliteParsedFiles.open({
    path: join(stateDir, PARSED_FILES_FILE),
    auditKey: existingAuditKey(stateDir),
    parser: "test",
    telemetry,
  });
  const { lookupEvents = false, writeLeftMs = () => Infinity } = choices;
  const aws = openAws({ ...surroundings, lookupEvents, writeLeftMs });
  const route = routeOf({ name: "test" });
  const statuses = [...statusRoutes(choices), ...noteRoutes(choices)];
  const sender = new OutboxSender({ store: outboxStore, clock, random: RANDOM, telemetry }, [
    { ...outboxRouteOf(alerts, { name: "test" }), kind: "webhook", seen: route },
    ...statuses,
  ]);
  const recording = { audit, settlements, outboxStore, telemetry, clock, eventLoop };
  const ports: ControllerPorts = {
    source: openSource(choices, surroundings),
    namespaceSources: openNamespaceSources(choices, surroundings),
    organizations: aws.organizations,
    references: aws.references,
    eventHistory: aws.eventHistory,
    estates: aws.estates,
    live: aws.live,
    actuator: aws.actuator,
    actionData: aws.actionData,
    requestLimits: aws.requestLimits,
    clockOffset: () => aws.clockOffset(),
    store,
    inForce: null,
    parsedFiles,
    memories: null,
    assignedMemories: null,
    assigner: null,
    dueWriter: null,
    eventFacts: null,
    holders: null,
    audit,
    clock,
    random: RANDOM,
    eventLoop,
    telemetry,
    recorder: createRecorder({ ...recording, routes: [route, ...statuses.map(({ seen }) => seen)] }),
    alerts: sender,
    reviewedSources: choices.reviewedSources ?? [],
  };
  const controller = new Controller(settingsOf(choices), ports, new ControllerCaches());
  const close = async (): Promise<void> => {
    aws.close();
    parsedFiles?.close();
    await store.close();
    lock.release();
  };
  return { controller, store, audit, close };
}

function statusRoutes({ statuses }: Choices): readonly SenderRoute[] {
  if (statuses === undefined) return [];
  const seen = routeOf({ name: statusRouteName("main"), kinds: "forge" });
  return [{ ...outboxRouteOf(statuses, { name: seen.name }), kind: "commit-status", seen }];
}

function noteRoutes({ notes }: Choices): readonly SenderRoute[] {
  if (notes === undefined) return [];
  const seen = routeOf({ name: noteRouteName("main"), kinds: "forge" });
  return [{ ...outboxRouteOf(notes, { name: seen.name }), kind: "pull-requests", seen }];
}

export const CLOCK: Clock = {
  nowMs: () => Date.now(),
  sleep: (durationMs, signal) => timer(durationMs, undefined, { signal }),
};

const RANDOM: Random = {
  next: () => Math.random(),
  hex: (bytes) => randomBytes(bytes).toString("hex"),
};

export function openAws({
  endpoint,
  accessKey,
  clock,
  telemetry,
  lookupEvents = false,
  writeLeftMs = () => Infinity,
}: Pick<Surroundings, "endpoint" | "accessKey" | "clock" | "telemetry"> &
  Pick<Choices, "lookupEvents" | "writeLeftMs">): Aws {
  return createAws({
    network: { ...PUBLIC_AWS, simulator: endpoint },
    baseCredentials: { accessKeyId: accessKey.id, secretAccessKey: accessKey.secret },
    env: {},
    fetchTimeoutMs: 5_000,
    clock,
    random: RANDOM,
    eventLoop: sendLoop,
    telemetry,
    budgets: "unlimited",
    lookupEvents,
    writeLeftMs,
  });
}

function openSource(
  { signatures = null }: Choices,
  { repository, stateDir, telemetry }: Surroundings,
): GitSource {
  const mirrorDir = join(stateDir, "mirror");
  return gitSource({ name: "main", repository, signatures, mirrorDir, paths: PATHS, telemetry });
}

function openNamespaceSources(
  { namespaces = [] }: Choices,
  { stateDir, telemetry }: Surroundings,
): ControllerPorts["namespaceSources"] {
  return namespaces.map(({ namespace: name, repository, path }) => {
    const namespace = parseNamespace(name);
    if (namespace === undefined) throw new Error(`"${name}" is no namespace`);
    const paths = { platformPath: path, tenantPath: null };
    const mirrorDir = join(stateDir, "mirrors", name);
    const source = gitSource({ name, repository, signatures: null, mirrorDir, paths, telemetry });
    return { namespace, source: forNamespace(source, namespace), intervalMs: NEVER_MS };
  });
}

function gitSource({
  repository,
  ...options
}: Pick<GitSourceOptions, "name" | "signatures" | "mirrorDir" | "paths" | "telemetry"> & {
  readonly repository: string;
}): GitSource {
  return new GitSource({
    ...options,
    url: repository,
    ref: { kind: "branch", name: "main" },
    auth: { kind: "none" },
    caFile: null,
    routes: DIRECT,
    limits: SIZES,
    timeoutMs: SOURCE_MS,
    allowHttpLoopback: true,
    allowedFilePath: repository,
  });
}

function settingsOf(choices: Choices): ControllerSettings {
  const instance = parseInstanceName(INSTANCE);
  if (instance === undefined) throw new Error(`"${INSTANCE}" is not an instance name`);
  const { propagationWaitMs = 0, deleteQuietMs = 0, revertOtherMs = 0, waveIntervalMs = 0 } = choices;
  const simulator = { propagationWaitMs, deleteQuietMs, revertOtherMs, waveIntervalMs };
  return {
    version: "0.0.0-test",
    configDigest: digestOf("test"),
    catalogueDigest: choices.catalogueDigest ?? catalogueDigest,
    instance,
    mode: choices.mode ?? "enforce",
    limits: choices.limits ?? DEFAULT_LIMITS,
    manifestLimits: DEFAULT_MANIFEST_LIMITS,
    compile: { instance, ...PATHS, ...namespacesOf(choices), simulator },
    sourceLocations: locationsOf(choices),
    shownCommits: new Set(choices.statuses === undefined ? [] : [null]),
    notedSources: new Set(choices.notes === undefined ? [] : [null]),
    intervalMs: NEVER_MS,
    sweepMs: choices.sweepMs ?? NEVER_MS,
    longWaitMs: 86_400_000,
    policiesWithinMs: choices.policiesWithinMs ?? 0,
    approvers: {},
    tokenExpiryMs: {},
    mails: {},
  };
}

function locationsOf({ namespaces = [] }: Choices): ControllerSettings["sourceLocations"] {
  const ref = { kind: "branch", name: "main" } as const;
  const place = (url: string) => ({ url, ref, webhooks: [], pushQueue: null });
  const own = namespaces.map(
    ({ namespace, repository }) => [parseNamespace(namespace), place(repository)] as const,
  );
  const named = own.filter((one): one is [Namespace, ReturnType<typeof place>] => one[0] !== undefined);
  return new Map([[null, place("https://git.example.com/platform")] as const, ...named]);
}

function namespacesOf({ namespaces = [] }: Choices): Pick<ControllerSettings["compile"], "namespaceSources"> {
  if (namespaces.length === 0) return {};
  return { namespaceSources: new Set(namespaces.map(({ namespace }) => namespace)) };
}
