import { ACCEPTED, sinkOf } from "../record/alert-receivers.ts";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { IAMClient } from "@aws-sdk/client-iam";
import { LambdaClient } from "@aws-sdk/client-lambda";
import type { Files } from "../../../demo/manifests.ts";
import { until } from "../../../demo/wait.ts";
import type { AuditEntry } from "../../../src/audit/entry.ts";
import type { AuditLog } from "../../../src/controller/ports/audit-log.ts";
import type { Controller } from "../../../src/controller/controller.ts";
import type { Control, Overview } from "../../../src/controller/ports/control.ts";
import type { Store } from "../../../src/controller/ports/store.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import type { Condition } from "../../../src/model/status.ts";
import type { CallRecord } from "../../../src/simulator/calls.ts";
import { startSimulator, type Simulator } from "../../../src/simulator/simulator.ts";
import type { WorldState } from "../../../src/simulator/world.ts";
import { estateWorld, type Estate } from "./estate.ts";
import type { AwsInTest, InstallationOptions, InstallationParts } from "./installation-options.ts";
import { RunningController } from "./running-controller.ts";
import { makeRepository, type TestRepository } from "../git/git-repository.ts";
import type { Signing } from "../signatures/signing-keys.ts";
import type { Hold } from "../../../src/model/answers/hold.ts";
import { allKeys } from "../record/all-keys.ts";

const HOUR_MS = 3_600_000;
const WITHIN_MS = 25_000;
const EVERY_MS = 10;
const ROUNDS = 12;

/**
 * An entire installation in this process: simulator, a real git repository, the real adapters and controller. Waits are
 * zero and nothing happens by the clock: `settled` makes it look, until an entire look writes nothing.
 */
export class Installation {
  readonly simulator: Simulator;
  readonly repository: TestRepository;
  readonly estate: Estate;
  /** Bodies of the alerts that went out. */
  readonly alerts: string[] = [];
  readonly #options: InstallationOptions;
  readonly #root: string;
  readonly #aws: AwsInTest;
  #running: RunningController | null = null;
  #pushed: string | null = null;

  private constructor(options: InstallationOptions, parts: InstallationParts) {
    this.#options = options;
    this.simulator = parts.simulator;
    this.repository = parts.repository;
    this.estate = parts.estate;
    this.#root = parts.root;
    this.#aws = parts.aws;
  }

  static async start(options: InstallationOptions): Promise<Installation> {
    const estate = estateWorld(options.worldOf ?? options.files);
    options.seed?.(estate);
    const root = await mkdtemp(join(tmpdir(), "installation-"));
    const repository = await makeRepository(root, "permissions.git");
    const simulator = await startSimulator({ world: estate.world });
    const simulated = {
      endpoint: simulator.endpoint,
      accessKey: estate.base,
      close: () => simulator.close(),
    };
    const aws = (await options.aws?.({ simulator, estate })) ?? simulated;
    const installation = new Installation(options, { simulator, repository, estate, root, aws });
    await installation.push(options.files);
    installation.startController();
    return installation;
  }

  get world(): WorldState {
    return this.simulator.world;
  }

  get control(): Control {
    return this.#now().controller.control;
  }

  get changes(): Controller["changes"] {
    return this.#now().controller.changes;
  }

  get store(): Store {
    return this.#now().store;
  }

  get audit(): AuditLog {
    return this.#now().audit;
  }

  get stateDir(): string {
    return join(this.#root, "state");
  }

  /** Commits exactly these files on main. */
  async push(files: Files, message = "change"): Promise<string> {
    return this.pushSigned(files, this.#options.signing, message);
  }

  /** The same with a signature of someone; null: without one. */
  async pushSigned(files: Files, signing: Signing | null = null, message = "change"): Promise<string> {
    this.#pushed = await this.repository.commit(files, { message, ...(signing === null ? {} : { signing }) });
    return this.#pushed;
  }

  /** Points main at a commit, even if that discards commits. */
  async forcePush(commit: string): Promise<void> {
    await this.repository.git("update-ref", "refs/heads/main", commit);
    this.#pushed = commit;
  }

  startController(changed: Partial<InstallationOptions> = {}): void {
    const options = { ...this.#options, ...changed };
    this.#running = new RunningController(options, {
      stateDir: this.stateDir,
      repository: this.repository.bare,
      endpoint: this.#aws.endpoint,
      accessKey: this.#aws.accessKey,
      alerts: sinkOf(({ body }) => {
        this.alerts.push(body);
        return ACCEPTED;
      }),
    });
  }

  /** @throws what ended the controller, and every step of it that failed by a bug */
  async stopController(): Promise<void> {
    const running = this.#running;
    this.#running = null;
    await running?.stop();
  }

  async restart(changed: Partial<InstallationOptions> = {}): Promise<void> {
    await this.stopController();
    this.startController(changed);
  }

  async stop(): Promise<void> {
    try {
      await this.stopController();
    } finally {
      await this.#aws.close();
      await this.simulator.close();
      await rm(this.#root, { recursive: true, force: true, maxRetries: 3 });
    }
  }

  /** The newest push was seen and every account was looked at, until an entire look made no write. */
  async settled(): Promise<void> {
    for (let round = 0; round < ROUNDS; round += 1) {
      const before = await this.#writeCount();
      await this.look();
      await this.#seen();
      if ((await this.#writeCount()) === before) return;
    }
    throw new Error(`still writing after ${ROUNDS} looks`);
  }

  /** One whole look at every account: by a fetch that begins after this was called, and a sweep after that. */
  async look(): Promise<void> {
    // After a start the accepted revision is compiled first.
    await this.until("a revision is enforced", () => this.control.readiness().ready);
    const asked = await this.control.reconcile({ kind: "all" }, "test");
    if (asked.kind === "err") throw new Error(asked.error.message);
    const { token } = asked.value;
    await this.until("every key had a pass", () => this.control.reconciled(token)?.done === true);
    await this.until("the passes have ended", async () =>
      (await this.overview()).accounts.every((account) => !account.passing),
    );
  }

  /** Pushes, settles, approves what is held, settles: how an account is switched on. */
  async converge(files?: Files): Promise<void> {
    if (files !== undefined) await this.push(files);
    await this.settled();
    await this.approveAll();
    await this.settled();
  }

  /** A pass may end a pending approval after it was listed: then there is nothing to approve. */
  async approveAll(): Promise<void> {
    const isPending = async (subject: string): Promise<boolean> =>
      (await this.holds()).some((hold) => hold.subject === subject);
    for (const hold of await this.holds()) {
      const request = { subject: hold.subject, reason: "test", forMs: HOUR_MS };
      const approved = await this.control.approve(request, "test");
      if (approved.kind === "err" && (await isPending(hold.subject))) throw new Error(approved.error.message);
    }
  }

  /** The condition of that type in the record; undefined where there is none. */
  async condition(key: Key, type: Condition["type"]): Promise<Condition | undefined> {
    const records = await allKeys(this.store);
    const status = records.find((record) => record.key === key)?.status;
    return status?.conditions.find((condition) => condition.type === type);
  }

  overview(): Promise<Overview> {
    return this.control.overview();
  }

  async holds(): Promise<readonly Hold[]> {
    return (await this.overview()).holds;
  }

  /** The calls of the writes that the record announces, wherever AWS is. */
  async intents(): Promise<readonly string[]> {
    const entries = await this.entries();
    return entries.flatMap((entry) => (entry.kind === "write-intended" ? entry.call : []));
  }

  async entries(): Promise<readonly AuditEntry[]> {
    const entries: AuditEntry[] = [];
    for await (const entry of this.audit.entries({})) entries.push(entry);
    return entries;
  }

  /** Calls of Grantkeeper that would change something, whether or not they did. */
  writes(): readonly CallRecord[] {
    return ownCalls(this.simulator).filter(({ operation }) => !/^(Describe|Get|List|Lookup)/.test(operation));
  }

  reads(): readonly CallRecord[] {
    return ownCalls(this.simulator).filter(({ operation }) => /^(Describe|Get|List|Lookup)/.test(operation));
  }

  /** Clients of an operator with access to the console; the caller destroys nothing, `stop` ends the connections. */
  consoleOf(
    accountId: string,
    region = "eu-west-1",
  ): { readonly iam: IAMClient; readonly lambda: LambdaClient } {
    const key = this.estate.console.get(accountId);
    if (key === undefined) throw new Error(`no operator has access to the console in ${accountId}`);
    const credentials = { accessKeyId: key.id, secretAccessKey: key.secret };
    const config = { endpoint: this.simulator.endpoint, region, credentials, maxAttempts: 1 };
    return { iam: new IAMClient(config), lambda: new LambdaClient(config) };
  }

  async until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
    const { done, failures } = this.#now();
    const ended = done.then(() => {
      throw new Error(`the controller has ended before: ${what}`);
    });
    ended.catch(() => undefined);
    const probe = async (): Promise<true | undefined> => ((await holds()) ? true : undefined);
    const { withinMs = WITHIN_MS } = this.#options;
    try {
      await Promise.race([until(what, probe, { withinMs, everyMs: EVERY_MS }), ended]);
    } catch (cause) {
      throw new Error([String(cause), ...failures].join("\n"), { cause });
    }
  }

  /** The newest push was accepted, held or refused. */
  async #seen(): Promise<void> {
    const commit = this.#pushed ?? "";
    await this.until(`${commit.slice(0, 7)} is seen`, async () => {
      const { source } = await this.overview();
      const named = [source.accepted, source.held?.revision, source.failure?.message];
      return named.some((text) => text?.includes(commit.slice(0, 7)) === true);
    });
  }

  /** Fetches all sources, until each has been seen. */
  async fetched(): Promise<void> {
    const of = async (): Promise<readonly (string | null)[]> => {
      const { source, namespaceSources } = await this.overview();
      return [source, ...namespaceSources].map(({ fetchedAt }) => fetchedAt);
    };
    const before = await of();
    this.control.fetchSoon("test", [
      null,
      ...(await this.overview()).namespaceSources.map(({ namespace }) => namespace),
    ]);
    await this.until("every source was fetched", async () =>
      (await of()).every((at, index) => at !== before[index]),
    );
  }

  /** The simulator's log is in memory; the record is read where the controller calls something else. */
  async #writeCount(): Promise<number> {
    return this.#options.aws === undefined ? this.writes().length : (await this.intents()).length;
  }

  #now(): RunningController {
    if (this.#running === null) throw new Error("the controller does not run");
    return this.#running;
  }
}

function ownCalls(simulator: Simulator): readonly CallRecord[] {
  return simulator
    .calls()
    .filter(({ service, principalArn }) => service !== "sts" && principalArn.includes(":assumed-role/"));
}
