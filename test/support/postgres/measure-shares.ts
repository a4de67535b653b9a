/**
 * node bin/launch.mjs test/support/postgres/measure-shares.ts [ACCOUNTS] [REPLICAS]: the leases of 5,000 accounts that five replicas share, against a
 * PostgreSQL server that waits for its disk, without any work in AWS: how long an assignment and the loss of a replica take, and what the
 * renewals and the looks of each second cost the server. It takes a minute, and needs Debian's package postgresql.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as timer } from "node:timers/promises";
import pg from "pg";
import { PostgresServer } from "../../../demo/replicas/postgres-server.ts";
import { clock, SILENT } from "../../../src/compose/ports.ts";
import { parseDatabaseUrl } from "../../../src/config/state/database-url.ts";
import { accountsToAssign, shareOf } from "../../../src/controller/assigned/shares.ts";
import type { InForce } from "../../../src/controller/ports/assigned/in-force.ts";
import type { AccountId } from "../../../src/model/aws/ids.ts";
import { digestOf } from "../../../src/model/values/digest.ts";
import { openReplica, type AssignedRecord, type LeasedRecord } from "../../../src/store/postgres/open.ts";

const [accounts = "5000", replicas = "5"] = process.argv.slice(2);
const STANDBYS = Number(replicas) - 1;
const IDS = Array.from(
  { length: Number(accounts) },
  (_, number) => String(100_000_000_000 + number) as AccountId,
);
const OBSERVED_MS = 30_000;
const LOOK_MS = 1_000;
const QUEUES_MS = 10_000;
const IN_FORCE: InForce = {
  digest: digestOf("in force"),
  revisions: {},
  version: "bench",
  catalogueDigest: "c1",
  references: [],
};

type Standby = AssignedRecord & { readonly id: string; readonly look: () => Promise<unknown> };

const server = await PostgresServer.start();
const folder = mkdtempSync(join(tmpdir(), "shares-"));
const client = new pg.Client({ connectionString: server.url("postgres") });
await client.connect();
const traffic = { bytes: 0 };
/** Counts what the replicas and the server send to each other. */
const counter = createServer((near) => {
  const far = connect(join(server.folder, ".s.PGSQL.5432"));
  for (const socket of [near, far]) socket.on("error", () => socket.destroy());
  near.on("data", ({ length }) => (traffic.bytes += length)).pipe(far);
  far.on("data", ({ length }) => (traffic.bytes += length)).pipe(near);
});
await new Promise<void>((listening) => {
  counter.listen(join(folder, ".s.PGSQL.5432"), listening);
});
try {
  await measure();
} finally {
  await client.end();
  counter.close();
  await server.stop();
  rmSync(folder, { recursive: true });
}

async function measure(): Promise<void> {
  console.log(`${IDS.length} accounts, ${STANDBYS + 1} replicas, ${cpus().length} cores`);
  const active = await (await opened("active")).claim();
  if (active === null) throw new Error("another process has the lease");
  await active.inForce.publish(IN_FORCE);
  const standbys: Standby[] = [];
  for (let number = 1; number <= STANDBYS; number += 1) standbys.push(await joined(`standby-${number}`));
  console.log(`all accounts assigned in ${seconds(await timed(() => share(active)))}`);
  await learned(standbys);

  await observe(active, standbys);
  await loseOne(active, standbys);
  for (const { store } of standbys) await store.close();
  await active.store.close();
  console.log(`load ${loadavg()[0]?.toFixed(1) ?? "?"}`);
}

/** As a replica renews its lease each five seconds and looks each second, without a pass. */
async function observe(active: LeasedRecord, standbys: readonly Standby[]): Promise<void> {
  const before = await counted();
  const ending = AbortSignal.timeout(OBSERVED_MS);
  await Promise.all([
    repeatedly(() => lookAsActive(active), { everyMs: LOOK_MS, ending }),
    repeatedly(() => active.eventFacts.writeQueues([]), { everyMs: QUEUES_MS, ending }),
    ...standbys.map(({ look }) => repeatedly(look, { everyMs: LOOK_MS, ending })),
  ]);
  const after = await counted();
  const rate = (name: keyof typeof before): number => ((after[name] - before[name]) * 1_000) / OBSERVED_MS;
  console.log(
    `idle: ${rate("transactions").toFixed(0)} transactions a second, ${kib(rate("bytes"))} a second between replicas and server, ${rate("wal").toFixed(0)} bytes of the write-ahead log a second`,
  );
}

async function lookAsActive({ assigner, memories }: LeasedRecord): Promise<void> {
  await assigner.holders();
  await memories.read(() => undefined);
}

/** From the end of its lease, which is 30 s after its last renewal. */
async function loseOne(active: LeasedRecord, standbys: readonly Standby[]): Promise<void> {
  const [lost] = standbys;
  await client.query("UPDATE replica SET expires = '-infinity' WHERE id = $1", [lost?.id]);
  const withdrawn = await timed(() =>
    client.query("SELECT withdraw_assignments((SELECT epoch FROM lease WHERE name = 'controller'))"),
  );
  const shared = await timed(() => share(active));
  const known = await timed(() => learned(standbys.slice(1)));
  console.log(
    `a lost replica: its accounts withdrawn in ${seconds(withdrawn)}, assigned to the others in ${seconds(shared)}, and known to them after another ${seconds(known)}`,
  );
}

/** As `AccountSharing` does. */
async function share({ assigner }: LeasedRecord): Promise<void> {
  const holders = await assigner.holders();
  await assigner.limit(shareOf(IDS.length, holders.length));
  for (const [replica, wanted] of accountsToAssign(IDS, holders)) await assigner.assign(replica, wanted);
}

/** Until their renewals have read all that the database has. */
async function learned(standbys: readonly Standby[]): Promise<void> {
  const has = async ({ id, assigned }: Standby): Promise<boolean> => {
    const rows = await client.query("SELECT 1 FROM assignment WHERE replica = $1", [id]);
    return rows.rows.length === assigned.accounts.length;
  };
  for (const standby of standbys) while (!(await has(standby))) await timer(50);
}

async function joined(id: string): Promise<Standby> {
  const replica = await opened(id);
  if ((await replica.claim()) !== null) throw new Error("no replica was active");
  await replica.followed.report({ digest: IN_FORCE.digest, reason: null });
  const record = await replica.join();
  const look = async (): Promise<void> => {
    const { accounts: own } = record.assigned;
    await replica.followed.inForce();
    await record.eventFacts.queues();
    await record.eventFacts.accounts(own);
    await record.due.read(own);
  };
  return { ...record, id, look };
}

async function opened(id: string) {
  const parsed = parseDatabaseUrl(`postgresql://grantkeeper@/postgres?host=${encodeURIComponent(folder)}`);
  if (parsed.kind === "err") throw new Error(parsed.error);
  const tls = { kind: "plaintext" as const };
  const options = {
    server: { ...parsed.value, password: () => Promise.resolve(""), tls },
    instance: "bench",
    stateDir: folder,
    clock: null,
    telemetry: SILENT,
    anchors: { file: null, log: false },
  };
  const replica = { id, host: id, pid: 1, version: "bench", catalogueDigest: "c1", address: null };
  return openReplica(options, { replica, clock, steadyMs: () => performance.now() });
}

async function repeatedly(
  work: () => Promise<unknown>,
  { everyMs, ending }: { readonly everyMs: number; readonly ending: AbortSignal },
): Promise<void> {
  while (!ending.aborted) {
    await work();
    await timer(everyMs, undefined, { signal: ending }).catch(() => undefined);
  }
}

async function counted() {
  const { rows } = await client.query<{ readonly transactions: number; readonly wal: number }>(
    `SELECT sum(xact_commit)::FLOAT8 AS transactions, (pg_current_wal_lsn() - '0/0'::pg_lsn)::FLOAT8 AS wal
      FROM pg_stat_database WHERE datname = current_database()`,
  );
  const [row] = rows;
  return { transactions: row?.transactions ?? 0, wal: row?.wal ?? 0, bytes: traffic.bytes };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const beganMs = performance.now();
  await work();
  return performance.now() - beganMs;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`;
}

function kib(bytes: number): string {
  return `${(bytes / 1_024).toFixed(0)} KiB`;
}
