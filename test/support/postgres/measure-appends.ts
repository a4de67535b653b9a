/**
 * node bin/launch.mjs test/support/postgres/measure-appends.ts [CLONE]: how many entries of the record four processes append in a second to one
 * PostgreSQL server on this machine, which waits for its disk. It needs Debian's package postgresql. With another clone, such as
 * that of an earlier commit in which `npm ci` ran, the two stores are measured in turns, and the middle of three counts.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { PostgresServer } from "../../../demo/replicas/postgres-server.ts";
import type { AuditLog } from "../../../src/controller/ports/audit-log.ts";
import { SILENT } from "../../../src/compose/ports.ts";
import { parseDatabaseUrl } from "../../../src/config/state/database-url.ts";
import type * as postgres from "../../../src/store/postgres/open.ts";
import { finish, intent } from "../record/audit-facts.ts";

const HERE = fileURLToPath(new URL("../../..", import.meta.url));
const WRITERS = 4;
const DURATION_MS = 4_000;
const ROUNDS = 3;
const LOADS = [
  { entries: "entries of 1.2 KB", callers: 1 },
  { entries: "entries of 1.2 KB", callers: 8 },
  { entries: "intents with a policy of 1.2 KB, and outcomes", callers: 1 },
  { entries: "intents with a policy of 1.2 KB, and outcomes", callers: 8 },
] as const;

type Load = (typeof LOADS)[number];

interface Message {
  readonly entries: number;
}

const [first, url, stateDir, number] = process.argv.slice(2);
if (url === undefined || stateDir === undefined) await measureAll(first ?? null);
else await write(first ?? HERE, { url, stateDir }, LOADS[Number(number)] ?? LOADS[0]);

async function measureAll(other: string | null): Promise<void> {
  const sides = other === null ? [HERE] : [resolve(other), HERE];
  console.log(
    `${WRITERS} writing processes, ${cpus().length} cores, entries a second${other === null ? "" : ` of ${other}, and of this clone`}`,
  );
  for (const [at, load] of LOADS.entries()) {
    const rates = sides.map((): number[] => []);
    for (let round = 0; round < (other === null ? 1 : ROUNDS); round += 1)
      for (const [side, clone] of sides.entries()) rates[side]?.push(await measureOn(clone, at));
    const shown = rates.map((each) => Math.round(middle(each))).join(" and ");
    const waiting = load.callers === 1 ? "one at a time" : `${load.callers} callers in each`;
    console.log(`${load.entries}, ${waiting}: ${shown} (load ${loadavg()[0]?.toFixed(1) ?? "?"})`);
  }
}

/** With an empty database, so that no measurement has the rows of the one before. */
async function measureOn(clone: string, load: number): Promise<number> {
  const server = await PostgresServer.start();
  const folder = mkdtempSync(join(tmpdir(), "appends-"));
  try {
    const database = server.url("postgres");
    // The first start creates the tables and the key.
    await (await openRecord(clone, { url: database, stateDir: folder })).store.close();
    return await measure([clone, database, folder, String(load)]);
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true });
  }
}

async function measure(values: readonly string[]): Promise<number> {
  const file = fileURLToPath(import.meta.url);
  const writers = Array.from({ length: WRITERS }, () => fork(file, [...values]));
  await Promise.all(writers.map((writer) => once(writer, "message")));
  const results = writers.map(async (writer) => {
    const ended = once(writer, "exit");
    const [message] = (await once(writer, "message")) as [Message];
    await ended;
    return message.entries;
  });
  for (const writer of writers) writer.send("go");
  const entries = (await Promise.all(results)).reduce((sum, each) => sum + each, 0);
  return entries / (DURATION_MS / 1_000);
}

interface Place {
  readonly url: string;
  readonly stateDir: string;
}

/** One writer: its callers wait for their own entry each, as an intent must be durable before its call. */
async function write(clone: string, place: Place, load: Load): Promise<void> {
  const { audit, store } = await openRecord(clone, place);
  const append = load === LOADS[0] || load === LOADS[1] ? appendText : appendWrite;
  process.send?.("ready");
  await once(process, "message");
  const endMs = performance.now() + DURATION_MS;
  let entries = 0;
  const caller = async (): Promise<void> => {
    while (performance.now() < endMs) entries += await append(audit);
  };
  await Promise.all(Array.from({ length: load.callers }, caller));
  process.send?.({ entries });
  await store.close();
  process.disconnect();
}

/** @returns the number of entries */
async function appendText(audit: AuditLog): Promise<number> {
  await audit.append([{ kind: "stopped", version: "bench", reason: "x".repeat(1_200) }]);
  return 1;
}

/** Each policy is another one. @returns the number of entries */
async function appendWrite(audit: AuditLog): Promise<number> {
  const after = JSON.stringify({ Sid: String(Math.random()), Resource: "x".repeat(1_200) });
  const input = { RoleName: "orders-api-eu-west-1", PolicyName: "grantkeeper", PolicyDocument: after };
  const [entry] = await audit.append([intent({ input, after })]);
  if (entry !== undefined) await audit.append([finish(entry, "applied")]);
  return 2;
}

async function openRecord(clone: string, { url: text, stateDir: folder }: Place) {
  const parsed = parseDatabaseUrl(text);
  if (parsed.kind === "err") throw new Error(parsed.error);
  const server = {
    ...parsed.value,
    password: () => Promise.resolve(""),
    tls: { kind: "plaintext" as const },
  };
  const anchors = { file: null, log: false };
  const file = pathToFileURL(join(clone, "src/store/postgres/open.ts")).href;
  const { openPostgres } = (await import(file)) as typeof postgres;
  return openPostgres({
    server,
    instance: "bench",
    stateDir: folder,
    clock: null,
    telemetry: SILENT,
    anchors,
  });
}

function middle(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}
