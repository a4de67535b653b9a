import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SILENT } from "../../src/compose/ports.ts";
import { openPostgres } from "../../src/store/postgres/open.ts";
import { parseDatabaseUrl } from "../../src/config/state/database-url.ts";
import type { DatabaseServer } from "../../src/store/postgres/server.ts";
import { Database } from "../../src/store/postgres/database.ts";
import { PostgresEntryReader } from "../../src/store/postgres/audit/entry-reader.ts";
import { collect } from "../support/collect.ts";
import { Cluster } from "../support/postgres/cluster.ts";
import type { Engine } from "./engine.ts";

/** One server for all tests of a process. */
class Server {
  #started: Promise<Cluster> | null = null;

  cluster(): Promise<Cluster> {
    this.#started ??= Cluster.start();
    return this.#started;
  }
}

const server = new Server();

/** The database of a state directory, which other processes find by a file in it. */
export async function databaseOf(stateDir: string): Promise<string> {
  const file = join(stateDir, "test-database");
  if (existsSync(file)) return readFileSync(file, "utf8");
  const url = await (await server.cluster()).database();
  writeFileSync(file, url);
  return url;
}

/** The server that a URL names, without a password and TLS. */
export function serverOf(url: string): DatabaseServer {
  const parsed = parseDatabaseUrl(url);
  if (parsed.kind === "err") throw new Error(parsed.error);
  return { ...parsed.value, password: () => Promise.resolve(""), tls: { kind: "plaintext" } };
}

export function testCluster(): Promise<Cluster> {
  return server.cluster();
}

export const POSTGRES: Engine = {
  name: "PostgreSQL",
  prepare: async (stateDir) => void (await databaseOf(stateDir)),
  open: async (options) =>
    openPostgres({ ...options, instance: "test-1", server: serverOf(await databaseOf(options.stateDir)) }),
  openWithSpace: null,
  run: (stateDir, sql) =>
    onDatabase(stateDir, (database) => database.transaction("test", (query) => query(sql))),
  readLines: (stateDir) =>
    onDatabase(stateDir, (database) => collect(new PostgresEntryReader(database).lines({}))),
};

async function onDatabase<T>(stateDir: string, use: (database: Database) => Promise<T>): Promise<T> {
  const database = new Database({ server: serverOf(await databaseOf(stateDir)), telemetry: SILENT });
  try {
    return await use(database);
  } finally {
    await database.close();
  }
}
