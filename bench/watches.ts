/**
 * `node bin/launch.mjs bench/watches.ts [functions] [watches] [rounds]` measures what lists and open watches cost the event
 * loop that the controller runs on, in a quarter of an hour with the default numbers. Each round does the same first without
 * a client, then with many watches and 50 requests a second, which are sent at this rate also while others have no answer:
 *
 * - `idleCpuMs`: nothing is read, and there are no requests yet. The processor time of the thread in a second.
 * - `passes`: AWS, whose reads take half a second, is read again and again, and nothing has changed. How long each pass takes until
 *   every function is compared, and how late a timer of 5 ms is, as late as a pass starts: the timing of the loop.
 * - `readAgain`: the same once, without that time, so that no wait of the pass hides the work of the watches.
 * - `changed`, `changedBack`: the same after every role has changed, the most that can happen.
 *
 * For these, also the processor time of the thread and the requests of this time (`asked`): a slower machine serves more of
 * them while a pass runs, so their cost, which is measured without a pass, is not that of the loop. Then each client gets its
 * last change. After each round the memory is measured without clients, when what is kept for a few seconds is gone. After the
 * last round, `lasting` is five minutes of such watches and requests while every role changes again and again.
 * The controller runs in this process with its real record and API, and AWS is in its memory; the clients are processes, those that
 * watch with a lower priority. It writes bench/watches.json, in which `verdict` states whether the limits of bench/watch-verdict.ts hold,
 * and ends with 1 if one does not.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as timer } from "node:timers/promises";
import { BASE_PATH } from "../src/api/group.ts";
import { clock, SILENT } from "../src/compose/ports.ts";
import type { Telemetry } from "../src/controller/ports/telemetry.ts";
import type { HttpServer } from "../src/http/server/bare-app.ts";
import { startApi, TOKEN } from "./api.ts";
import { compileAll, parseAll, present } from "./desired.ts";
import { generate } from "./generate.ts";
import { openController, writeRepository } from "./in-process.ts";
import { liveAccounts } from "./live.ts";
import { lateness } from "./lateness.ts";
import { machine } from "./machine.ts";
import { MemoryAws } from "./memory-aws.ts";
import { Clients, type Asked } from "./watching.ts";
import { lastingChanges, memoryMb } from "./watch-lasting.ts";
import {
  missedIn,
  verdictOf,
  type Lasting,
  type Measured,
  type Passes,
  type Phase,
  type Phases,
  type Round,
} from "./watch-verdict.ts";

/** A policy that every role then has in AWS besides the declared ones. */
const EXTRA =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"*"}]}';
const REQUESTS_PER_SECOND = 50;
/** After a pass, until its changes have reached every client. */
const SETTLED_MS = 5_000;
/** After the last request, until nothing is kept for the next one. */
const KEPT_MS = 6_000;
const WITHIN_MS = 600_000;
/** Clients that got no event for this time have got all of them. */
const QUIET_MS = 5_000;
/** A client that reads nothing is dropped within this time. */
const STALLED_MS = 40_000;

/** The least that AWS takes to answer the calls of a sweep. */
const SWEEP_MS = 500;
/** In each part of a round: the 99th percentile of all rounds is then not the slowest pass. */
const PASSES = 34;
const IDLE_MS = 4_000;

const functions = Number(process.argv[2] ?? 1_000);
const watches = Number(process.argv[3] ?? 200);
const rounds = Number(process.argv[4] ?? 3);
const CLIENTS = { token: TOKEN, watches, requestsPerSecond: REQUESTS_PER_SECOND };
/** Before the measurements, as they are load too. */
const measuredOn = machine();
const report = (text: string): void => void process.stderr.write(`${text}\n`);
/** A failed request is no measurement. */
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
const server = await startApi(control, { sessions: open.sessions, telemetry });
while (!control.readiness().ready) await timer(100);
await compared();
const missed = missedIn(await measured(server));
stop.abort();
rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
for (const goal of missed) report(`error: not reached: ${goal}`);
process.exit(missed.length === 0 ? 0 : 1);

/** AWS as it was, again and again, then with another policy in every role, then without it. */
async function changes(name: string, clients: Clients | null): Promise<Omit<Phases, "idleCpuMs">> {
  report(`read again and again, ${name}`);
  const readings = await passes(clients);
  report(`read again, ${name}`);
  const readAgain = await phase(clients);
  await timer(SETTLED_MS);
  const changed = await roleChanges(name, EXTRA, clients);
  const changedBack = await roleChanges(`${name}, back`, null, clients);
  return { passes: readings, readAgain, changed, changedBack };
}

/** Processor time in a second in which no pass runs and no request comes. */
async function idleCpuMs(): Promise<number> {
  const { cpuMs, seconds } = await lateness(() => timer(IDLE_MS));
  return cpuMs / seconds;
}

/** Several passes whose reads take their time, each after a pause in which the clients work. */
async function passes(clients: Clients | null): Promise<Passes> {
  aws.sweepMs = SWEEP_MS;
  await clients?.served();
  const tookMs: number[] = [];
  const { p50Ms, p99Ms, maxMs } = await lateness(async () => {
    for (let pass = 1; pass <= PASSES; pass += 1) {
      const sinceMs = performance.now();
      await compared();
      tookMs.push(performance.now() - sinceMs);
      await timer(200);
    }
  });
  aws.sweepMs = 0;
  return { tookMs, late: { p50Ms, p99Ms, maxMs }, asked: (await clients?.served()) ?? null };
}

async function phase(clients: Clients | null): Promise<Phase> {
  await clients?.served();
  const late = await lateness(compared);
  return { ...late, asked: (await clients?.served()) ?? null };
}

/** Every role is changed in AWS, and each client gets the last of these changes. */
async function roleChanges(name: string, policy: string | null, clients: Clients | null): Promise<Phase> {
  report(`every role changed, ${name}`);
  aws.setExtraPolicy(policy);
  const before = await clients?.asked("events");
  const found = await phase(clients);
  await (clients === null ? timer(SETTLED_MS) : quiet(clients.asked, before));
  return found;
}

async function listTimes(asked: Asked): Promise<object> {
  await timer(SETTLED_MS);
  return {
    firstPage: await lateness(() => asked("page")),
    all: await lateness(() => asked("list")),
    firstPageAfterRead: (await compared(), await timer(SETTLED_MS), await lateness(() => asked("page"))),
  };
}

/** Writes the results after each round. */
async function measured({ url }: HttpServer): Promise<ReturnType<typeof verdictOf>> {
  const lister = clientsOf(url);
  const lists = await listTimes(lister.asked);
  lister.end();
  const found: Round[] = [];
  const stalling = clientsOf(url);
  await stalling.asked("stall");
  const stalledAtMs = performance.now();
  let isStalledDropped: boolean | null = null;
  const written = (minutes: Lasting | null): ReturnType<typeof verdictOf> =>
    write({ rounds: found, lasting: minutes, isStalledDropped: isStalledDropped === true }, lists);
  for (let round = 1; round <= rounds; round += 1) {
    const alone = { idleCpuMs: await idleCpuMs(), ...(await changes(`${round}, alone`, null)) };
    const watched = await watchedRound(url, round);
    await timer(KEPT_MS);
    found.push({ alone, watched, idleMb: memoryMb() });
    if (round === 1) await timer(Math.max(0, STALLED_MS - (performance.now() - stalledAtMs)));
    isStalledDropped ??= (await stalling.asked("dropped")) === true;
    written(null);
  }
  report("every role changed again and again");
  return written(await lasting(url));
}

function clientsOf(url: string): Clients {
  return new Clients({ ...CLIENTS, url: `${url}${BASE_PATH}` });
}

function write(all: Measured, lists: object): ReturnType<typeof verdictOf> {
  const verdict = verdictOf(all);
  report(JSON.stringify(verdict, null, 2));
  const { lasting: minutes, rounds: each } = all;
  const at = new Date().toISOString();
  const results = {
    at,
    machine: measuredOn,
    functions,
    watches,
    verdict,
    lists,
    lasting: minutes,
    rounds: each,
  };
  writeFileSync(new URL("watches.json", import.meta.url), `${JSON.stringify(results, null, 2)}\n`);
  return verdict;
}

async function watchedRound(url: string, round: number): Promise<Round["watched"]> {
  const clients = clientsOf(url);
  const { asked, served } = clients;
  const opening = await lateness(() => asked("watch"));
  const idle = await idleCpuMs();
  await clients.startRequests();
  const { cpuMs } = await lateness(() => timer(SETTLED_MS));
  const withoutPass = await served();
  const requestCpuMs = cpuMs / withoutPass.answered;
  const late = await changes(`${round}, watched`, clients);
  const watchedMb = memoryMb();
  const events = await asked("events");
  const ended = Number(await asked("ended"));
  clients.end();
  return { opening, idleCpuMs: idle, ...late, withoutPass, requestCpuMs, events, ended, watchedMb };
}

async function lasting(url: string): Promise<Lasting> {
  const clients = clientsOf(url);
  await clients.asked("watch");
  await clients.startRequests();
  const change = async (count: number): Promise<void> => {
    const before = await clients.asked("events");
    aws.setExtraPolicy(count % 2 === 0 ? EXTRA : null);
    await compared();
    await quiet(clients.asked, before);
  };
  const found = await lastingChanges(clients, change, functions);
  clients.end();
  return found;
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

/** AWS is read, and every function is compared. */
async function compared(): Promise<void> {
  const sinceMs = performance.now();
  const started = await control.reconcile({ kind: "all" }, "bench");
  if (started.kind === "err") throw new Error(started.error.message);
  const { token } = started.value;
  while (!present(control.reconciled(token)).done) {
    if (performance.now() - sinceMs > WITHIN_MS) throw new Error("the functions were not compared");
    await timer(20);
  }
}
