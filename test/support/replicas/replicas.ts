import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { AttachRolePolicyCommand, IAMClient } from "@aws-sdk/client-iam";
import { mkdtemp, rm } from "node:fs/promises";
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Files } from "../../../demo/manifests.ts";
import { portNear } from "../../../demo/ports.ts";
import { startController, type ControllerProcess } from "../../../demo/program.ts";
import { until } from "../../../demo/wait.ts";
import { parsePublicKeys } from "../../../src/audit/checkpoint.ts";
import { verifyExport, type VerifyReport } from "../../../src/audit/verification/verify.ts";
import type { AuditEntry } from "../../../src/audit/entry.ts";
import { ApiClient } from "../../../src/cli/client/client.ts";
import { SILENT } from "../../../src/compose/ports.ts";
import { startSimulator, type Simulator } from "../../../src/simulator/simulator.ts";
import { accountOf } from "../../../src/simulator/world.ts";
import { openPostgresAuditReader } from "../../../src/store/postgres/readers.ts";
import { serverOf } from "../../store/postgres-engine.ts";
import { DELIVERY, QUEUE_URL } from "../installation/change-events.ts";
import { makeRepository, type TestRepository } from "../git/git-repository.ts";
import { INSTANCE } from "../installation/compose.ts";
import { type Estate, estateWorld, PROD } from "../installation/estate.ts";
import type { Cluster } from "../postgres/cluster.ts";

/** Longer than a lease and a start. */
const WITHIN_MS = 60_000;
/** A probe is a request or a connection of its own, which the replicas wait for on a busy machine. */
const EVERY_MS = 150;
export const TOKEN = "replica-test-token-0123456789abcdef";
const KEY_FILES = ["audit-key.pem", "audit-key.pub.pem"];
const COMPILE_CACHE = fileURLToPath(new URL("../../../node_modules/.cache/compile", import.meta.url));

/** One process with a state directory and an address of its own. */
export interface Replica {
  readonly url: string;
  readonly process: ControllerProcess;
  readonly api: ApiClient;
  readonly stateDir: string;
}

/** Replicas of one installation, as processes over one database, one repository and one simulator. */
export class Replicas {
  readonly simulator: Simulator;
  readonly databaseUrl: string;
  readonly #cluster: Cluster;
  readonly #folder: string;
  readonly #estate: Estate;
  readonly #repository: TestRepository;
  readonly #shareAccounts: boolean;
  readonly #eventsOf: readonly string[];
  readonly #alertsTo: string | null;
  readonly #replicas: Replica[] = [];
  #started = 0;

  private constructor(parts: {
    readonly simulator: Simulator;
    readonly databaseUrl: string;
    readonly cluster: Cluster;
    readonly folder: string;
    readonly estate: Estate;
    readonly repository: TestRepository;
    readonly shareAccounts: boolean;
    readonly eventsOf: readonly string[];
    readonly alertsTo: string | null;
  }) {
    this.simulator = parts.simulator;
    this.databaseUrl = parts.databaseUrl;
    this.#cluster = parts.cluster;
    this.#folder = parts.folder;
    this.#estate = parts.estate;
    this.#repository = parts.repository;
    this.#shareAccounts = parts.shareAccounts;
    this.#eventsOf = parts.eventsOf;
    this.#alertsTo = parts.alertsTo;
  }

  /** @param deployed whose functions exist @param eventsOf the ids of the accounts whose change events a queue has @param alertsTo the URL of a webhook that gets alerts of security */
  static async open(
    cluster: Cluster,
    files: Files,
    {
      deployed,
      shareAccounts = false,
      eventsOf = [],
      alertsTo = null,
    }: {
      readonly deployed: Files;
      readonly shareAccounts?: boolean;
      readonly eventsOf?: readonly string[];
      readonly alertsTo?: string | null;
    },
  ): Promise<Replicas> {
    const folder = await mkdtemp(join(tmpdir(), "replicas-"));
    const estate = estateWorld(deployed);
    const simulator = await startSimulator({ world: estate.world });
    const [first] = eventsOf;
    // The queue has to exist: a failed request is repeated after seconds only.
    if (first !== undefined) simulator.sendEvents({ ...DELIVERY, accountId: first });
    const repository = await makeRepository(join(folder, "source"), "permissions.git");
    await repository.commit(files);
    const databaseUrl = await cluster.database();
    const parts = { simulator, databaseUrl, cluster, folder, estate, repository };
    return new Replicas({ ...parts, shareAccounts, eventsOf, alertsTo });
  }

  push(files: Files): Promise<string> {
    return this.#repository.commit(files);
  }

  /** Sends the events of calls in this account alone to the queue that the active replica reads. */
  sendEventsOf(accountId: string): void {
    this.simulator.stopEvents();
    this.simulator.sendEvents({ ...DELIVERY, accountId });
  }

  /** As an operator with access to the console. */
  async attach(accountId: string, role: string, policyArn: string): Promise<void> {
    const key = this.#estate.console.get(accountId);
    if (key === undefined) throw new Error(`no operator has access to the console in ${accountId}`);
    const credentials = { accessKeyId: key.id, secretAccessKey: key.secret };
    const { endpoint } = this.simulator;
    const iam = new IAMClient({ endpoint, region: "eu-west-1", credentials, maxAttempts: 1 });
    await iam.send(new AttachRolePolicyCommand({ RoleName: role, PolicyArn: policyArn }));
    iam.destroy();
  }

  /** With the audit key of the first one, as a mounted secret. */
  async start(): Promise<Replica> {
    this.#started += 1;
    const number = this.#started;
    const folder = join(this.#folder, `replica-${number}`);
    const stateDir = join(folder, "state");
    mkdirSync(stateDir, { recursive: true });
    const [first] = this.#replicas;
    for (const name of KEY_FILES)
      if (first !== undefined) copyFileSync(join(first.stateDir, name), join(stateDir, name));
    const port = await portNear(0);
    const url = `http://127.0.0.1:${port}`;
    writeFileSync(join(folder, "grantkeeper.yaml"), this.#operatorFile(port));
    writeFileSync(join(folder, "alert-secret"), "secret-of-the-test-route");
    const { id, secret } = this.#estate.base;
    const environment = {
      AWS_ACCESS_KEY_ID: id,
      AWS_SECRET_ACCESS_KEY: secret,
      NODE_COMPILE_CACHE: COMPILE_CACHE,
    };
    const process = startController(join(folder, "grantkeeper.yaml"), join(folder, "log"), environment);
    const connection = { url, token: TOKEN, tokenFrom: null, start: "a test" };
    const replica = { url, process, stateDir, api: new ApiClient(connection, AbortSignal.timeout(300_000)) };
    this.#replicas.push(replica);
    await this.until(`replica ${number} answers`, async () => {
      if (process.child.exitCode !== null) throw new Error("it ended");
      return (await this.probe(replica, "/healthz")) === 200;
    });
    return replica;
  }

  /** The status of an answer; 0: there is none. */
  async probe({ url }: Replica, path: string): Promise<number> {
    return fetch(`${url}${path}`, { signal: AbortSignal.timeout(10_000) }).then(
      ({ status }) => status,
      () => 0,
    );
  }

  /** The first of these that a load balancer would send requests to. */
  async active(among: readonly Replica[]): Promise<Replica> {
    let found: Replica | undefined;
    await this.until("one replica is active and ready", async () => {
      for (const replica of among) if ((await this.probe(replica, "/readyz")) === 200) found = replica;
      return found !== undefined;
    });
    if (found === undefined) throw new Error("no replica is active");
    return found;
  }

  /** As after the term of the lease without a renewal. */
  async expireLease(): Promise<void> {
    await this.sql("UPDATE lease SET expires = clock_timestamp()");
  }

  /** As the database has it. */
  async idOf({ process }: Replica): Promise<string> {
    const rows = await this.sql(`SELECT id FROM replica WHERE pid = ${process.child.pid}`);
    return (rows as readonly { readonly id: string }[])[0]?.id ?? "";
  }

  /** As someone with access to the database. */
  async sql(sql: string): Promise<readonly unknown[]> {
    return this.#cluster.run(sql, serverOf(this.databaseUrl).database);
  }

  /** As the first pass of an account needs. */
  async approveAll({ api }: Replica): Promise<void> {
    await this.until("plans await approval", async () => (await api.list("holds")).length > 0);
    for (const { status } of await api.list("holds"))
      await api.create("approvals", { subject: status.subject, reason: "test", for: "1h" });
  }

  /** Until the role of this function has its permissions in AWS. */
  async converged(name: string): Promise<void> {
    await this.until(`${name} has its permissions`, async () => {
      const { roles } = accountOf(this.simulator.exportWorld(), PROD).iam;
      return roles[`${name}-eu-west-1`]?.inline["grantkeeper"] !== undefined;
    });
  }

  async entries(): Promise<readonly AuditEntry[]> {
    const reader = await openPostgresAuditReader({ server: serverOf(this.databaseUrl), telemetry: SILENT });
    const entries: AuditEntry[] = [];
    for await (const entry of reader.entries({})) entries.push(entry);
    reader.close();
    return entries;
  }

  async verify(): Promise<VerifyReport> {
    const reader = await openPostgresAuditReader({ server: serverOf(this.databaseUrl), telemetry: SILENT });
    const stateDir = this.#replicas[0]?.stateDir ?? "";
    const keys = parsePublicKeys(readFileSync(join(stateDir, "audit-key.pub.pem"), "utf8"));
    if (keys.kind === "err") throw new Error(keys.error);
    const lines = reader.lines({});
    const report = await verifyExport({ lines, publicKeys: keys.value, anchors: [], extent: "whole" });
    reader.close();
    return report;
  }

  async until(what: string, holds: () => Promise<boolean>): Promise<void> {
    try {
      await until(what, async () => ((await holds()) ? true : undefined), {
        withinMs: WITHIN_MS,
        everyMs: EVERY_MS,
      });
    } catch (cause) {
      throw new Error(`${String(cause)}\n${this.#logs()}`, { cause });
    }
  }

  async close(): Promise<void> {
    for (const { process } of this.#replicas) process.child.kill("SIGKILL");
    for (const { process } of this.#replicas) await process.ended;
    await this.simulator.close();
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 3 });
  }

  #logs(): string {
    return this.#replicas
      .map((_, index) => join(this.#folder, `replica-${index + 1}`, "log"))
      .filter((file) => existsSync(file))
      .map((file) => `${file}:\n${readFileSync(file, "utf8").slice(-2_000)}`)
      .join("\n");
  }

  #operatorFile(port: number): string {
    const sha256 = createHash("sha256").update(TOKEN).digest("hex");
    const accounts = this.#eventsOf.map((id) => `"${id}"`).join(", ");
    const events =
      accounts === "" ? "" : `changeEvents: [{queueUrl: "${QUEUE_URL}", accounts: [${accounts}]}]\n`;
    const alerts =
      this.#alertsTo === null
        ? ""
        : `alerts: [{name: test, webhook: "${this.#alertsTo}", secretFile: ./alert-secret, severity: security, perMinute: 60}]\n`;
    return `instance: ${INSTANCE}
stateDir: ./state
state: {database: {url: "${this.databaseUrl}"}}
replicas: {shareAccounts: ${this.#shareAccounts}}
mode: enforce
sources: [{name: main, git: {url: "${this.#repository.bare}", branch: main}, interval: 1s}]
sweep: 1h
http: {listen: "127.0.0.1:${port}", replicaUrl: "http://127.0.0.1:${port}"}
tokens: [{name: test, sha256: ${sha256}, scopes: [read, reconcile, approve, suspend], namespaces: ["*"], expires: "2027-11-01T00:00:00Z"}]
${events}${alerts}aws: {endpoint: "${this.simulator.endpoint}", simulator: true, propagationWait: 0s, deleteQuiet: 0s, revert: {other: 0s}}
`;
  }
}
