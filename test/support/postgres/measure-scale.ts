/**
 * node bin/launch.mjs test/support/postgres/measure-scale.ts [ACCOUNTS] [BINDINGS]: the record of 5,000 accounts with 20 bindings each in PostgreSQL, with
 * generated rows of a compiled manifest. It measures the size of the tables, a start, a renewal and the settlements of sweeps, on a server that
 * waits for its disk. It takes some minutes, and needs Debian's package postgresql.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import pg from "pg";
import { desiredOf } from "../../../demo/manifests.ts";
import { PostgresServer } from "../../../demo/replicas/postgres-server.ts";
import { clock, SILENT } from "../../../src/compose/ports.ts";
import { parseDatabaseUrl } from "../../../src/config/state/database-url.ts";
import type { AccountId } from "../../../src/model/aws/ids.ts";
import { emptyKeyRecord, type KeyRecord } from "../../../src/model/keys/key-record.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import { openReplica, type LeasedRecord } from "../../../src/store/postgres/open.ts";
import { INSTANCE } from "../installation/compose.ts";
import { estate, fileOf, functions, keyOf, PROD, READ_ORDERS } from "../installation/estate.ts";
import { REVISION } from "../record/audit-facts.ts";
import { ACCOUNT_RECORD } from "../../store/stored-records.ts";

const [accounts = "5000", bindings = "20"] = process.argv.slice(2);
const ACCOUNTS = Number(accounts);
const OF_EACH = Number(bindings);
const RENEWALS = 200;
const SWEEPS = 1_000;
/** Writing processes are measured in measure-appends.ts; this one has as many settlements under way as passes. */
const PASSES = 8;

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;
const files = estate(functions(["fn-model"], READ_ORDERS));
const model = desiredOf(files, INSTANCE).bindings.get(keyOf("fn-model"));
if (model === undefined) throw new Error("the manifest has no binding");
const text = files[fileOf("fn-model")] ?? "";

const server = await PostgresServer.start();
const folder = mkdtempSync(join(tmpdir(), "scale-"));
const client = new pg.Client({ connectionString: server.url("postgres") });
await client.connect();
try {
  await measure();
} finally {
  await client.end();
  await server.stop();
  rmSync(folder, { recursive: true });
}

async function measure(): Promise<void> {
  console.log(`${ACCOUNTS} accounts, ${ACCOUNTS * OF_EACH} bindings, ${cpus().length} cores`);
  const first = await claimed();
  const written = await timed(() => fill(first));
  console.log(`written in ${(written / 1_000).toFixed(0)} s, by one process`);
  await first.store.close();
  await client.query("VACUUM ANALYZE");
  for (const [name, bytes] of await sizes()) console.log(`table ${name}: ${mib(bytes)} with its indexes`);
  collect();
  const before = process.memoryUsage().heapUsed;
  let record = first;
  const opened = await timed(async () => {
    record = await claimed();
  });
  let kept: unknown[] = [];
  const read = await timed(async () => {
    kept = [await record.store.accounts(), await record.store.keySummaries()];
  });
  collect();
  const heap = process.memoryUsage().heapUsed - before;
  console.log(
    `start: opened and claimed in ${opened.toFixed(0)} ms; accounts and states of ${kept.length === 0 ? 0 : ACCOUNTS * OF_EACH} keys read in ${(read / 1_000).toFixed(1)} s, ${mib(heap)} of heap`,
  );
  const keys = await timed(() => record.store.keys(accountOf(0)));
  console.log(`the complete keys of one account, before its first pass: ${keys.toFixed(0)} ms`);
  await measureRenewals();
  const sweeps = await timed(() => sweep(record));
  const rate = (SWEEPS * 1_000) / sweeps;
  console.log(
    `settlements of sweeps without a change: ${rate.toFixed(0)} a second; ${ACCOUNTS} accounts need ${(ACCOUNTS / 300).toFixed(0)} a second with a sweep each 5 minutes`,
  );
  await record.store.close();
  console.log(`load ${loadavg()[0]?.toFixed(1) ?? "?"}`);
}

async function fill({ settlements }: LeasedRecord): Promise<void> {
  const batch = 25;
  for (let at = 0; at < ACCOUNTS; at += batch) {
    const numbers = Array.from({ length: Math.min(batch, ACCOUNTS - at) }, (_, more) => at + more);
    await settlements.record([], () => ({
      keys: numbers.flatMap(keysOf),
      accounts: numbers.map((number) => ({ ...ACCOUNT_RECORD, accountId: accountOf(number) })),
    }));
  }
}

function keysOf(account: number): readonly KeyRecord[] {
  return Array.from({ length: OF_EACH }, (_, number) => {
    const name = `fn-${account}-${number}`;
    const renamed = (source: string): string =>
      source.replaceAll("fn-model", name).replaceAll(PROD, accountOf(account));
    const binding = JSON.parse(renamed(JSON.stringify(model))) as NonNullable<typeof model>;
    return {
      ...emptyKeyRecord(renamed(keyOf("fn-model")) as Key),
      applied: {
        revision: REVISION,
        sourceText: renamed(text),
        atMs: 0,
        desired: { kind: "binding" as const, binding },
      },
    };
  });
}

function accountOf(number: number): AccountId {
  return String(100_000_000_000 + number) as AccountId;
}

async function claimed(): Promise<LeasedRecord> {
  const parsed = parseDatabaseUrl(server.url("postgres"));
  if (parsed.kind === "err") throw new Error(parsed.error);
  const options = {
    server: {
      ...parsed.value,
      password: () => Promise.resolve(""),
      tls: { kind: "plaintext" as const },
    },
    instance: "bench",
    stateDir: folder,
    clock: null,
    telemetry: SILENT,
    anchors: { file: null, log: false },
  };
  const replica = {
    id: "scale-1",
    host: "scale",
    pid: 1,
    version: "bench",
    catalogueDigest: "c1",
    address: null,
  };
  const opened = await openReplica(options, { replica, clock, steadyMs: () => performance.now() });
  const record = await opened.claim();
  if (record === null) throw new Error("another process has the lease");
  return record;
}

/** Of a replica with a fifth of the accounts: one row is changed, and its accounts are read. */
async function measureRenewals(): Promise<void> {
  await client.query(
    `INSERT INTO assignment SELECT account_id, 1, CASE WHEN row_number() OVER () % 5 = 0 THEN 'scale-1' END FROM accounts`,
  );
  const sql = `WITH renewed AS (
      UPDATE replica SET seen = clock_timestamp(), expires = clock_timestamp() + INTERVAL '30 s' WHERE id = 'scale-1' AND check_timeline() RETURNING id
    ) SELECT a.account_id, a.epoch FROM renewed LEFT JOIN assignment AS a ON a.replica = renewed.id`;
  const times: number[] = [];
  for (let at = 0; at < RENEWALS; at += 1) times.push(await timed(() => client.query(sql)));
  times.sort((one, other) => one - other);
  const at = (part: number): string => (times[Math.floor((times.length - 1) * part)] ?? 0).toFixed(1);
  console.log(
    `renewal of a replica with ${Math.floor(ACCOUNTS / 5)} accounts: middle ${at(0.5)} ms, longest ${at(1)} ms; one each 5 seconds`,
  );
  await client.query("DELETE FROM assignment");
}

/** The account's times change, and none of its keys. */
async function sweep({ settlements }: LeasedRecord): Promise<void> {
  let next = 0;
  const pass = async (): Promise<void> => {
    while (next < SWEEPS) {
      const number = next;
      next += 1;
      const accountId = accountOf(number % ACCOUNTS);
      await settlements.record([], () => ({
        accounts: [{ ...ACCOUNT_RECORD, accountId, lastSweepMs: number }],
      }));
    }
  };
  await Promise.all(Array.from({ length: PASSES }, pass));
}

async function sizes(): Promise<readonly (readonly [string, number])[]> {
  const sql = `SELECT relname AS name, pg_total_relation_size(oid)::FLOAT8 AS bytes FROM pg_class
    WHERE relkind = 'r' AND relname IN ('keys', 'documents', 'accounts') ORDER BY relname`;
  const { rows } = await client.query<{ readonly name: string; readonly bytes: number }>(sql);
  return rows.map(({ name, bytes }) => [name, bytes] as const);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const beganMs = performance.now();
  await work();
  return performance.now() - beganMs;
}

function mib(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(0)} MiB`;
}
