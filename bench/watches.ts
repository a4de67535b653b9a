/**
 * `node bin/launch.mjs bench/watches.ts [functions] [watches]` measures what lists and open watches cost the event loop that
 * the controller runs on: how late a timer of 5 ms is while AWS is read again, and while every role was changed in AWS,
 * first without a client, then with many watches and 50 requests a second, until each client has the last change.
 * Also how long those requests take meanwhile. The controller runs in this process with its
 * real record and API, and reads AWS from memory; the clients are in a thread. It writes bench/watches.json.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as timer } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { BASE_PATH } from "../src/api/group.ts";
import { clock, SILENT } from "../src/compose/ports.ts";
import type { Telemetry } from "../src/controller/ports/telemetry.ts";
import type { Control } from "../src/controller/ports/control.ts";
import { startHttp } from "../src/http/start.ts";
import type { HttpServer } from "../src/http/server/bare-app.ts";
import { compileAll, parseAll, present } from "./desired.ts";
import { generate } from "./generate.ts";
import { openController, writeRepository, type OpenController } from "./in-process.ts";
import { liveAccounts } from "./live.ts";
import { lateness, type Lateness } from "./lateness.ts";
import { machine } from "./machine.ts";
import { MemoryAws } from "./memory-aws.ts";
import type { ClientTask, WatchClients } from "./watch-clients.ts";

const TOKEN = "bench-token-0123456789abcdef01234567";
const EXTRA =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"*"}]}';
const REQUESTS_PER_SECOND = 50;
/** After a pass, until its changes have reached every client. */
const SETTLED_MS = 8_000;
const WITHIN_MS = 600_000;
/** Clients that got no event for this time have got all of them. */
const QUIET_MS = 5_000;

const functions = Number(process.argv[2] ?? 10_000);
const watches = Number(process.argv[3] ?? 200);
/** Before the measurements, as they are load too. */
const measuredOn = machine();
const report = (text: string): void => void process.stderr.write(`${text}\n`);
/** What fails is no measurement. */
const telemetry: Telemetry = {
  ...SILENT,
  error: (text, fields) => report(`${text} ${JSON.stringify(fields)}`),
};
const folder = mkdtempSync(join(tmpdir(), "grantkeeper-bench-"));

report("start");
const files = generate(functions);
writeRepository(folder, files);
const aws = new MemoryAws(liveAccounts(compileAll(parseAll(files)).desired, "converged"), clock);
const open = openController(folder, { aws, telemetry, mode: "observe" });
const stop = new AbortController();
void open.controller.run(stop.signal);
const { control } = open.controller;
const server = await startApi(control, open.sessions);
while (!control.readiness().ready) await timer(100);
await compared();
const results = await measured(server);
const text = `${JSON.stringify(results, null, 2)}\n`;
writeFileSync(new URL("watches.json", import.meta.url), text);
process.stdout.write(text);
stop.abort();
rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
process.exit(0);

function startApi(of: Control, sessions: OpenController["sessions"]): Promise<HttpServer> {
  return startHttp({
    host: "127.0.0.1",
    port: 0,
    control: of,
    tokens: [],
    localToken: TOKEN,
    webhooks: { platform: { name: "permissions", namespace: null, senders: {} }, namespaces: [] },
    metrics: async () => "",
    page: { folder: "/nonexistent", instance: "bench", sessions, publicUrl: null, oidc: null },
    tenantPath: "teams",
    manifestSchemas: async () => ({}),
    telemetry,
    clock,
    limits: { requestsPerMinute: 1_000_000, perToken: 512 },
  });
}

function startClients(url: string): Worker {
  const workerData: WatchClients = {
    url: `${url}${BASE_PATH}`,
    token: TOKEN,
    watches,
    requestsPerSecond: REQUESTS_PER_SECOND,
  };
  return new Worker(new URL("watch-clients.ts", import.meta.url), { workerData });
}

async function answerOf(clients: Worker, task: ClientTask): Promise<unknown> {
  const answer = new Promise((resolve) => void clients.once("message", resolve));
  // eslint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  clients.postMessage(task);
  return answer;
}

function memoryMb(): number {
  return Math.round(process.memoryUsage().rss / 1_000_000);
}

async function measured({ url }: HttpServer): Promise<object> {
  const [watching, asking] = [startClients(url), startClients(url)];
  const asked = (task: ClientTask): Promise<unknown> => answerOf(watching, task);
  const phase = async (name: string, work: () => Promise<unknown>): Promise<Lateness> => {
    report(name);
    return lateness(work);
  };
  const alone = {
    readAgain: await phase("read again", compared),
    changed: await phase("every role changed", () => everyRoleChanged(EXTRA)),
  };
  const lists = {
    firstPage: await phase("page", () => asked("page")),
    all: await phase("list", () => asked("list")),
    firstPageAfterRead: (await compared(), await phase("page after a read", () => asked("page"))),
  };
  const memoryBeforeMb = memoryMb();
  await asked("stall");
  const opening = await phase("open watches", () => asked("watch"));
  // The requests are in a thread of their own: the watches keep theirs busy.
  await answerOf(asking, "ask");
  const requests = async (work: () => Promise<unknown>): Promise<object> => {
    await answerOf(asking, "timings");
    const late = await work();
    return { late, requests: await answerOf(asking, "timings") };
  };
  const watched = {
    readAgain: await requests(() => phase("read again, watched", compared)),
    changed: await requests(() =>
      phase("every role changed, watched", async () => {
        await everyRoleChanged(null);
        await quiet(asked);
      }),
    ),
  };
  const events = await asked("events");
  const ended = await asked("ended");
  const isStalledDropped = await asked("dropped");
  const memory = { beforeMb: memoryBeforeMb, afterMb: memoryMb() };
  await Promise.all([watching.terminate(), asking.terminate()]);
  const at = new Date().toISOString();
  return {
    at,
    machine: measuredOn,
    functions,
    watches,
    alone,
    lists,
    opening,
    watched,
    events,
    ended,
    isStalledDropped,
    memory,
  };
}

async function everyRoleChanged(extra: string | null): Promise<void> {
  aws.setExtraPolicy(extra);
  await compared();
}

/** Until the clients get no more events: the end of the changes. */
async function quiet(asked: (task: ClientTask) => Promise<unknown>): Promise<void> {
  for (let before: unknown = null, now = await asked("events"); now !== before; now = await asked("events")) {
    before = now;
    await timer(QUIET_MS);
  }
}

/** AWS is read, every function is compared, and the clients have what has changed. */
async function compared(): Promise<void> {
  const started = await control.reconcile({ kind: "all" }, "bench");
  if (started.kind === "err") throw new Error(started.error.message);
  const { token } = started.value;
  const deadlineMs = performance.now() + WITHIN_MS;
  while (!present(control.reconciled(token)).done) {
    if (performance.now() > deadlineMs) throw new Error("the functions were not compared");
    await timer(100);
  }
  await timer(SETTLED_MS);
}
