import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { desiredOf, type Files } from "../../../demo/manifests.ts";
import { startController, startProgram, type ControllerProcess } from "../../../demo/program.ts";
import { until } from "../../../demo/wait.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import type { KeyRecord } from "../../../src/model/keys/key-record.ts";
import { parseAccountId } from "../../../src/model/aws/ids.ts";
import type { Moment } from "../../../src/simulator/watchers.ts";
import { startSimulator, type Simulator } from "../../../src/simulator/simulator.ts";
import type { WorldState } from "../../../src/simulator/world.ts";
import { openSqliteRecordReader } from "../../../src/store/sqlite/record-reader.ts";
import { DATABASE_FILE } from "../../../src/store/sqlite/open.ts";
import { INSTANCE } from "./compose.ts";
import { ControllerBundle } from "./controller-bundle.ts";
import { PROD } from "./estate.ts";
import { Installation } from "./installation.ts";
import { ledgerProblems, readEntries, verifyRecord } from "../record/ledger.ts";

const WITHIN_MS = 30_000;
/** A look reads the entire record. */
const EVERY_MS = 80;
/** Compiled once, not at every start. */
const COMPILE_CACHE = fileURLToPath(new URL("../../../node_modules/.cache/compile", import.meta.url));

/** What is killed: the entire program, or the controller alone. */
export type Victim = "program" | "controller";

/** An account that has begun, and a push that no controller has seen yet: where every case starts from. */
export interface Prepared {
  readonly installation: Installation;
  readonly world: WorldState;
  /** The commit to converge to. */
  readonly commit: string;
  /** The record's last entry. */
  readonly lastSeq: number;
  /** How many bindings and policies the push has. */
  readonly keys: number;
  /** The controller alone, which starts in less time than the program. */
  readonly bundle: ControllerBundle;
  close(): Promise<void>;
}

/**
 * @param begun converged and approved in this process; @param pushed what the killed controllers will find;
 * @param deployed whose functions exist
 */
export async function prepare(begun: Files, pushed: Files, deployed: Files = pushed): Promise<Prepared> {
  const installation = await Installation.start({ files: begun, worldOf: deployed });
  await installation.converge();
  await installation.stopController();
  const commit = await installation.push(pushed);
  const lastSeq = (await readEntries(installation.stateDir)).at(-1)?.seq ?? 0;
  const { bindings, policies } = desiredOf(pushed, INSTANCE);
  const keys = bindings.size + policies.size;
  const bundle = await ControllerBundle.build();
  const close = async (): Promise<void> => {
    await installation.stop();
    await bundle.remove();
  };
  return { installation, world: installation.simulator.exportWorld(), commit, lastSeq, keys, bundle, close };
}

/** Which call the controller does not outlive. */
export interface Death {
  /** Counted from 1 over the calls that count. */
  readonly at: number;
  readonly when: Moment["when"];
  readonly counts: "calls" | "writes";
}

/** One copy of the prepared installation, whose controller is a process of its own and can be killed at any call. */
export class KillCase {
  readonly simulator: Simulator;
  readonly stateDir: string;
  readonly #folder: string;
  readonly #prepared: Prepared;
  readonly #victim: Victim;
  /** Whether the controllers from now on read the queue of change events; `controller` only. */
  readsEvents = false;
  #controller: ControllerProcess | null = null;

  private constructor(simulator: Simulator, folder: string, prepared: Prepared, victim: Victim) {
    this.simulator = simulator;
    this.#folder = folder;
    this.stateDir = join(folder, "state");
    this.#prepared = prepared;
    this.#victim = victim;
  }

  /** @param folder is made, and left for the caller to remove */
  static async open(prepared: Prepared, folder: string, victim: Victim): Promise<KillCase> {
    const simulator = await startSimulator({ world: structuredClone(prepared.world) });
    mkdirSync(folder, { recursive: true });
    const opened = new KillCase(simulator, folder, prepared, victim);
    cpSync(prepared.installation.stateDir, opened.stateDir, { recursive: true });
    writeFileSync(
      join(folder, "grantkeeper.yaml"),
      operatorFile(prepared.installation.repository.bare, simulator.endpoint),
    );
    return opened;
  }

  /** Starts a controller and kills it with SIGKILL at that call. @returns false when it converged before */
  async killAt(death: Death): Promise<boolean> {
    const controller = this.#start();
    let count = 0;
    let isKilled = false;
    const unwatch = this.simulator.watch((moment) => {
      if (isKilled) return moment.when === "before" ? "go-on" : "drop";
      if (!countsFor(moment, death)) return "go-on";
      count += 1;
      if (count < death.at) return "go-on";
      isKilled = true;
      controller.child.kill("SIGKILL");
      return "drop";
    });
    const over = new AbortController();
    try {
      await Promise.race([controller.ended, this.#untilConverged(over.signal)]);
      if (isKilled) await controller.ended;
    } finally {
      over.abort();
      unwatch();
      await controller.stop();
    }
    return isKilled;
  }

  /** Starts a controller and kills it with SIGKILL at the first call that is fatal. @param disturb makes this call come */
  async killOn(isFatal: (moment: Moment) => boolean, disturb: () => Promise<void>): Promise<void> {
    const controller = this.#start();
    let isKilled = false;
    const unwatch = this.simulator.watch((moment) => {
      if (isKilled || !isFatal(moment)) return "go-on";
      isKilled = true;
      controller.child.kill("SIGKILL");
      return "drop";
    });
    try {
      const disturbed = disturb();
      await Promise.race([disturbed, controller.ended]);
      await this.until("a fatal call", () => isKilled);
      await disturbed;
    } finally {
      unwatch();
      await controller.stop();
    }
  }

  /** Starts a controller, waits until this has happened, and stops it. */
  runUntil(what: string, hasHappened: () => boolean | Promise<boolean>): Promise<void> {
    return this.#runUntil((signal) => this.until(what, hasHappened, signal));
  }

  async until(
    what: string,
    holds: () => boolean | Promise<boolean>,
    signal: AbortSignal = new AbortController().signal,
  ): Promise<void> {
    const probe = async (): Promise<true | undefined> => ((await holds()) ? true : undefined);
    await until(what, probe, { withinMs: WITHIN_MS, everyMs: EVERY_MS * 3, signal });
  }

  /** When the last complete read of prod began, by the record; null: none did. */
  async lastSweepMs(): Promise<number | null> {
    const reader = openSqliteRecordReader(join(this.stateDir, DATABASE_FILE));
    try {
      const accounts = await reader.accounts();
      return accounts.find(({ accountId }) => accountId === PROD)?.lastSweepMs ?? null;
    } finally {
      reader.close();
    }
  }

  /** Starts a controller, waits until everything matches Git and was read back, and every event was read, and stops it. */
  converge(isEveryEventRead: () => boolean = () => true): Promise<void> {
    return this.#runUntil(async (signal) => {
      await this.#untilConverged(signal);
      await this.until("every event was read", isEveryEventRead, signal);
    });
  }

  /** Starts a controller, waits until the record of a key is so, and stops it. */
  settle(key: Key, isSettled: (record: KeyRecord) => boolean): Promise<void> {
    const found = (keys: readonly KeyRecord[]): boolean =>
      keys.some((record) => record.key === key && isSettled(record));
    return this.#runUntil((signal) => this.#untilRecord(`the record of ${key}`, found, signal));
  }

  async #runUntil(reached: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const controller = this.#start();
    const early = controller.ended.then(async (code) => {
      throw new Error(`the controller ended with ${code ?? "a signal"}:\n${await this.#log()}`);
    });
    early.catch(() => undefined);
    const over = new AbortController();
    try {
      await Promise.race([reached(over.signal), early]);
    } finally {
      over.abort();
      await controller.stop();
    }
  }

  /** What is wrong with the record or between it and the simulator's own log; empty: nothing. */
  async problems(): Promise<readonly string[]> {
    const entries = (await readEntries(this.stateDir)).filter(({ seq }) => seq > this.#prepared.lastSeq);
    const { verdict, broken, openIntents } = await verifyRecord(this.stateDir);
    return [
      ...ledgerProblems(entries, this.simulator.calls()),
      ...(verdict === "intact" ? [] : [`the record is broken: ${broken?.reason ?? "unknown"}`]),
      ...openIntents.map((seq) => `intent ${seq} is open`),
    ];
  }

  async close(): Promise<void> {
    await this.#controller?.stop();
    await this.simulator.close();
  }

  #start(): ControllerProcess {
    const log = join(this.#folder, "log");
    const { installation, bundle } = this.#prepared;
    const { estate, repository } = installation;
    const { id, secret } = estate.base;
    if (this.#victim === "program") {
      const credentials = { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret };
      this.#controller = startController(join(this.#folder, "grantkeeper.yaml"), log, credentials);
      return this.#controller;
    }
    const { stateDir, simulator, readsEvents } = this;
    const { endpoint } = simulator;
    const accessKey = { id, secret };
    const places = { stateDir, repository: repository.bare, endpoint, accessKey, readsEvents };
    const cache = { NODE_COMPILE_CACHE: COMPILE_CACHE };
    this.#controller = startProgram([bundle.program, JSON.stringify(places)], log, cache);
    return this.#controller;
  }

  #untilConverged(signal: AbortSignal): Promise<void> {
    const { commit } = this.#prepared;
    const isConverged = (keys: readonly KeyRecord[]): boolean => {
      const applied = keys.filter((key) => key.applied?.revision.endsWith(`:${commit}`) === true);
      return keys.length > 0 && applied.length === this.#prepared.keys;
    };
    return this.#untilRecord("everything applied and read back", isConverged, signal);
  }

  /** @param signal ends the wait once the controller has ended: each look reads the entire record */
  async #untilRecord(
    what: string,
    isReached: (keys: readonly KeyRecord[]) => boolean,
    signal: AbortSignal,
  ): Promise<void> {
    const account = parseAccountId(PROD);
    if (account === undefined) throw new Error(`${PROD} is no account`);
    const probe = async (): Promise<true | undefined> => {
      const reader = openSqliteRecordReader(join(this.stateDir, DATABASE_FILE));
      try {
        return isReached(await reader.keys(account)) ? true : undefined;
      } finally {
        reader.close();
      }
    };
    await until(what, probe, { withinMs: WITHIN_MS, everyMs: EVERY_MS, signal });
  }

  async #log(): Promise<string> {
    return (await readFile(join(this.#folder, "log"), "utf8")).slice(-2_000);
  }
}

function countsFor(moment: Moment, { when, counts }: Death): boolean {
  // The queue of change events is asked all the time.
  if (moment.when !== when || moment.service === "sqs") return false;
  return counts === "calls" || (moment.service !== "sts" && !/^(Describe|Get|List)/.test(moment.operation));
}

function operatorFile(repository: string, endpoint: string): string {
  return `instance: ${INSTANCE}
stateDir: ./state
mode: enforce
sources: [{name: main, git: {url: "${repository}", branch: main}, interval: 1h}]
sweep: 1h
http: {listen: "127.0.0.1:0"}
aws: {endpoint: "${endpoint}", simulator: true, propagationWait: 0s, deleteQuiet: 0s, revert: {other: 0s}}
`;
}
