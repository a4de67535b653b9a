import { Controller } from "../../../src/controller/controller.ts";
import type { AlertRouteView, AlertTest } from "../../../src/controller/ports/alert-sender.ts";
import type { LiveState } from "../../../src/controller/ports/live-state.ts";
import type { Actuator } from "../../../src/controller/ports/actuator.ts";
import type { EstatePart, FunctionTags } from "../../../src/adopt/estate/estate.ts";
import type { Organizations } from "../../../src/controller/ports/organizations.ts";
import type { Control } from "../../../src/controller/ports/control.ts";
import type { EventLoop } from "../../../src/controller/ports/event-loop.ts";
import { SourceError, type Relation, type Source } from "../../../src/controller/ports/source.ts";
import type { ControllerPorts, ControllerSettings } from "../../../src/controller/settings.ts";
import { DEFAULT_MANIFEST_LIMITS } from "../../../src/manifest/parse/parsed.ts";
import { digestOf, sha256Hex } from "../../../src/model/values/digest.ts";
import type { ActionData } from "../../../src/iam/action-data.ts";
import type { ChangeAuthors } from "../../../src/model/authors.ts";
import type { FoundAccount } from "../../../src/model/aws/found-account.ts";
import type { DesiredAccountSet } from "../../../src/model/desired.ts";
import type { AccountId, Namespace } from "../../../src/model/aws/ids.ts";
import { forNamespace } from "../../../src/source/namespace-source.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import { DEFAULT_LIMITS } from "../../../src/model/rules/limits.ts";
import type { Revision } from "../../../src/model/values/revision.ts";
import type { Verification } from "../../../src/model/verification.ts";
import type { Commit, Snapshot } from "../../../src/model/snapshot.ts";
import { emptyAccount, INSTANCE, NOW_MS } from "../pass/bindings.ts";
import { STEADY_LOOP } from "../event-loop.ts";
import { FakeAws } from "./fake-aws.ts";
import { FakeClock, settled } from "./fake-clock.ts";
import { MemoryAudit, MemoryRecorder, MemoryStore, MemoryTelemetry } from "./fake-ports.ts";
import { accountText } from "../manifests.ts";
import { NO_ACTION_DATA } from "../pass/passes.ts";

type Files = Readonly<Record<string, string>>;

export const INTERVAL_MS = 60_000;
export const SWEEP_MS = 300_000;

/** A repository in memory: what is pushed last is latest, and what is pushed follows what was there before. */
export class MemorySource implements Source {
  readonly name: string;
  failure: Error | null = null;
  relation: Relation = "forward";
  /** Of what is pushed next; by default a person made every file. */
  authors: ChangeAuthors = { kind: "read", byFile: new Map() };
  verification: Verification = { kind: "not-required" };
  fetches = 0;
  /** Runs in each fetch, before it ends. */
  during: () => Promise<void> = () => Promise.resolve();
  changed: () => void = () => undefined;
  readonly #snapshots = new Map<Revision, Snapshot>();
  #latest: Snapshot | null = null;

  /** Of the next step from one revision to another. */
  newCommits: readonly Commit[] = [];

  constructor(name = "main") {
    this.name = name;
  }

  push(files: Files, refused: Snapshot["refused"] = []): Revision {
    const entries = Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1));
    const revision =
      `main@sha1:${sha256Hex(JSON.stringify([this.#snapshots.size, entries, refused])).slice(0, 40)}` as Revision;
    const snapshot: Snapshot = {
      source: this.name,
      revision,
      files: entries.map(([path, text]) => ({
        path,
        oid: sha256Hex(text),
        bytes: new TextEncoder().encode(text),
      })),
      refused,
      uncommitted: false,
    };
    this.#snapshots.set(revision, snapshot);
    this.#latest = snapshot;
    return revision;
  }

  /** What was pushed then is latest again. */
  reset(revision: Revision): void {
    this.#latest = this.#snapshots.get(revision) ?? null;
  }

  async latest(): Promise<Snapshot> {
    this.fetches += 1;
    const latest = this.#latest;
    await this.during();
    if (this.failure !== null) throw this.failure;
    if (latest === null)
      throw new SourceError({ code: "not-found", message: "nothing was pushed", fix: "push something" });
    return latest;
  }

  at(revision: Revision): Promise<Snapshot> {
    const found = this.#snapshots.get(revision);
    if (found !== undefined) return Promise.resolve(found);
    return Promise.reject(
      new SourceError({ code: "not-found", message: `${revision} is gone`, fix: "push it again" }),
    );
  }

  compare(from: Revision | null): ReturnType<Source["compare"]> {
    const relation = from === null ? "first" : this.relation;
    return Promise.resolve({ relation, commits: this.newCommits, authors: this.authors });
  }

  verify(): Promise<Verification> {
    return Promise.resolve(this.verification);
  }

  watch(changed: () => void): Promise<() => Promise<void>> {
    this.changed = changed;
    return Promise.resolve(() => {
      this.changed = () => undefined;
      return Promise.resolve();
    });
  }
}

/** Every account that a test asks for, empty but for its boundary at first. */
class MemoryCloud implements LiveState, Actuator {
  readonly accounts = new Map<AccountId, FakeAws>();
  readonly #clock: FakeClock;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  account(id: AccountId): FakeAws {
    const found = this.accounts.get(id) ?? new FakeAws(emptyAccount({ accountId: id }), this.#clock);
    this.accounts.set(id, found);
    return found;
  }

  sweep(...[request]: Parameters<LiveState["sweep"]>): ReturnType<LiveState["sweep"]> {
    return this.account(request.account.id).sweep(request);
  }

  read(...[request]: Parameters<LiveState["read"]>): ReturnType<LiveState["read"]> {
    return this.account(request.account.id).read(request);
  }

  apply(...[action, context]: Parameters<Actuator["apply"]>): ReturnType<Actuator["apply"]> {
    return this.account(context.account.id).apply(action, context);
  }
}

/** The organizations of account sets, by the name of the set. */
class MemoryOrganizations implements Organizations {
  readonly found = new Map<string, readonly FoundAccount[]>();
  failure: Error | null = null;
  reads = 0;

  accountsOf({ name }: DesiredAccountSet): Promise<readonly FoundAccount[]> {
    this.reads += 1;
    return this.failure === null ? Promise.resolve(this.found.get(name) ?? []) : Promise.reject(this.failure);
  }
}

/** The whole controller on ports in memory, under a clock that a test moves. */
export class FakeController {
  readonly clock = new FakeClock(NOW_MS);
  readonly audit = new MemoryAudit(this.clock);
  readonly store = new MemoryStore();
  readonly recorder = new MemoryRecorder(this.audit, this.store);
  readonly telemetry = new MemoryTelemetry();
  readonly source = new MemorySource();
  namespaceSources: ControllerPorts["namespaceSources"] = [];
  readonly cloud = new MemoryCloud(this.clock);
  readonly organizations = new MemoryOrganizations();
  /** Of every account and region. */
  readTags: () => Promise<EstatePart<FunctionTags>> = async () => this.functionTags;
  functionTags: EstatePart<FunctionTags> = { kind: "known", value: new Map() };
  eventLoop: EventLoop = STEADY_LOOP;
  /** That of the running version: an upgrade may have further actions. */
  actionData: ActionData = NO_ACTION_DATA;
  drained = 0;
  drain: () => Promise<void> = () => Promise.resolve();
  routes: readonly AlertRouteView[] = [];
  alertTest: AlertTest = { kind: "accepted", answer: "HTTP 204", problem: null };
  #stop = new AbortController();
  #running: Promise<void> | null = null;
  #control: Control | null = null;

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
      recorder,
      telemetry,
      source,
      namespaceSources: this.namespaceSources,
      organizations: this.organizations,
      estates: { functionTags: () => this.readTags() },
      live: cloud,
      actuator: cloud,
      actionData: { load: () => Promise.resolve(this.actionData) },
      random: {
        next: () => 0.5,
        hex: (bytes) => sha256Hex(String((count += 1))).slice(0, 2 * bytes),
      },
      eventLoop,
      alerts: {
        drain: () => {
          this.drained += 1;
          return this.drain();
        },
        openIncidents: (prefix) => Promise.resolve(this.recorder.openIncidents(prefix)),
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
    );
    this.#stop = new AbortController();
    this.#control = controller.control;
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
  limits: DEFAULT_LIMITS,
  manifestLimits: DEFAULT_MANIFEST_LIMITS,
  compile: { instance: INSTANCE, platformPath: "platform", tenantPath: "teams", simulator: null },
  intervalMs: INTERVAL_MS,
  sweepMs: SWEEP_MS,
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
