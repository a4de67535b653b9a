/**
 * node bin/launch.mjs test/support/postgres/measure-appends.ts: how many entries of the record four processes append in a second to one PostgreSQL
 * server on this machine, which waits for its disk. It takes about 30 seconds, and needs Debian's package postgresql.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PostgresServer } from "../../../demo/replicas/postgres-server.ts";
import { SILENT } from "../../../src/compose/ports.ts";
import { parseDatabaseUrl } from "../../../src/config/state/database-url.ts";
import { type OpenRecord, openPostgres } from "../../../src/store/postgres/open.ts";

const WRITERS = 4;
const DURATION_MS = 5_000;
const CALLERS = [1, 8];

interface Message {
  readonly entries: number;
}

const [url, stateDir, callers] = process.argv.slice(2);
if (url === undefined || stateDir === undefined) await measureAll();
else await write(url, stateDir, Number(callers));

async function measureAll(): Promise<void> {
  const server = await PostgresServer.start();
  const folder = mkdtempSync(join(tmpdir(), "appends-"));
  try {
    const database = server.url("postgres");
    // The first start creates the tables and the key.
    await (await openRecord(database, folder)).store.close();
    for (const number of CALLERS) {
      const perSecond = await measure(database, folder, number);
      console.log(
        `${WRITERS} writers, each with ${number} at a time: ${Math.round(perSecond)} entries a second (load ${loadavg()[0]?.toFixed(1) ?? "?"})`,
      );
    }
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true });
  }
}

async function measure(database: string, folder: string, number: number): Promise<number> {
  const file = fileURLToPath(import.meta.url);
  const writers = Array.from({ length: WRITERS }, () => fork(file, [database, folder, String(number)]));
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

/** One writer: its callers wait for their own entry each, as an intent must be durable before its call. */
async function write(database: string, folder: string, number: number): Promise<void> {
  const { audit, store } = await openRecord(database, folder);
  process.send?.("ready");
  await once(process, "message");
  const endMs = performance.now() + DURATION_MS;
  let entries = 0;
  const append = async (): Promise<void> => {
    while (performance.now() < endMs) {
      await audit.append([{ kind: "stopped", version: "bench", reason: "x".repeat(1_200) }]);
      entries += 1;
    }
  };
  await Promise.all(Array.from({ length: number }, append));
  process.send?.({ entries });
  await store.close();
  process.disconnect();
}

function openRecord(database: string, folder: string): Promise<OpenRecord> {
  const parsed = parseDatabaseUrl(database);
  if (parsed.kind === "err") throw new Error(parsed.error);
  const server = {
    ...parsed.value,
    password: () => Promise.resolve(""),
    tls: { kind: "plaintext" as const },
  };
  const anchors = { file: null, log: false };
  return openPostgres({
    server,
    instance: "bench",
    stateDir: folder,
    clock: null,
    telemetry: SILENT,
    anchors,
  });
}
