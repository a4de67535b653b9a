import { rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { until } from "../../demo/wait.ts";
import { clock } from "../../src/compose/ports.ts";
import { StoreError } from "../../src/store/errors.ts";
import { openPostgres, openReplica, type LeasedRecord } from "../../src/store/postgres/open.ts";
import { Cluster, HAS_POSTGRES } from "../support/postgres/cluster.ts";
import { refusal } from "../support/record/audit-facts.ts";
import { all } from "./audit-entries.ts";
import { optionsFor } from "./engines.ts";
import { openLeased, replicaOn } from "./leased.ts";
import { Places } from "./places.ts";
import { serverOf, testCluster } from "./postgres-engine.ts";

const LEFT = "SELECT extract(epoch FROM expires - clock_timestamp())::FLOAT8 AS left FROM lease";
const WITHIN = { withinMs: 60_000 };
const places = new Places();

(HAS_POSTGRES ? describe : describe.skip)("a failover of the database to an asynchronous standby", () => {
  let primary: Cluster;
  let standby: Cluster;
  let url = "";
  let failed = "";

  beforeEach(async () => {
    primary = await Cluster.start();
    url = await primary.database();
    standby = await primary.standby();
    failed = "";
  });

  afterEach(async () => {
    if (failed === "") await primary.stop();
    else rmSync(failed);
    await standby.stop();
  });

  /** Without copies of checkpoints, and with the newest entry. */
  const optionsOf = (folder: string) => ({
    ...optionsFor(folder),
    anchors: { file: null, log: false, newest: join(folder, "newest.json") },
    instance: "test-1",
    server: serverOf(url),
    clock: null,
  });

  const holderOf = (host: string) => ({
    replica: replicaOn(host, 1),
    clock,
    steadyMs: () => performance.now(),
  });

  async function leased(folder: string): Promise<LeasedRecord> {
    const opened = openLeased(optionsOf(folder), holderOf("one"), AbortSignal.timeout(60_000));
    return places.keep(await opened);
  }

  async function standbyHas(entries: number): Promise<void> {
    const { database } = serverOf(url);
    const seen = async (): Promise<true | undefined> => {
      const [head] = await standby.run("SELECT seq::INTEGER AS seq FROM head", database).catch(() => []);
      return (head as { readonly seq: number } | undefined)?.seq === entries ? true : undefined;
    };
    await until(`the standby has ${entries} entries`, seen, WITHIN);
  }

  /** From now on the standby misses what the primary confirms. */
  async function cutOff(): Promise<void> {
    await standby.run("ALTER SYSTEM SET primary_conninfo = ''");
    await standby.run("SELECT pg_reload_conf()");
    const gone = async (): Promise<true | undefined> =>
      (await primary.run("SELECT 1 FROM pg_stat_replication")).length === 0 ? true : undefined;
    await until("the primary has no standby", gone, WITHIN);
  }

  /** The address of the primary leads to the standby. */
  async function failOver(): Promise<void> {
    await primary.stop();
    await standby.run("SELECT pg_promote()");
    failed = primary.folder;
    symlinkSync(standby.folder, failed);
  }

  /** Until the connections to the old primary have been replaced. */
  async function appendAgain({ audit }: LeasedRecord, number: number): Promise<void> {
    const append = async (): Promise<true | undefined> => {
      try {
        await audit.append([refusal(number)]);
        return true;
      } catch (cause) {
        const isAway = cause instanceof StoreError && ["unreachable", "unsure"].includes(cause.code);
        if (isAway) return undefined;
        throw cause;
      }
    };
    await until("an entry is appended", append, WITHIN);
  }

  test("a standby is refused as the primary; after its promotion all leases from before end, no epoch is used again, and the chain has no gap", async () => {
    const running = await leased(await places.folder());
    await running.audit.append([refusal(1), refusal(2)]);
    await standbyHas(2);
    const server = { ...serverOf(url), host: standby.folder };
    const options = { ...optionsFor(await places.folder()), instance: "test-1", server, clock: null };
    await expect(openLeased(options, holderOf("two"), AbortSignal.timeout(60_000))).rejects.toMatchObject({
      code: "read-only",
      fix: expect.stringContaining("primary"),
    });
    await failOver();

    await expect(appendAgain(running, 3)).rejects.toMatchObject({ code: "failed-over" });

    expect(running.lease.leftMs()).toBe(0);
    expect(await running.lease.lost).toMatchObject({ code: "failed-over" });
    const next = await openReplica(optionsOf(await places.folder()), holderOf("two"));
    // The process before may finish a call to AWS.
    expect(await next.claim()).toBeNull();
    const { database } = serverOf(url);
    const [{ left }] = (await standby.run(LEFT, database)) as [{ readonly left: number }];
    expect(left).toBeGreaterThan(35);
    expect(left).toBeLessThanOrEqual(40);
    await standby.run("UPDATE lease SET expires = clock_timestamp()", database);
    const record = places.keep(await next.wait(AbortSignal.timeout(60_000)));
    const failover = "timeline 1 to 2";
    const takeover = {
      from: "pid 1 on one",
      epoch: running.lease.epoch + 1_001,
      leaseEnd: "failover",
      failover,
    };
    expect(record.store.takeover).toEqual(takeover);
    await record.audit.append([refusal(3)]);
    expect(await all(record.audit)).toMatchObject([{ seq: 1 }, { seq: 2 }, { seq: 3 }]);
  });

  test("if the standby missed an entry, the controller appends nothing to it, and its next start is refused by the entry that it noted", async () => {
    const folder = await places.folder();
    const running = await leased(folder);
    await running.audit.append([refusal(1), refusal(2)]);
    await standbyHas(2);
    await cutOff();
    await running.audit.append([refusal(3)]);
    await failOver();

    await expect(appendAgain(running, 4)).rejects.toMatchObject({ code: "failed-over" });

    expect(await all(running.audit)).toMatchObject([{ seq: 1 }, { seq: 2 }]);
    await places.close(running);
    await expect(openPostgres(optionsOf(folder))).rejects.toMatchObject({
      code: "history-lost",
      message: expect.stringMatching(/ends at entry 2, but .*newest\.json proves entries up to 3/),
    });
  });
});

(HAS_POSTGRES ? describe : describe.skip)("the backup of a database", () => {
  test("a dump is restored with its chain, goes on with the key files, and is refused if it is older than a copy of a checkpoint", async () => {
    const cluster = await testCluster();
    const url = await cluster.database();
    const folder = await places.folder();
    const dump = join(folder, "grantkeeper.dump");
    const anchors = { file: join(folder, "audit-anchors.jsonl"), log: false };
    const open = (server: string) =>
      openPostgres({ ...optionsFor(folder, { anchors }), instance: "test-1", server: serverOf(server) });
    const restore = async (): Promise<string> => {
      const restored = await cluster.database();
      cluster.program("pg_restore", "--exit-on-error", "--dbname", serverOf(restored).database, dump);
      return restored;
    };
    const first = await open(url);
    await first.audit.append([refusal(1)]);
    await first.audit.checkpoint();
    cluster.program("pg_dump", "--format=custom", "--file", dump, serverOf(url).database);

    const restored = await open(await restore());
    await restored.audit.append([refusal(2)]);
    const entries = await all(restored.audit);
    await restored.store.close();
    await first.audit.append([refusal(3)]);
    await first.audit.checkpoint();
    await first.store.close();

    expect(entries.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    await expect(open(await restore())).rejects.toMatchObject({
      code: "history-lost",
      message: expect.stringMatching(/ends at entry 2, but .* proves entries up to 3/),
    });
  });
});
