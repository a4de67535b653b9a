import { describe, expect, test } from "@jest/globals";
import { clock } from "../../src/compose/ports.ts";
import { digestOf } from "../../src/model/values/digest.ts";
import { Database } from "../../src/store/postgres/database.ts";
import { listReplicas } from "../../src/store/postgres/lease/replica-table.ts";
import { openReplica } from "../../src/store/postgres/open.ts";
import { HAS_POSTGRES } from "../support/postgres/cluster.ts";
import { refusal, REVISION } from "../support/record/audit-facts.ts";
import { testTelemetry } from "./engines.ts";
import { replicaOn } from "./leased.ts";
import { Places } from "./places.ts";
import { databaseOf, serverOf, testCluster } from "./postgres-engine.ts";

const places = new Places();
const IN_FORCE = { revisions: { main: REVISION }, catalogueDigest: "c1", version: "0.2.0", references: [] };
const SIGNAL = AbortSignal.timeout(60_000);

(HAS_POSTGRES ? describe : describe.skip)("replicas of a database", () => {
  /** @param stateDir of the replica; the database is that of `folder` */
  async function replica(folder: string, host: string, stateDir = folder) {
    const telemetry = testTelemetry();
    const server = serverOf(await databaseOf(folder));
    const anchors = { file: null, log: false };
    const options = { server, instance: "test-1", stateDir, clock: null, telemetry, anchors };
    // Reports are due at each look.
    let lookMs = 0;
    const steadyMs = (): number => (lookMs += 10_000);
    const soon = {
      nowMs: () => clock.nowMs(),
      sleep: (ms: number, signal: AbortSignal) => clock.sleep(Math.min(ms, 20), signal),
    };
    const opened = await openReplica(options, { replica: replicaOn(host, 1), clock: soon, steadyMs });
    return { ...opened, telemetry };
  }

  async function run(folder: string, sql: string): Promise<void> {
    await (await testCluster()).run(sql, serverOf(await databaseOf(folder)).database);
  }

  async function states(folder: string): Promise<readonly (readonly [string, string])[]> {
    const database = new Database({ server: serverOf(await databaseOf(folder)), telemetry: testTelemetry() });
    const found = await listReplicas(database);
    await database.close();
    return found.map(({ host, state }) => [host, state]);
  }

  async function activeOn(folder: string) {
    const record = await (await replica(folder, "one")).claim();
    if (record === null) throw new Error("the lease is not free");
    return places.keep(record);
  }

  test("the second one waits, knows the active one, and has the lease as soon as that one gives it back", async () => {
    const folder = await places.folder();
    const active = await activeOn(folder);
    const second = await replica(folder, "two");
    expect(await second.claim()).toBeNull();
    expect(second.active()).toMatchObject({ host: "one", state: "active", leaseEndsMs: expect.any(Number) });
    expect(await states(folder)).toEqual([
      ["one", "active"],
      ["two", "standby"],
    ]);

    const gauges = [...second.telemetry.gauges];
    expect(gauges).toContainEqual({ name: "replica_active", value: 0 });
    // Of active, standby and lost.
    expect(gauges.filter(({ name }) => name === "replicas").map(({ value }) => value)).toEqual([1, 1, 0]);

    const waiting = second.wait(SIGNAL);
    await active.audit.append([refusal(1)]);
    await places.close(active);
    const record = places.keep(await waiting);
    // It would forward requests to itself.
    expect(second.active()).toBeNull();

    expect(await record.audit.append([refusal(2)])).toMatchObject([{ seq: 2 }]);
    expect(record.store.fresh).toBe(false);
    expect(active.store.takeover).toBeNull();
    expect(record.store.takeover).toEqual({ from: "pid 1 on one", epoch: 2, leaseEnd: "given-back" });
    const [own, ...others] = await record.store.replicas();
    expect([own, others]).toMatchObject([{ host: "two", state: "active", readAtMs: expect.any(Number) }, []]);
    expect(second.telemetry.gauges).toContainEqual({ name: "replica_active", value: 1 });
    expect(await states(folder)).toEqual([["two", "active"]]);
  });

  test("a standby follows if it states the digest that the active replica shows, and states why it cannot", async () => {
    const folder = await places.folder();
    const active = await activeOn(folder);
    const second = await replica(folder, "two");
    await second.claim();
    const following = async () => (await active.store.replicas()).map((one) => one.following);
    const [one, two] = [digestOf("one"), digestOf("two")];
    expect([await following(), await second.followed.inForce()]).toEqual([[null, null], null]);

    await second.followed.report({ digest: one, reason: null });
    expect(await following()).toEqual([null, { kind: "behind" }]);
    await active.inForce.publish({ ...IN_FORCE, digest: one });
    expect(await following()).toEqual([null, { kind: "current" }]);
    await active.inForce.publish({ ...IN_FORCE, digest: two });
    expect(await following()).toEqual([null, { kind: "behind" }]);
    expect(await second.followed.inForce()).toEqual({ ...IN_FORCE, digest: two });
    await second.followed.report({ digest: null, reason: "no key" });
    // Its next reports leave what it stated.
    await second.claim();
    expect(await following()).toEqual([null, { kind: "unable", reason: "no key" }]);
    await second.claim();
    const unable = second.telemetry.gauges.filter(({ name }) => name === "replicas_unable");
    expect([unable[0]?.value, unable.at(-1)?.value]).toEqual([0, 1]);

    await run(folder, "UPDATE lease SET epoch = epoch + 1, holder = 'another'");
    await expect(active.inForce.publish({ ...IN_FORCE, digest: one })).rejects.toMatchObject({
      code: "lease-lost",
    });
    await second.leave();
  });

  test("one that was not seen for the term of the lease is lost, and forgotten after a day", async () => {
    const folder = await places.folder();
    const second = await replica(folder, "two");
    await activeOn(folder);
    expect(await second.claim()).toBeNull();

    await run(folder, "UPDATE replica SET seen = seen - INTERVAL '31 s' WHERE host = 'two'");
    expect(await states(folder)).toContainEqual(["two", "lost"]);
    // As if the active replica could not withdraw them.
    await run(folder, "UPDATE replica SET expires = 'infinity' WHERE host = 'two'");
    await run(
      folder,
      "INSERT INTO assignment (account_id, epoch, replica) SELECT '111122223333', 1, id FROM replica WHERE host = 'two'",
    );
    const watching = await replica(folder, "four");
    await watching.claim();
    expect(watching.telemetry.gauges).toContainEqual({ name: "accounts_without_replica", value: 1 });
    await watching.leave();

    await run(folder, "UPDATE replica SET seen = seen - INTERVAL '1 day' WHERE host = 'two'");
    const third = await replica(folder, "three");
    await third.claim();
    expect((await states(folder)).map(([host]) => host)).toEqual(["one", "three"]);
    await third.leave();
    await second.leave();
    expect(await states(folder)).toEqual([["one", "active"]]);
  });

  test("one that loses the lease is lost, and the next one shows from whom and that the lease had ended", async () => {
    const folder = await places.folder();
    const killed = await activeOn(folder);
    const second = await replica(folder, "two");
    // It renews only the lease of its own epoch.
    await run(folder, "UPDATE lease SET expires = now() - INTERVAL '1 s', epoch = 2");

    const record = await second.claim();

    if (record === null) throw new Error("the lease has not ended");
    places.keep(record);
    expect(record.store.takeover).toEqual({ from: "pid 1 on one", epoch: 3, leaseEnd: "expired" });
    expect(await killed.lease.lost).toMatchObject({ code: "lease-lost" });
    expect(await states(folder)).toEqual([
      ["one", "lost"],
      ["two", "active"],
    ]);
  });

  test("a standby ends with the known message when a newer version has changed the schema", async () => {
    const folder = await places.folder();
    await activeOn(folder);
    const second = await replica(folder, "two");

    await run(folder, "INSERT INTO migrations VALUES (99, 'of a newer version', 0)");

    await expect(second.wait(SIGNAL)).rejects.toMatchObject({ code: "newer-version" });
    await second.leave();
  });

  test("a standby without the key of the record ends: it could not go on with it", async () => {
    const folder = await places.folder();
    const active = await activeOn(folder);
    const second = await replica(folder, "two", await places.folder());
    expect(await second.claim()).toBeNull();

    await active.audit.append([refusal(1)]);
    await active.audit.checkpoint();

    await expect(second.wait(SIGNAL)).rejects.toMatchObject({ code: "key-missing" });
    await second.leave();
  });

  test("a standby outlasts a database that is away, and logs it once", async () => {
    const folder = await places.folder();
    const active = await activeOn(folder);
    const second = await replica(folder, "two");
    // Longer than a statement waits for a lock.
    const locked = run(folder, "BEGIN; LOCK TABLE lease; SELECT pg_sleep(2.5); COMMIT");

    const waiting = second.wait(SIGNAL);
    while (!second.isAway()) await clock.sleep(5, SIGNAL);
    expect(second.active()).toBeNull();
    await locked;
    await places.close(active);

    places.keep(await waiting);
    expect(second.telemetry.lines.map(({ level }) => level)).toEqual(["error", "info"]);
  });
});
