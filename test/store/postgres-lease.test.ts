import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { afterEach, describe, expect, test } from "@jest/globals";
import type { ReplicaIdentity } from "../../src/model/network/replica.ts";
import { intent, refusal } from "../support/record/audit-facts.ts";
import { HAS_POSTGRES } from "../support/postgres/cluster.ts";
import { all } from "./audit-entries.ts";
import { Clocks } from "./clocks.ts";
import { testTelemetry } from "./engines.ts";
import { openLeased, replicaOn } from "./leased.ts";
import { Places } from "./places.ts";
import { databaseOf, serverOf, testCluster } from "./postgres-engine.ts";

const places = new Places();
const TERM_MS = 30_000;
const HOLDER = fileURLToPath(new URL("lease-holder.ts", import.meta.url));

(HAS_POSTGRES ? describe : describe.skip)("the lease of a database", () => {
  const children: ReturnType<typeof spawn>[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
  });

  async function leased(
    folder: string,
    change: { readonly instance?: string; readonly replica?: ReplicaIdentity } = {},
  ) {
    const { instance = "test-1", replica = replicaOn("one", 1) } = change;
    const [clocks, telemetry] = [new Clocks(), testTelemetry()];
    const options = {
      server: serverOf(await databaseOf(folder)),
      instance,
      stateDir: folder,
      clock: null,
      telemetry,
      anchors: { file: null, log: false },
    };
    const record = openLeased(
      options,
      { replica, clock: clocks, steadyMs: () => clocks.steadyMs },
      AbortSignal.timeout(60_000),
    ).then((opened) => places.keep(opened));
    return { record, clocks, telemetry };
  }

  async function run(folder: string, sql: string): Promise<void> {
    const { database } = serverOf(await databaseOf(folder));
    await (await testCluster()).run(sql, database);
  }

  /** @returns gives the locks back, which at least one other connection waited for */
  async function holdLocks(folder: string, sql: string): Promise<() => Promise<void>> {
    const client = new pg.Client({ connectionString: await databaseOf(folder) });
    await client.connect();
    await client.query(`BEGIN; ${sql}`);
    return async () => {
      const locked = await client.query("SELECT 1 FROM pg_locks WHERE NOT granted");
      await client.end();
      expect(locked.rows).not.toHaveLength(0);
    };
  }

  /** As after `TERM_MS` without a renewal. */
  const expire = (folder: string) => run(folder, "UPDATE lease SET expires = clock_timestamp()");

  const until = async (isDone: () => boolean, clocks: Clocks): Promise<void> => {
    while (!isDone()) {
      clocks.wake();
      await new Promise((resolve) => setImmediate(resolve));
    }
  };

  test("a controller that stops leaves the lease to the next one immediately", async () => {
    const folder = await places.folder();
    await places.close(await (await leased(folder)).record);

    const next = await leased(folder);

    expect((await next.record).lease.leftMs()).toBe(TERM_MS);
  });

  test("a stopped process writes nothing after another one took over, and the other one has no entry of it", async () => {
    const folder = await places.folder();
    const child = spawn(process.execPath, [HOLDER, await databaseOf(folder), folder], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    children.push(child);
    const lines: string[] = [];
    child.stdout.setEncoding("utf8").on("data", (text: string) => lines.push(...text.trim().split("\n")));
    await once(child.stdout, "data");

    child.kill("SIGSTOP");
    await expire(folder);
    const { audit } = await (await leased(folder)).record;
    const [mine] = await audit.append([refusal(7)]);
    child.kill("SIGCONT");
    await once(child, "exit");

    expect(lines).toEqual(["leased", "lease-lost"]);
    expect((await all(audit)).at(-1)).toEqual(mine);
  });

  test("a controller whose connections are cut cannot write to AWS when its lease may have ended, by either clock", async () => {
    const folder = await places.folder();
    const { record, clocks, telemetry } = await leased(folder);
    const { lease, audit } = await record;
    expect(lease.leftMs()).toBe(TERM_MS);

    await run(folder, "ALTER TABLE lease RENAME TO away");
    clocks.pass(5_000);
    await until(() => telemetry.lines.some(({ level }) => level === "error"), clocks);
    clocks.steadyMs += 20_000;
    expect(lease.leftMs()).toBe(5_000);
    clocks.wallMs += 40_000;
    expect(lease.leftMs()).toBeLessThan(0);

    // No one claimed it: the process continues with its lease.
    await run(folder, "ALTER TABLE away RENAME TO lease");
    await until(() => lease.leftMs() > 0, clocks);
    expect(await audit.append([refusal(2)])).toHaveLength(1);
    expect(
      telemetry.gauges.filter(({ name }) => name === "database_lease_held").map(({ value }) => value),
    ).toEqual(expect.arrayContaining([0, 1]));
  });

  /** Replicas can be written, but not be listed, as when the connection is cut between the two. */
  const UNREADABLE_HOSTS = `ALTER TABLE replica RENAME TO kept;
    CREATE FUNCTION fails() RETURNS TEXT LANGUAGE plpgsql
      AS $$ BEGIN RAISE EXCEPTION 'away' USING ERRCODE = '42P01'; END $$;
    CREATE VIEW replica AS SELECT id, fails() AS host, pid, version, catalogue_digest, address, started, seen, epoch, expires, follows
      FROM kept;
    GRANT ALL ON replica TO PUBLIC`;

  test("a lease that is renewed is held, also if the replicas cannot be read after it", async () => {
    const folder = await places.folder();
    const { record, clocks, telemetry } = await leased(folder);
    const { lease } = await record;
    await run(folder, UNREADABLE_HOSTS);

    clocks.pass(5_000);
    await until(() => lease.leftMs() === TERM_MS, clocks);
    await until(() => telemetry.lines.some(({ text }) => text === "the replicas were not counted"), clocks);

    expect(telemetry.lines.filter(({ level }) => level === "error")).toEqual([]);
    const held = telemetry.gauges.filter(({ name }) => name === "database_lease_held");
    expect(new Set(held.map(({ value }) => value))).toEqual(new Set([1]));
  });

  test("a lease is renewed in time while reads use all connections for them, and appends wait for the head", async () => {
    const folder = await places.folder();
    const { record, clocks, telemetry } = await leased(folder);
    const { lease, audit, store } = await record;
    // It is withdrawn after a renewal, with the head locked.
    await run(folder, "INSERT INTO assignment VALUES ('111122223333', 1, 'gone')");
    const release = await holdLocks(folder, "LOCK TABLE approvals; SELECT 1 FROM head FOR UPDATE");
    const waiting = Promise.allSettled([
      ...Array.from({ length: 20 }, () => store.approvals(0)),
      ...Array.from({ length: 4 }, () => audit.append([refusal(1)])),
    ]);

    // The second one does not wait for what follows the first.
    for (let renewal = 0; renewal < 2; renewal += 1) {
      clocks.pass(5_000);
      await until(() => lease.leftMs() === TERM_MS, clocks);
    }

    // All still wait: none has given up.
    expect(telemetry.lines).toEqual([]);
    await release();
    await waiting;
  });

  test("a controller that was replaced learns it at its next renewal, with the name of the other one", async () => {
    const folder = await places.folder();
    const { record, clocks } = await leased(folder);
    const { lease, outboxStore, sessions } = await record;
    await expire(folder);
    await (
      await leased(folder, { replica: replicaOn("other", 2) })
    ).record;

    let found: unknown = null;
    void lease.lost.then((error) => (found = error));
    await until(() => found !== null, clocks);

    expect(found).toMatchObject({ code: "lease-lost", message: expect.stringContaining("pid 2 on other") });
    await expect(outboxStore.dropOthers([])).rejects.toMatchObject({ code: "lease-lost" });
    await expect(sessions.remove("x")).rejects.toMatchObject({ code: "lease-lost" });
  });

  /** As another controller does that a server with a clock ahead of this one lets claim the lease. */
  const takeOver = (folder: string) => run(folder, "UPDATE lease SET epoch = epoch + 1, holder = 'other'");

  test("a controller that knows that it was replaced has no time left to write to AWS, though its clocks show some", async () => {
    const [renewing, writing] = [await places.folder(), await places.folder()];
    const [renewer, writer] = [await leased(renewing), await leased(writing)];
    const [one, other] = [await renewer.record, await writer.record];
    await Promise.all([takeOver(renewing), takeOver(writing)]);

    let found: unknown = null;
    void one.lease.lost.then((error) => (found = error));
    await until(() => found !== null, renewer.clocks);
    await expect(other.outboxStore.dropOthers([])).rejects.toMatchObject({ code: "lease-lost" });

    expect([one.lease.leftMs(), other.lease.leftMs()]).toEqual([0, 0]);
    expect(await other.lease.lost).toMatchObject({
      code: "lease-lost",
      message: expect.stringContaining("other"),
    });
    expect(writer.telemetry.gauges.at(-1)).toEqual({ name: "database_lease_held", value: 0 });
  });

  test("a controller that gave its lease back has no time left", async () => {
    const { lease, store } = await (await leased(await places.folder())).record;

    await store.close();

    expect(lease.leftMs()).toBe(0);
  });

  test("an intent is refused when the call after it could outlast the lease; other entries are not", async () => {
    const folder = await places.folder();
    const { audit } = await (await leased(folder)).record;
    await run(folder, "UPDATE lease SET expires = clock_timestamp() + INTERVAL '12 s'");

    await expect(audit.append([intent()])).rejects.toMatchObject({ code: "lease-ends" });
    expect(await audit.append([refusal(1)])).toHaveLength(1);
  });

  test("a server whose commits do not wait for the disk is refused", async () => {
    const folder = await places.folder();
    const { database } = serverOf(await databaseOf(folder));
    await run(folder, `ALTER DATABASE ${database} SET synchronous_commit = off`);

    await expect((await leased(folder)).record).rejects.toMatchObject({
      code: "not-durable",
      message: expect.stringContaining("synchronous_commit = off"),
    });
  });

  test("the database of another installation is refused with both names", async () => {
    const folder = await places.folder();
    await places.close(await (await leased(folder)).record);

    await expect((await leased(folder, { instance: "test-2" })).record).rejects.toMatchObject({
      code: "other-installation",
      message: expect.stringContaining("has the record of instance test-1, and this one is test-2"),
    });
  });

  test("a database with a signed record is refused with a state directory without its key", async () => {
    const folder = await places.folder();
    const { audit } = await (await leased(folder)).record;
    await audit.append([refusal(1)]);
    await audit.checkpoint();
    const other = await places.folder();
    const options = {
      server: serverOf(await databaseOf(folder)),
      instance: "test-1",
      stateDir: other,
      clock: null,
      telemetry: testTelemetry(),
      anchors: { file: null, log: false },
    };
    await expire(folder);

    const clocks = new Clocks();
    const holder = { replica: replicaOn("new", 3), clock: clocks, steadyMs: () => 0 };
    await expect(openLeased(options, holder, AbortSignal.timeout(9_000))).rejects.toMatchObject({
      code: "key-missing",
    });
  });
});
