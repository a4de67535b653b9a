/**
 * Measures whether requests delay the renewals of a lease: `node bin/launch.mjs test/support/replicas/measure-renewals.ts`, in about two
 * minutes. One replica with 300 functions renews its lease for 45 seconds without requests, and for 45 seconds with 50 a second, which
 * are answered from its memory and from PostgreSQL. The times of the renewals are those of the database.
 */
import { loadavg } from "node:os";
import { setTimeout as timer } from "node:timers/promises";
import pg from "pg";
import { estate, functions, READ_ORDERS } from "../installation/estate.ts";
import { Cluster } from "../postgres/cluster.ts";
import { Replicas, TOKEN, type Replica } from "./replicas.ts";

const FUNCTIONS = 300;
const MEASURED_MS = 45_000;
const PER_SECOND = 50;
const POLL_MS = 10;
const TERM_S = 30;
const API = "/apis/grantkeeper.dev/v1alpha1";
/** Reads of the database, and in each 5 seconds all large lists. */
const READS = [`${API}/events?limit=100`, `${API}/replicas`, `${API}/overview`, `${API}/events/1`];
const LISTS = [
  `${API}/bindings`,
  `${API}/permissions`,
  `${API}/functionpermissions`,
  `${API}/timeline?range=7d`,
  `${API}/plans`,
];
const LIST_EVERY = 50;

const names = Array.from({ length: FUNCTIONS }, (_, at) => `fn-${at}`);
const files = estate(functions(names, READ_ORDERS));
const cluster = await Cluster.start();
const replicas = await Replicas.open(cluster, files, { deployed: files });
try {
  const replica = await replicas.active([await replicas.start()]);
  await replicas.approveAll(replica);
  await replicas.converged(names.at(-1) ?? "");
  console.log(`without requests: ${await renewals(MEASURED_MS)}`);
  const [shown, answers] = await Promise.all([renewals(MEASURED_MS), request(replica, MEASURED_MS)]);
  console.log(`with ${PER_SECOND} requests a second: ${shown}`);
  console.log(answers);
} finally {
  await replicas.close();
  await cluster.stop();
}

/** How long the lease had left before each renewal, and between which times it was renewed. */
async function renewals(forMs: number): Promise<string> {
  const client = new pg.Client({ connectionString: replicas.databaseUrl });
  await client.connect();
  const sql = `SELECT (extract(epoch FROM expires) - ${TERM_S})::FLOAT8 AS renewed FROM lease`;
  const times = new Set<number>();
  const endMs = performance.now() + forMs;
  while (performance.now() < endMs) {
    const { rows } = await client.query<{ readonly renewed: number }>(sql);
    for (const { renewed } of rows) times.add(renewed);
    await timer(POLL_MS);
  }
  await client.end();
  const sorted = [...times].toSorted((one, other) => one - other);
  const between = sorted.slice(1).map((time, at) => time - (sorted[at] ?? time));
  const [least, most] = [Math.min(...between), Math.max(...between)];
  return `${between.length} renewals, ${least.toFixed(2)} to ${most.toFixed(2)} s after the one before (load ${loadavg()[0]?.toFixed(1) ?? "?"})`;
}

/** At a fixed rate: a slow answer does not make the next request later. */
async function request({ url }: Replica, forMs: number): Promise<string> {
  const waits: number[] = [];
  const statuses = new Map<number, number>();
  const pending: Promise<void>[] = [];
  const answer = async (path: string): Promise<void> => {
    const { status, ms } = await askOnce(`${url}${path}`);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    waits.push(ms);
  };
  const beganMs = performance.now();
  for (let sent = 0; performance.now() - beganMs < forMs; sent += 1) {
    await timer(Math.max(0, beganMs + (sent * 1_000) / PER_SECOND - performance.now()));
    pending.push(answer(pathOf(sent)));
  }
  await Promise.all(pending);
  waits.sort((one, other) => one - other);
  const at = (part: number): string => (waits[Math.floor((waits.length - 1) * part)] ?? 0).toFixed(0);
  const shown = [...statuses].map(([status, count]) => `${count} with ${status || "no answer"}`).join(", ");
  return `answers: ${shown}; middle ${at(0.5)} ms, 99th percentile ${at(0.99)} ms, longest ${at(1)} ms`;
}

function pathOf(request: number): string {
  const list = LISTS[(request / LIST_EVERY) % LISTS.length];
  return list ?? READS[request % READS.length] ?? "";
}

async function askOnce(url: string): Promise<{ readonly status: number; readonly ms: number }> {
  const beganMs = performance.now();
  const headers = { authorization: `Bearer ${TOKEN}` };
  const status = await fetch(url, { headers, signal: AbortSignal.timeout(60_000) }).then(
    async (answer) => {
      await answer.arrayBuffer();
      return answer.status;
    },
    () => 0,
  );
  return { status, ms: performance.now() - beganMs };
}
