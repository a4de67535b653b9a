import { afterEach } from "@jest/globals";
import { assignAccounts } from "../../src/store/postgres/assignments/assign.ts";
import { Database } from "../../src/store/postgres/database.ts";
import { openReplica } from "../../src/store/postgres/open.ts";
import { ACCOUNT } from "../support/record/audit-facts.ts";
import { Clocks } from "./clocks.ts";
import { testTelemetry } from "./engines.ts";
import { replicaOn } from "./leased.ts";
import type { Places } from "./places.ts";
import { databaseOf, serverOf, testCluster } from "./postgres-engine.ts";

const ONE = replicaOn("one", 1);
export const TWO = replicaOn("two", 2);

/** Replicas of this process on one database, of which one is active. */
export class Sharing {
  readonly #places: Places;
  readonly #databases: Database[] = [];
  readonly #leaves = new Set<() => Promise<void>>();

  constructor(places: Places) {
    this.#places = places;
    afterEach(async () => {
      for (const leave of this.#leaves) await leave();
      this.#leaves.clear();
      for (const database of this.#databases.splice(0)) await database.close();
    });
  }

  async replica(folder: string, identity = ONE) {
    const server = serverOf(await databaseOf(folder));
    const [clocks, telemetry] = [new Clocks(), testTelemetry()];
    const anchors = { file: null, log: false };
    const options = { server, instance: "test-1", stateDir: folder, clock: null, telemetry, anchors };
    const holder = { replica: identity, clock: clocks, steadyMs: () => clocks.steadyMs };
    return { ...(await openReplica(options, holder)), clocks, telemetry };
  }

  /** The active replica, and a database with its right to assign. */
  async active(folder: string, identity = ONE) {
    const { claim, clocks, telemetry } = await this.replica(folder, identity);
    const record = await claim();
    if (record === null) throw new Error("the lease is not free");
    const database = new Database({ server: serverOf(await databaseOf(folder)), telemetry: testTelemetry() });
    this.#databases.push(database);
    database.writeOnlyAs({ kind: "active", epoch: record.lease.epoch }, () => undefined);
    return { ...this.#places.keep(record), database, clocks, telemetry };
  }

  async joined(folder: string, identity = TWO) {
    const { claim, join, leave, clocks, telemetry } = await this.replica(folder, identity);
    this.#leaves.add(leave);
    const leaveNow = async (): Promise<void> => {
      this.#leaves.delete(leave);
      await leave();
    };
    if ((await claim()) !== null) throw new Error("no replica was active");
    return { ...this.#places.keep(await join()), claim, leaveNow, clocks, telemetry };
  }

  /** An active replica, and another one with `ACCOUNT`. */
  async shared() {
    const folder = await this.#places.folder();
    const one = await this.active(folder);
    const two = await this.joined(folder);
    const accounts = await assignAccounts(one.database, TWO.id, [ACCOUNT]);
    if (accounts.length === 0) throw new Error("the account was not assigned");
    await two.assigned.renew();
    return { folder, one, two };
  }
}

/** As someone with access to the database. */
export async function runIn(folder: string, sql: string): Promise<void> {
  await (await testCluster()).run(sql, serverOf(await databaseOf(folder)).database);
}

/** As after a term without a renewal of the replicas with accounts. */
export function expireLeases(folder: string): Promise<void> {
  return runIn(folder, "UPDATE replica SET expires = clock_timestamp() WHERE expires IS NOT NULL");
}
