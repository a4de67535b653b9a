import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { IAMClient } from "@aws-sdk/client-iam";
import { LambdaClient } from "@aws-sdk/client-lambda";
import type { Files } from "../../../demo/manifests.ts";
import { startProgram, type ControllerProcess } from "../../../demo/program.ts";
import type { DesiredBinding } from "../../../src/model/desired.ts";
import { SeededRandom } from "../../../src/simulator/estate/random.ts";
import { startSimulator, type Simulator } from "../../../src/simulator/simulator.ts";
import type { Moment } from "../../../src/simulator/watchers.ts";
import { accountOf, type WorldState } from "../../../src/simulator/world.ts";
import { AT_ANY_MOMENT, BETWEEN_STARTS, REAL_DEEDS, type RealDeed } from "../adopt/real-deeds.ts";
import { nameIn, type WorldPlace } from "../adopt/world-live.ts";
import type { WorldWatch } from "../adopt/world-watch.ts";
import { makeRepository, type TestRepository } from "../git/git-repository.ts";
import { ledgerProblems, readEntries, verifyRecord } from "../record/ledger.ts";
import { ControllerBundle } from "./controller-bundle.ts";
import type { Estate } from "./estate.ts";

const HOUR_MS = 3_600_000;
/** Sweeps in a row without a write, before a process ends: it begins with two, and approvals are between two. */
const SILENT_SWEEPS = 5;

export interface TurmoilOptions {
  readonly estate: Estate;
  /** What is pushed to Git. */
  readonly files: Files;
  readonly bindings: readonly DesiredBinding[];
  readonly place: WorldPlace;
  readonly seed: number;
  /** On average, a process is killed at one of so many writes. */
  readonly writesPerKill: number;
}

/**
 * The adoption of functions by real processes of the controller, one after the other, each a day later: killed at writes,
 * with throttled and lost calls, while another tool deploys with the SDK of AWS.
 */
export class AdoptionTurmoil {
  readonly simulator: Simulator;
  kills = 0;
  faults = 0;
  deeds = 0;
  readonly #options: TurmoilOptions;
  readonly #root: string;
  readonly #repository: TestRepository;
  readonly #bundle: ControllerBundle;
  readonly #random: SeededRandom;
  readonly #clients: { readonly iam: IAMClient; readonly lambda: LambdaClient };
  readonly #oldRoles: ReadonlyMap<string, string>;
  /** Of AWS and of Grantkeeper. */
  readonly #clock: { aheadMs: number };
  #starts = 0;
  #child: ControllerProcess | null = null;
  #isCalm = false;
  #turmoilWrites = 0;
  /** Of the other tool, one after the other. */
  #deploying: Promise<void> = Promise.resolve();

  private constructor(
    options: TurmoilOptions,
    parts: {
      readonly simulator: Simulator;
      readonly root: string;
      readonly repository: TestRepository;
      readonly bundle: ControllerBundle;
      readonly clock: { aheadMs: number };
    },
  ) {
    this.#options = options;
    this.simulator = parts.simulator;
    this.#root = parts.root;
    this.#repository = parts.repository;
    this.#bundle = parts.bundle;
    this.#clock = parts.clock;
    this.#random = new SeededRandom(options.seed);
    const { estate, place, bindings } = options;
    const key = estate.console.get(bindings[0]?.accountId ?? "");
    if (key === undefined) throw new Error("no other tool has access to the account");
    const credentials = { accessKeyId: key.id, secretAccessKey: key.secret };
    const config = { endpoint: parts.simulator.endpoint, region: place.region, credentials, maxAttempts: 1 };
    this.#clients = { iam: new IAMClient(config), lambda: new LambdaClient(config) };
    this.#oldRoles = new Map(bindings.map((one) => [one.functionName, this.#roleArnOf(one) ?? ""]));
  }

  static async start(options: TurmoilOptions): Promise<AdoptionTurmoil> {
    const root = await mkdtemp(join(tmpdir(), "turmoil-"));
    const repository = await makeRepository(root, "permissions.git");
    await repository.commit(options.files, { message: "imported" });
    const clock = { aheadMs: 0 };
    const nowMs = (): number => Date.now() + clock.aheadMs;
    const simulator = await startSimulator({ world: options.estate.world, nowMs });
    return new AdoptionTurmoil(options, {
      simulator,
      root,
      repository,
      clock,
      bundle: await ControllerBundle.build(),
    });
  }

  /** So many processes in turmoil, then quiet ones. */
  async run(watch: WorldWatch, { rough, calm }: { readonly rough: number; readonly calm: number }) {
    const unwatch = this.simulator.watch(({ when, effective, principalArn }) => {
      if (when === "after" && effective) watch.changed(isOwn(principalArn));
      return "go-on";
    });
    for (let start = 0; start < rough; start += 1) {
      if (start > 0) await this.#deployBetween();
      await this.#oneProcess();
    }
    this.#isCalm = true;
    this.simulator.clearFaults();
    for (let start = 0; start < calm; start += 1) await this.#oneProcess();
    unwatch();
    watch.end();
  }

  async #deployBetween(): Promise<void> {
    for (let count = 0; count < this.#options.bindings.length / 5; count += 1)
      await this.#do(this.#random.pick(BETWEEN_STARTS));
  }

  /** What is wrong with the record or between it and the simulator's own log; empty: nothing. */
  async problems(): Promise<readonly string[]> {
    const { verdict, broken, openIntents } = await verifyRecord(this.#stateDir);
    return [
      ...ledgerProblems(await readEntries(this.#stateDir), this.simulator.calls()),
      ...(verdict === "intact" ? [] : [`the record is broken: ${broken?.reason ?? "unknown"}`]),
      ...openIntents.map((seq) => `intent ${seq} is open`),
    ];
  }

  /** What happened to how many writes of Grantkeeper. */
  summary(): string {
    const writes = this.simulator.calls().filter((call) => isOwn(call.principalArn) && isWrite(call));
    const throttled = writes.filter(({ errorCode }) => errorCode !== undefined && THROTTLES.has(errorCode));
    const lost = writes.filter(({ status }) => status === 0);
    return `${writes.length} writes of ${this.#starts} processes, ${this.kills} kills, ${throttled.length} throttled and ${lost.length} without an answer, ${this.#turmoilWrites} writes while another tool made ${this.deeds} changes`;
  }

  async close(): Promise<void> {
    this.#child?.child.kill("SIGKILL");
    for (const client of Object.values(this.#clients)) client.destroy();
    await this.simulator.close();
    await this.#bundle.remove();
    await rm(this.#root, { recursive: true, force: true, maxRetries: 3 });
  }

  get #stateDir(): string {
    return join(this.#root, "state");
  }

  /** Until it is killed, or has nothing more to write. @throws if it ended by itself */
  async #oneProcess(): Promise<void> {
    const { silent, unwatch, child } = this.#startProcess();
    const ended = child.ended.then((code) => ({ code }));
    try {
      const first = await Promise.race([silent, ended]);
      if (first === "silent" || first.code === null) return;
      const log = (await readFile(join(this.#root, "log"), "utf8")).slice(-2_000);
      throw new Error(`the controller ended with ${first.code}:\n${log}`);
    } finally {
      // Its end in turmoil is sudden too.
      if (!this.#isCalm) child.child.kill("SIGKILL");
      await child.stop();
      await this.#deploying;
      unwatch();
    }
  }

  #startProcess() {
    this.#starts += 1;
    if (this.#starts > 1) this.#clock.aheadMs += 25 * HOUR_MS;
    const { id, secret } = this.#options.estate.base;
    const places = {
      stateDir: this.#stateDir,
      repository: this.#repository.bare,
      endpoint: this.simulator.endpoint,
      accessKey: { id, secret },
      readsEvents: false,
      operator: { clockAheadMs: this.#clock.aheadMs },
    };
    const program = [this.#bundle.program, JSON.stringify(places)];
    const child = startProgram(program, join(this.#root, "log"), {});
    this.#child = child;
    const { promise: silent, resolve } = Promise.withResolvers<"silent">();
    const unwatch = this.simulator.watch(this.#watcher(child, () => resolve("silent")));
    return { child, silent, unwatch };
  }

  #watcher(child: ControllerProcess, onSilence: () => void): (moment: Moment) => "go-on" | "drop" {
    let isKilled = false;
    let sweeps = 0;
    return (moment) => {
      if (!isOwn(moment.principalArn)) return "go-on";
      if (isKilled) return moment.when === "before" ? "go-on" : "drop";
      if (moment.operation === "ListRoles" && moment.when === "after") {
        sweeps += 1 / this.#rolePages();
        if (sweeps > SILENT_SWEEPS) onSilence();
      }
      if (!isWrite(moment)) return "go-on";
      sweeps = 0;
      if (this.#isCalm) return "go-on";
      if (moment.when === "before") this.#turmoilWrites += 1;
      if (moment.when === "before") this.#disturb();
      // A write has two moments.
      if (this.#random.below(2 * this.#options.writesPerKill) > 0) return "go-on";
      isKilled = true;
      this.kills += 1;
      child.child.kill("SIGKILL");
      return "drop";
    };
  }

  /** Of one sweep: up to 1,000 roles are on a page. */
  #rolePages(): number {
    const { roles } = accountOf(this.#world, this.#options.place.accountId).iam;
    return Math.ceil(Object.keys(roles).length / 1_000);
  }

  /** The next call fails, or the other tool deploys. */
  #disturb(): void {
    const drawn = this.#random.below(100);
    const ours = { userAgentIncludes: "gk-intent", times: 1 };
    if (drawn < 5) this.#fail({ ...ours, kind: { kind: "throttle" } });
    else if (drawn < 8) this.#fail({ ...ours, kind: { kind: "lost-response" } });
    else if (drawn < 10) this.#fail({ ...ours, kind: { kind: "dropped-request" } });
    else if (drawn < 12)
      this.#fail({
        operation: "ListFunctions",
        userAgentIncludes: "grantkeeper",
        times: 2,
        kind: { kind: "throttle" },
      });
    else if (drawn < 27) void this.#do(this.#random.pick(AT_ANY_MOMENT));
  }

  #fail(fault: Parameters<Simulator["addFault"]>[0]): void {
    this.faults += 1;
    this.simulator.addFault(fault);
  }

  /** One deed of the other tool; nothing if AWS refuses it now. */
  #do(deed: RealDeed): Promise<void> {
    const one = this.#random.pick(this.#options.bindings);
    const before = this.#deploying;
    this.#deploying = (async () => {
      await before;
      try {
        await REAL_DEEDS[deed](this.#sceneOf(one));
        this.deeds += 1;
      } catch (error) {
        if (!isOfAws(error)) throw error;
      }
    })();
    return this.#deploying;
  }

  #sceneOf(one: DesiredBinding) {
    const { functionName, role } = one;
    const oldRoleArn = this.#oldRoles.get(functionName) ?? "";
    const { roles } = accountOf(this.#world, this.#options.place.accountId).iam;
    return {
      ...this.#clients,
      functionName,
      oldRoleArn,
      declaredRoleArn: role.arn,
      oldRole: structuredClone(roles[nameIn(oldRoleArn)]),
      declaredRole: structuredClone(roles[role.name]),
      roleArn: this.#roleArnOf(one),
    };
  }

  #roleArnOf({ functionName }: DesiredBinding): string | undefined {
    const { accountId, region } = this.#options.place;
    const { functions } = accountOf(this.#world, accountId).lambda[region] ?? {};
    return functions?.[functionName]?.versions["$LATEST"]?.Role;
  }

  get #world(): WorldState {
    return this.simulator.world;
  }
}

function isOwn(principalArn: string): boolean {
  return principalArn.includes(":assumed-role/");
}

/** Of IAM, and of Lambda. */
const THROTTLES: ReadonlySet<string> = new Set(["Throttling", "TooManyRequestsException"]);

function isWrite({ service, operation }: Pick<Moment, "operation" | "service">): boolean {
  return service !== "sts" && !/^(Describe|Get|List)/.test(operation);
}

function isOfAws(error: unknown): boolean {
  return typeof error === "object" && error !== null && "$metadata" in error;
}
