import { ok } from "../../../src/model/values/result.ts";
import { Controller } from "../../../src/controller/controller.ts";
import { ControllerCaches } from "../../../src/controller/state/controller-caches.ts";
import type { AlertRouteView, AlertTest } from "../../../src/controller/ports/alert-sender.ts";
import type { EstateReader } from "../../../src/controller/ports/estate/estate-reader.ts";
import type { EstatePart, FunctionTags } from "../../../src/adopt/estate/estate.ts";
import type { ChangeInbox } from "../../../src/controller/changes/change-inbox.ts";
import type { Control } from "../../../src/controller/ports/control.ts";
import { SAME_CLOCK, type ClockOffset } from "../../../src/model/changes/clock-offset.ts";
import type { DeniedCall, RequestLimit } from "../../../src/model/passes/request-limits.ts";
import type { EventLoop } from "../../../src/controller/ports/event-loop.ts";
import type { ParsedFileStore } from "../../../src/controller/ports/store.ts";
import type { ControllerPorts, ControllerSettings } from "../../../src/controller/settings.ts";
import { DEFAULT_MANIFEST_LIMITS } from "../../../src/manifest/parse/parsed.ts";
import { digestOf, sha256Hex } from "../../../src/model/values/digest.ts";
import type { ActionData } from "../../../src/iam/action-data.ts";
import type { Namespace } from "../../../src/model/aws/ids.ts";
import { forNamespace } from "../../../src/source/namespace-source.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import { DEFAULT_LIMITS } from "../../../src/model/rules/limits.ts";
import { INSTANCE, NOW_MS } from "../pass/bindings.ts";
import { STEADY_LOOP } from "../event-loop.ts";
import { FakeClock, settled } from "./fake-clock.ts";
import { MemoryAudit, MemoryRecorder, MemoryStore } from "./fake-ports.ts";
import { FakeReferences } from "./fake-references.ts";
import { MemoryTelemetry } from "./memory-telemetry.ts";
import { accountText } from "../manifests.ts";
import { NO_ACTION_DATA } from "../pass/passes.ts";
import { MemorySource } from "./memory-source.ts";
import { MemoryCloud, MemoryOrganizations } from "./memory-cloud.ts";
import type { Files } from "../../../demo/manifests.ts";

export const INTERVAL_MS = 60_000;
export const SWEEP_MS = 300_000;

/** The entire controller on ports in memory, under a clock that a test moves. */
export class FakeController {
  readonly clock = new FakeClock(NOW_MS);
  readonly audit = new MemoryAudit(this.clock);
  readonly store = new MemoryStore(this.clock);
  readonly recorder = new MemoryRecorder(this.audit, this.store);
  readonly telemetry = new MemoryTelemetry();
  readonly source = new MemorySource();
  namespaceSources: ControllerPorts["namespaceSources"] = [];
  readonly cloud = new MemoryCloud(this.clock);
  readonly organizations = new MemoryOrganizations();
  readonly references = new FakeReferences();
  eventHistory: ControllerPorts["eventHistory"] = null;
  /** Each answers without a report. */
  roleAccess: EstateReader["roleAccess"] = async () => ok(new Map());
  /** Of every account and region. */
  functionTags: EstatePart<FunctionTags> = { kind: "known", value: new Map() };
  eventLoop: EventLoop = STEADY_LOOP;
  inForce: ControllerPorts["inForce"] = null;
  parsedFiles: ParsedFileStore | null = null;
  memories: ControllerPorts["memories"] = null;
  assignedMemories: ControllerPorts["assignedMemories"] = null;
  assigner: ControllerPorts["assigner"] = null;
  dueWriter: ControllerPorts["dueWriter"] = null;
  holders: ControllerPorts["holders"] = null;
  eventFacts: ControllerPorts["eventFacts"] = null;
  clockOffset: ClockOffset | null = SAME_CLOCK;
  requestLimits: readonly RequestLimit[] = [];
  deniedCalls: readonly DeniedCall[] = [];
  /** That of the running version: an upgrade may have further actions. */
  actionData: ActionData = NO_ACTION_DATA;
  drained = 0;
  /** What the watch of backups reports to the running controller. */
  backupsExamined: Controller["backupsExamined"] = () => undefined;
  recordVerified: Controller["recordVerified"] = () => undefined;
  drain: () => Promise<void> = () => Promise.resolve();
  routes: readonly AlertRouteView[] = [];
  reviewedSources: ControllerPorts["reviewedSources"] = [];
  alertTest: AlertTest = { kind: "accepted", answer: "HTTP 204", problem: null };
  #stop = new AbortController();
  #running: Promise<void> | null = null;
  #control: Control | null = null;
  #changes: ChangeInbox | null = null;

  /** Where the messages of queues of change events arrive. */
  get changes(): ChangeInbox {
    if (this.#changes === null) throw new Error("the controller was not started");
    return this.#changes;
  }

  get control(): Control {
    if (this.#control === null) throw new Error("the controller was not started");
    return this.#control;
  }

  /** Starts on these files, approves everything and forgets the calls so far. */
  async startConverged(files: Files): Promise<void> {
    this.source.push(files);
    await this.start();
    await this.converge();
  }

  /** Approves everything that is held, waits until it is read back, and forgets the calls so far. */
  async converge(): Promise<void> {
    await this.approveAll();
    await this.clock.pass(5_000);
    for (const { writes, sweeps, reads } of this.cloud.accounts.values())
      for (const calls of [writes, sweeps, reads]) calls.splice(0);
  }

  /** A source of one namespace, before the start. */
  addSource(namespace: string): MemorySource {
    const source = new MemorySource(namespace);
    const name = namespace as Namespace;
    const added = { namespace: name, source: forNamespace(source, name), intervalMs: INTERVAL_MS };
    this.namespaceSources = [...this.namespaceSources, added];
    return source;
  }

  async approveAll(): Promise<void> {
    for (const { subject } of (await this.control.overview()).holds)
      await this.control.approve({ subject, reason: "test", forMs: 3_600_000 }, "dana");
    await settled();
  }

  /** Pushes these files and waits until they are fetched. */
  async push(files: Files): Promise<void> {
    this.source.push(files);
    this.control.fetchSoon("test", [null]);
    await settled();
  }

  /** Status and reason of a key's condition, as the record has it. */
  condition(key: Key, type: string): string | undefined {
    const found = this.store.records
      .get(key)
      ?.status?.conditions.find((condition) => condition.type === type);
    return found === undefined ? undefined : `${found.status} ${found.reason}`;
  }

  ports(): ControllerPorts {
    const { clock, audit, store, recorder, telemetry, source, cloud, eventLoop } = this;
    let count = 0;
    return {
      clock,
      audit,
      store,
      inForce: this.inForce,
      parsedFiles: this.parsedFiles,
      memories: this.memories,
      assignedMemories: this.assignedMemories,
      assigner: this.assigner,
      dueWriter: this.dueWriter,
      eventFacts: this.eventFacts,
      holders: this.holders,
      recorder,
      telemetry,
      source,
      namespaceSources: this.namespaceSources,
      organizations: this.organizations,
      references: this.references,
      eventHistory: this.eventHistory,
      reviewedSources: this.reviewedSources,
      estates: {
        functionTags: async () => this.functionTags,
        roleAccess: (...asked) => this.roleAccess(...asked),
      },
      live: cloud,
      actuator: cloud,
      actionData: { load: () => Promise.resolve(this.actionData) },
      random: {
        next: () => 0.5,
        hex: (bytes) => sha256Hex(String((count += 1))).slice(0, 2 * bytes),
      },
      eventLoop,
      clockOffset: () => this.clockOffset,
      requestLimits: { limits: () => this.requestLimits, deniedCalls: () => this.deniedCalls },
      alerts: {
        drain: () => {
          this.drained += 1;
          return this.drain();
        },
        openIncidents: (prefixes) =>
          Promise.resolve(prefixes.flatMap((prefix) => this.recorder.openIncidents(prefix))),
        routes: () => Promise.resolve(this.routes),
        test: (route) => Promise.resolve(route === "ops" ? this.alertTest : null),
      },
    };
  }

  /** Runs until everything that is due now is done. */
  async start(change: Partial<ControllerSettings> = {}): Promise<void> {
    const names = this.namespaceSources.map(({ namespace }) => namespace);
    const compile = { ...SETTINGS.compile, ...(names.length > 0 && { namespaceSources: new Set(names) }) };
    const controller = new Controller(
      { ...SETTINGS, compile, sourceLocations: locationsOf(names), ...change },
      this.ports(),
      new ControllerCaches(),
    );
    this.#stop = new AbortController();
    this.#control = controller.control;
    this.#changes = controller.changes;
    this.backupsExamined = (health) => controller.backupsExamined(health);
    this.recordVerified = (verification) => controller.recordVerified(verification);
    this.#running = controller.run(this.#stop.signal);
    this.#running.catch(() => undefined);
    await settled();
  }

  /** Asks it to stop; the promise that it has. */
  stop(): Promise<void> {
    this.#stop.abort();
    return this.#running ?? Promise.resolve();
  }
}

/** A place of the platform source, and of the source of each namespace. */
function locationsOf(namespaces: readonly Namespace[]): ControllerSettings["sourceLocations"] {
  const ref = { kind: "branch", name: "main" } as const;
  return new Map(
    [null, ...namespaces].map((namespace) => [
      namespace,
      { url: `https://git.example.com/${namespace ?? "platform"}`, ref, webhooks: [], pushQueue: null },
    ]),
  );
}

export const SETTINGS: ControllerSettings = {
  version: "0.0.0-test",
  configDigest: digestOf("test"),
  catalogueDigest: "c",
  instance: INSTANCE,
  mode: "enforce",
  sourceLocations: locationsOf([]),
  shownCommits: new Set(),
  notedSources: new Set(),
  limits: DEFAULT_LIMITS,
  manifestLimits: DEFAULT_MANIFEST_LIMITS,
  compile: { instance: INSTANCE, platformPath: "platform", tenantPath: "teams", simulator: null },
  intervalMs: INTERVAL_MS,
  sweepMs: SWEEP_MS,
  longWaitMs: 86_400_000,
  policiesWithinMs: 0,
  approvers: {},
  tokenExpiryMs: {},
  mails: {},
};

const BOUNDARY_TEXT = `apiVersion: grantkeeper.dev/v1alpha1
kind: ManagedPolicy
metadata: {name: platform-default}
spec:
  use: boundary
  document: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "*", Resource: "*"}]}
`;

/** Accounts by name and id, and functions by name with the spec of each (YAML, indented by two). */
export function manifests(
  functions: Readonly<Record<string, string>>,
  accounts: Readonly<Record<string, string>> = { prod: "111122223333" },
): Files {
  const names = Object.keys(accounts).join(", ");
  return {
    "platform/accounts.yaml": Object.entries(accounts)
      .map(([name, id]) =>
        accountText(name, id).replace("regions: [eu-west-1, us-east-1]", "regions: [eu-west-1]"),
      )
      .join("---\n"),
    "platform/boundary.yaml": BOUNDARY_TEXT,
    ...Object.fromEntries(
      Object.entries(functions).map(([name, spec]) => [
        `teams/orders/${name}.yaml`,
        `apiVersion: grantkeeper.dev/v1alpha1
kind: FunctionPermission
metadata: {name: ${name}}
spec:
  targets: [{accounts: [${names}], regions: [eu-west-1]}]
${spec}`,
      ]),
    ),
  };
}

export const READ_ORDERS = "  grants: [{dynamodb: {table: orders, allow: [read]}}]\n";
export const WRITE_ORDERS = "  grants: [{dynamodb: {table: orders, allow: [read, write]}}]\n";
