import { mkdtemp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApiClient } from "../src/cli/client/client.ts";
import type { Desired } from "../src/model/desired.ts";
import type { EventDelivery } from "../src/simulator/cloudtrail/deliveries.ts";
import { startSimulator, type Simulator } from "../src/simulator/simulator.ts";
import { startAlertReceiver, type AlertReceiver } from "./alert-receiver.ts";
import { ConsoleActor } from "./console.ts";
import { startGitServer } from "./git-server.ts";
import { Ledger } from "./ledger.ts";
import { desiredOf, readFiles, type Files } from "./manifests.ts";
import { ALERT_SECRET_FILE, INSTANCE, operatorFile, STATE_DIR } from "./operator-file.ts";
import { portNear } from "./ports.ts";
import { grantkeeper, startController, type Answer, type ControllerProcess } from "./program.ts";
import { cloneWith, createBare, type Repository } from "./repository.ts";
import { ROOT } from "./root.ts";
import { AT_MOST_MS, until } from "./wait.ts";
import { demoWorld, type DemoWorld } from "./world.ts";

const MANIFESTS = join(ROOT, "manifests");

/** All parts of the demo. */
export interface Stage {
  readonly files: Files;
  /** The declared state at the start. */
  readonly desired: Desired;
  readonly simulator: Simulator;
  readonly ledger: Ledger;
  readonly repository: Repository;
  readonly repositoryUrl: string;
  readonly controller: ControllerProcess;
  readonly alerts: AlertReceiver;
  readonly api: ApiClient;
  readonly apiUrl: string;
  /** A user with a console in staging. */
  readonly console: ConsoleActor;
  readonly consoleKey: { readonly id: string; readonly secret: string };
  /** The temporary folder, with grantkeeper.yaml. */
  readonly folder: string;
  /** Aborts when the demo is to end. */
  readonly signal: AbortSignal;
  /** Runs one command of the real command line in the folder of grantkeeper.yaml. */
  command(...args: readonly string[]): Promise<Answer>;
}

export interface Ports {
  readonly git: number;
  readonly simulator: number;
  readonly api: number;
  /** Of the API with TLS. */
  readonly tls: number;
}

export interface StageOptions extends Ports {
  /** How the change events of an account reach a queue that the controller reads. Default: it has none. */
  readonly changeEvents?: EventDelivery;
  /** What Git has at the start. Default: the manifests of the demo. */
  readonly files?: Files;
  /** AWS at the start. Default: that of the demo. */
  readonly worldOf?: (desired: Desired) => DemoWorld;
  /** Between two sweeps by the clock. Default: that of the demo. */
  readonly sweep?: string;
}

/** Opened resources, which are closed in reverse order. */
export class Closing {
  readonly #closers: (() => unknown)[] = [];

  add(close: () => unknown): void {
    this.#closers.push(close);
  }

  async all(): Promise<void> {
    for (const close of this.#closers.splice(0).reverse()) await close();
  }
}

/** Sets everything up; `closing` closes opened resources, even if this throws. */
export async function openStage(
  { changeEvents, files = readFiles(MANIFESTS), worldOf = demoWorld, sweep, ...ports }: StageOptions,
  closing: Closing,
  signal: AbortSignal,
): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), "grantkeeper-demo-"));
  closing.add(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  const desired = desiredOf(files, INSTANCE);
  const made = worldOf(desired);
  const simulator = await startSimulator({ world: made.world, port: await portNear(ports.simulator) });
  closing.add(() => simulator.close());
  if (changeEvents !== undefined) simulator.sendEvents(changeEvents);
  const served = await serveRepository(folder, files, ports.git, closing);
  const alerts = await startAlertReceiver();
  closing.add(() => alerts.close());
  const apiPort = await portNear(ports.api);
  const apiUrl = `http://127.0.0.1:${apiPort}`;
  await writeFile(join(folder, ALERT_SECRET_FILE), "not a secret: it never leaves this machine\n");
  const listeners = { apiPort, tlsPort: await portNear(ports.tls) };
  const file = {
    repositoryUrl: served.url,
    endpoint: simulator.endpoint,
    ...listeners,
    alertsUrl: alerts.url,
    changeEvents,
    sweep,
  };
  await writeFile(join(folder, "grantkeeper.yaml"), operatorFile(file));
  const controller = startOne(folder, made);
  closing.add(() => controller.stop());
  const api = await connect(folder, apiUrl, controller, signal);
  const actor = consoleIn("staging", desired, made, simulator);
  closing.add(() => actor.console.close());
  return {
    files,
    desired,
    simulator,
    ledger: new Ledger(simulator),
    repository: served.repository,
    repositoryUrl: served.url,
    controller,
    alerts,
    api,
    apiUrl,
    ...actor,
    folder,
    signal,
    command: (...args) => grantkeeper(args, folder),
  };
}

/** @param port 0: the system chooses it */
export async function serveRepository(
  folder: string,
  files: Files,
  port: number,
  closing: Closing,
): Promise<{ readonly url: string; readonly repository: Repository }> {
  const root = join(folder, "served");
  await createBare(root);
  const server = await startGitServer({ root, login: null, port: await portNear(port) });
  closing.add(() => server.close());
  const url = `${server.url}/permissions.git`;
  return { url, repository: await cloneWith(url, join(folder, "work"), files) };
}

function startOne(folder: string, { base }: DemoWorld): ControllerProcess {
  const credentials = { AWS_ACCESS_KEY_ID: base.id, AWS_SECRET_ACCESS_KEY: base.secret };
  return startController(join(folder, "grantkeeper.yaml"), join(folder, "controller.log"), credentials);
}

/** The API of the running controller, by the token that it leaves in its state directory. */
async function connect(
  folder: string,
  url: string,
  controller: ControllerProcess,
  signal: AbortSignal,
): Promise<ApiClient> {
  await mkdir(join(folder, STATE_DIR), { recursive: true });
  const ended = controller.ended.then(async (code) => {
    const log = await readFile(join(folder, "controller.log"), "utf8");
    throw new Error(`the controller ended with ${code ?? "a signal"}:\n${log.slice(-2_000)}`);
  });
  const started = until("the controller answers", () => tokenWhenReady(folder, url), {
    withinMs: AT_MOST_MS,
    signal,
  });
  const token = await Promise.race([started, ended]);
  ended.catch(() => undefined); // Later it ends because it is asked to.
  return new ApiClient({ url, token, tokenFrom: null, start: "npm run demo" }, signal);
}

async function tokenWhenReady(folder: string, url: string): Promise<string | undefined> {
  try {
    const answer = await fetch(`${url}/healthz`);
    return answer.ok ? (await readFile(join(folder, STATE_DIR, "api-token"), "utf8")).trim() : undefined;
  } catch {
    return undefined; // The controller does not listen yet.
  }
}

function consoleIn(
  name: string,
  desired: Desired,
  made: DemoWorld,
  simulator: Simulator,
): Pick<Stage, "console" | "consoleKey"> {
  const account = [...desired.accounts.values()].find((one) => one.name === name);
  const key = account === undefined ? undefined : made.console.get(account.id);
  const [region] = account?.regions ?? [];
  if (key === undefined || region === undefined) throw new Error(`there is no account ${name}`);
  return { console: new ConsoleActor(simulator.endpoint, region, key), consoleKey: key };
}
