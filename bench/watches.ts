/**
 * `node bin/launch.mjs bench/watches.ts [functions] [watches] [rounds]` measures what lists and open watches cost the event
 * loop that the controller runs on: how late a timer of 5 ms is while AWS is read again, and while every role was changed in
 * AWS, and how long it takes until every function is compared. Each round measures first without a client, then with many
 * watches and 50 requests a second, until each client has the last change. Also how long those requests take meanwhile.
 * The controller runs in this process with its real record and API, and reads AWS from memory; the clients are in threads.
 * It writes bench/watches.json.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as timer } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
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
/** A client that reads nothing is dropped within this time. */
const STALLED_MS = 40_000;

const functions = Number(process.argv[2] ?? 10_000);
const watches = Number(process.argv[3] ?? 200);
const rounds = Number(process.argv[4] ?? 3);
/** Before the measurements, as they are load too. */
const measuredOn = machine();
const report = (text: string): void => void process.stderr.write(`${text}\n`);
/** A failed request is no measurement. */
const telemetry: Telemetry = {
  ...SILENT,
  error: (text, fields) => report(`${text} ${JSON.stringify(fields)}`),
};
/** The policy that every role has in AWS besides the declared ones. */
let extra: string | null = null;
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

/** What this thread holds after a collection: the clients are in others. */
function memoryMb(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  return Math.round((heapUsed + external) / 1_000_000);
}

interface Phase extends Lateness {
  /** Until every function was compared. */
  readonly comparedMs: number;
}

async function phase(name: string, work: () => Promise<number>): Promise<Phase> {
  report(name);
  let comparedMs = 0;
  const late = await lateness(async () => void (comparedMs = await work()));
  return { ...late, comparedMs: Math.round(comparedMs) };
}

/** AWS as it was, then with another state of every role, until these clients have the last change. */
type Asked = (task: ClientTask) => Promise<unknown>;

async function changes(name: string, asked: Asked | null) {
  const readAgain = await phase(`read again, ${name}`, compared);
  const changed = await phase(`every role changed, ${name}`, async () => {
    extra = extra === null ? EXTRA : null;
    aws.setExtraPolicy(extra);
    const before = await asked?.("events");
    const comparedMs = await compared();
    await (asked === null ? timer(QUIET_MS) : quiet(asked, before));
    return comparedMs;
  });
  return { readAgain, changed };
}

async function listTimes(asked: Asked): Promise<object> {
  return {
    firstPage: await lateness(() => asked("page")),
    all: await lateness(() => asked("list")),
    firstPageAfterRead: (await compared(), await lateness(() => asked("page"))),
  };
}

async function measured({ url }: HttpServer): Promise<object> {
  const lister = startClients(url);
  const lists = await listTimes((task) => answerOf(lister, task));
  await lister.terminate();
  const found: object[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const alone = await changes(`${round}, alone`, null);
    const beforeMb = memoryMb();
    found.push({ alone, watched: await watchedRound(url, round), memory: { beforeMb, afterMb: memoryMb() } });
  }
  return { at: new Date().toISOString(), machine: measuredOn, functions, watches, lists, rounds: found };
}

async function watchedRound(url: string, round: number): Promise<object> {
  // The requests are in a thread of their own: the watches keep theirs busy.
  const [watching, asking, stalling] = [startClients(url), startClients(url), startClients(url)];
  const asked: Asked = (task) => answerOf(watching, task);
  await answerOf(stalling, "stall");
  const stalledAtMs = performance.now();
  const opening = await lateness(() => asked("watch"));
  await answerOf(asking, "ask");
  const late = await changes(`${round}, watched`, asked);
  const requests = await answerOf(asking, "timings");
  const watchedMb = memoryMb();
  const events = await asked("events");
  const ended = await asked("ended");
  await timer(Math.max(0, STALLED_MS - (performance.now() - stalledAtMs)));
  const isStalledDropped = await answerOf(stalling, "dropped");
  await Promise.all([watching.terminate(), asking.terminate(), stalling.terminate()]);
  return { opening, ...late, requests, events, ended, watchedMb, isStalledDropped };
}

/** Until these clients get no more events, of which there is at least one. */
async function quiet(asked: Asked, eventsBefore: unknown): Promise<void> {
  const untilMs = performance.now() + WITHIN_MS;
  let last = eventsBefore;
  for (;;) {
    await timer(QUIET_MS);
    const now = await asked("events");
    if (now === last && now !== eventsBefore) return;
    if (performance.now() > untilMs) throw new Error("the clients have no changes");
    last = now;
  }
}

/** AWS is read, every function is compared, and the clients had time for what has changed. @returns until it was compared */
async function compared(): Promise<number> {
  const sinceMs = performance.now();
  const started = await control.reconcile({ kind: "all" }, "bench");
  if (started.kind === "err") throw new Error(started.error.message);
  const { token } = started.value;
  while (!present(control.reconciled(token)).done) {
    if (performance.now() - sinceMs > WITHIN_MS) throw new Error("the functions were not compared");
    await timer(20);
  }
  const tookMs = performance.now() - sinceMs;
  await timer(SETTLED_MS);
  return tookMs;
}
