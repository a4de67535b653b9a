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
  async run(sql: string, database = "postgres"): Promise<void> {
    const client = new pg.Client({ connectionString: this.url(database) });
    await client.connect();
    try {
      await client.query(sql);
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
