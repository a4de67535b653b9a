/**
 * `node bin/launch.mjs bench/watches.ts [bindings] [watches]` measures what open watches cost the event loop that the
 * controller runs on: how late a timer of 5 ms is while nothing is watched, while many watches are open and AWS is read
 * again, and while every binding changes. The clients are in a thread of their own. It writes bench/watches.json.
 */
import { writeFileSync } from "node:fs";
import { setImmediate as turn } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { BASE_PATH } from "../src/api/group.ts";
import { parseKey, type Key } from "../src/model/keys/key.ts";
import { manifest } from "../test/support/screens/api-world.ts";
import {
  LOCAL_TOKEN,
  READER_TOKEN,
  startTestServer,
  type TestServer,
} from "../test/support/screens/http-server.ts";
import { record, view } from "../test/support/screens/world-states.ts";
import { happen } from "../test/support/kubernetes/watching.ts";
import { tenths } from "./measure.ts";

interface Lateness {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly seconds: number;
  readonly cpuMs: number;
}

const count = Number(process.argv[2] ?? 10_000);
const watches = Number(process.argv[3] ?? 200);
const TIMER_MS = 5;
const SECONDS = 12;

const keys = Array.from({ length: count }, (_, at): Key => {
  const key = parseKey(`function/111122223333/eu-west-1/team-${at % 40}/function-${at}`);
  if (key === undefined) throw new Error("not a key");
  return key;
});
const nameOf = (at: number): Parameters<typeof manifest>[0] => ({
  namespace: `team-${at % 40}`,
  name: `function-${at}`,
});

const server = await startTestServer({
  state: {
    objects: keys.map((key, at) => manifest({ ...nameOf(at), keys: [key] })),
    records: keys.map((key) => record(key)),
    views: new Map(keys.map((key) => [key, view(key)])),
  },
});
try {
  const results = await measured(server);
  const text = `${JSON.stringify(results, null, 2)}\n`;
  writeFileSync(new URL("watches.json", import.meta.url), text);
  process.stdout.write(text);
} finally {
  await server.close();
}

async function measured(of: TestServer): Promise<object> {
  const clients = new Worker(new URL("watches-clients.ts", import.meta.url), {
    workerData: { url: `${of.url}${BASE_PATH}`, tokens: [LOCAL_TOKEN, READER_TOKEN], watches },
  });
  const asked = (what: string): Promise<unknown> => {
    const answer = new Promise((resolve) => clients.once("message", resolve));
    clients.postMessage(what);
    return answer;
  };
  const unwatched = await lateness(of, { isChanging: false });
  const list = await during(() => asked("list"));
  const opening = await during(() => asked("open"));
  const readAgain = await lateness(of, { isChanging: false });
  const changing = await lateness(of, { isChanging: true });
  const events = await asked("count");
  await clients.terminate();
  const memoryMb = Math.round(process.memoryUsage().rss / 1_000_000);
  return {
    at: new Date().toISOString(),
    bindings: count,
    watches,
    unwatched,
    list,
    opening,
    readAgain,
    changing,
    events,
    memoryMb,
  };
}

/** AWS is read again, and either nothing or every binding has changed. */
async function lateness(of: TestServer, { isChanging }: { readonly isChanging: boolean }): Promise<Lateness> {
  const views = await readAgain(of);
  const records = isChanging ? await changed() : null;
  return during(async () => {
    happen(of, { views, ...(records !== null && { records }) });
    await new Promise((resolve) => setTimeout(resolve, SECONDS * 1_000));
  });
}

/** In turns, as a pass does: the cost of the benchmark itself is no lateness of the server. */
async function inTurns<Item, Made>(items: Iterable<Item>, make: (item: Item) => Made): Promise<Made[]> {
  const all: Made[] = [];
  for (const item of items) {
    all.push(make(item));
    if (all.length % 50 === 0) await turn();
  }
  return all;
}

async function readAgain({ control }: TestServer): Promise<TestServer["control"]["state"]["views"]> {
  const readAt = new Date(Date.now()).toISOString();
  return new Map(await inTurns(control.state.views, ([key, one]) => [key, { ...one, readAt }] as const));
}

function changed(): Promise<ReturnType<typeof record>[]> {
  return inTurns(keys, (key) => record(key, { sync: "OutOfSync" }));
}

async function during(work: () => Promise<unknown>): Promise<Lateness> {
  const late: number[] = [];
  const beganMs = performance.now();
  const before = process.cpuUsage();
  let isOver = false;
  const measuring = (async () => {
    while (!isOver) {
      const dueMs = performance.now() + TIMER_MS;
      await new Promise((resolve) => setTimeout(resolve, TIMER_MS));
      late.push(Math.max(0, performance.now() - dueMs));
    }
  })();
  await work();
  isOver = true;
  await measuring;
  const { user, system } = process.cpuUsage(before);
  const sorted = late.toSorted((a, b) => a - b);
  const at = (part: number): number => tenths(sorted[Math.floor((sorted.length - 1) * part)] ?? 0);
  return {
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    maxMs: at(1),
    seconds: tenths((performance.now() - beganMs) / 1_000),
    cpuMs: Math.round((user + system) / 1_000),
  };
}
