import { execFileSync } from "node:child_process";
import { join } from "node:path";
import pg from "pg";
import { postgresPrograms, PostgresServer } from "../../../demo/replicas/postgres-server.ts";

/** Without PostgreSQL the tests of it are skipped, except in CI, where they fail. */
export const HAS_POSTGRES = process.env["CI"] === "true" || postgresPrograms() !== null;

/** A PostgreSQL server with many databases, which ends with this process. */
export class Cluster {
  readonly #server: PostgresServer;
  #databases = 0;

  private constructor(server: PostgresServer) {
    this.#server = server;
  }

  /** @param settings of the server, such as `listen_addresses=127.0.0.1` */
  static async start(settings: readonly string[] = []): Promise<Cluster> {
    return new Cluster(await PostgresServer.start(["fsync=off", ...settings]));
  }

  /** A standby of this server, with a copy of its data, which follows it. */
  async standby(): Promise<Cluster> {
    const from = `-d "host=${this.folder} user=grantkeeper"`;
    const copy = `"$programs/pg_basebackup" -D data --write-recovery-conf --wal-method=stream --checkpoint=fast --no-sync ${from}`;
    return new Cluster(await PostgresServer.start(["fsync=off"], copy));
  }

  /** Runs one of PostgreSQL's programs on this server, to its end. */
  program(name: string, ...args: readonly string[]): string {
    const env = { ...process.env, PGHOST: this.folder, PGUSER: "grantkeeper" };
    return execFileSync(join(postgresPrograms() ?? "", name), args, { env, encoding: "utf8" });
  }

  /** Of its socket and its data. */
  get folder(): string {
    return this.#server.folder;
  }

  /** @returns the address of a new, empty database */
  async database(): Promise<string> {
    this.#databases += 1;
    const name = `d${process.pid}_${this.#databases}`;
    await this.run(`CREATE DATABASE ${name}`);
    return this.url(name);
  }

  /** Runs a statement as the owner of the server. */
  async run(sql: string, database = "postgres"): Promise<readonly unknown[]> {
    const client = new pg.Client({ connectionString: this.url(database) });
    await client.connect();
    try {
      const { rows } = await client.query<Record<string, unknown>>(sql);
      return rows;
    } finally {
      await client.end();
    }
  }

  url(database: string, user?: string): string {
    return this.#server.url(database, user);
  }

  /** Ends the server immediately, as a power failure does. */
  stop(): Promise<void> {
    return this.#server.stop();
  }
}
