import { chownSync, cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { until } from "../../demo/wait.ts";
import type { Clock } from "../../src/controller/ports/clock.ts";
import { clock } from "../../src/compose/ports.ts";
import { openReplica } from "../../src/store/postgres/open.ts";
import type { DatabaseServer } from "../../src/store/postgres/server.ts";
import { Authority } from "../support/network/authority.ts";
import { Cluster, HAS_POSTGRES } from "../support/postgres/cluster.ts";
import { HAS_PGBOUNCER, Pooler } from "../support/postgres/pooler.ts";
import { refusal } from "../support/record/audit-facts.ts";
import { all } from "./audit-entries.ts";
import { optionsFor } from "./engines.ts";
import { openLeased, replicaOn } from "./leased.ts";
import { Places } from "./places.ts";
import { databaseOf, serverOf, testCluster } from "./postgres-engine.ts";

const HOUR_MS = 3_600_000;
const places = new Places();
const ifInstalled = HAS_POSTGRES ? describe : describe.skip;

interface Given {
  readonly server: DatabaseServer;
  readonly host?: string;
  readonly clock?: Clock;
}

/** Copies of checkpoints are in the state directory. */
function parts(folder: string, { server, host = "one", clock: own = clock }: Given) {
  const anchors = { file: join(folder, "audit-anchors.jsonl"), log: false };
  const options = { ...optionsFor(folder, { anchors }), instance: "test-1", server, clock: null };
  return [options, { replica: replicaOn(host, 1), clock: own, steadyMs: () => performance.now() }] as const;
}

/** A controller on a database. @throws StoreError */
async function start(folder: string, given: Given) {
  const opened = await openLeased(...parts(folder, given), AbortSignal.timeout(60_000));
  return places.keep(opened);
}

ifInstalled("a database that refuses a controller", () => {
  test("too many connections are named with the limit to raise, and a running controller has lost nothing", async () => {
    const cluster = await testCluster();
    const folder = await places.folder();
    const { database } = serverOf(await databaseOf(folder));
    await cluster.run("CREATE ROLE few LOGIN CONNECTION LIMIT 1");
    await cluster.run(`ALTER DATABASE ${database} OWNER TO few; GRANT ALL ON SCHEMA public TO few`, database);
    const running = await start(folder, { server: serverOf(await databaseOf(folder)) });
    await running.audit.append([refusal(1)]);

    const server = { ...serverOf(await databaseOf(folder)), user: "few" };
    await expect(start(await places.folder(), { server })).rejects.toMatchObject({
      code: "no-connection",
      fix: expect.stringContaining("max_connections"),
    });

    expect(await running.audit.append([refusal(2)])).toMatchObject([{ seq: 2 }]);
  });
});

ifInstalled("a database with TLS and a password", () => {
  /** One for each process, so that the port is free. */
  const host = `127.${1 + ((process.pid >> 14) & 63)}.${(process.pid >> 7) & 127}.${1 + (process.pid & 127)}`;
  const password = (text: string) => ({ password: () => Promise.resolve(text) });
  let cluster: Cluster;
  let authority: Authority;

  beforeAll(async () => {
    cluster = await Cluster.start([`listen_addresses=${host}`]);
    await cluster.run("CREATE ROLE remote LOGIN PASSWORD 'right'");
    await cluster.run("CREATE DATABASE remote OWNER remote");
    await cluster.run(
      "COPY (SELECT 'local all all trust' UNION ALL SELECT 'hostssl all all all scram-sha-256') TO PROGRAM 'cat > pg_hba.conf'",
    );
    await reload();
  });
  afterAll(() => cluster.stop());

  /** Until new connections have the new settings. */
  async function reload(): Promise<void> {
    const loaded = async (): Promise<unknown> =>
      (await cluster.run("SELECT pg_conf_load_time()::TEXT AS at"))[0];
    const before = JSON.stringify(await loaded());
    await cluster.run("SELECT pg_reload_conf()");
    const isNew = async (): Promise<true | undefined> =>
      JSON.stringify(await loaded()) === before ? undefined : true;
    await until("the server has its new settings", isNew, { withinMs: 60_000 });
  }

  /** The server has this certificate from now on. */
  async function serve(folder: string, hosts: readonly string[], expired = false): Promise<DatabaseServer> {
    authority = new Authority(folder);
    const { key, cert } = authority.issue(hosts, expired ? { expired: true } : {});
    for (const [name, file] of Object.entries({ key, cert })) {
      const copy = join(cluster.folder, "data", `server.${name}`);
      cpSync(file, copy);
      if (process.getuid?.() === 0) chownSync(copy, 65_534, 65_534);
    }
    await cluster.run("ALTER SYSTEM SET ssl_cert_file = 'server.cert'");
    await cluster.run("ALTER SYSTEM SET ssl_key_file = 'server.key'");
    await cluster.run("ALTER SYSTEM SET ssl = on");
    await reload();
    const ca = readFileSync(authority.caFile, "utf8");
    return {
      host,
      port: 5_432,
      user: "remote",
      database: "remote",
      ...password("right"),
      tls: { kind: "verify-full", ca },
    };
  }

  test("the right password and a certificate of the address are accepted; a wrong password is named", async () => {
    const server = await serve(await places.folder(), [host]);

    const wrong = start(await places.folder(), { server: { ...server, ...password("wrong") } });
    await expect(wrong).rejects.toMatchObject({
      code: "wrong-password",
      fix: expect.stringContaining("passwordFile"),
    });
    const { audit } = await start(await places.folder(), { server });

    expect(await audit.append([refusal(1)])).toMatchObject([{ seq: 1 }]);
  });

  test.each([
    { because: "it has expired", hosts: [host], expired: true, message: "has expired" },
    { because: "it is of another server", hosts: ["localhost"], expired: false, message: "another server" },
  ])("a certificate is refused: $because", async ({ hosts, expired, message }) => {
    const server = await serve(await places.folder(), hosts, expired);

    await expect(start(await places.folder(), { server })).rejects.toMatchObject({
      code: "untrusted",
      message: expect.stringContaining(message),
      fix: expect.stringContaining("certificate"),
    });
  });

  test("a certificate of an authority that is not named is refused", async () => {
    const server = await serve(await places.folder(), [host]);

    const own = start(await places.folder(), {
      server: { ...server, tls: { kind: "verify-full", ca: null } },
    });

    await expect(own).rejects.toMatchObject({ code: "untrusted" });
  });
});

(HAS_PGBOUNCER ? describe : describe.skip)("a pooler in transaction mode", () => {
  test.each([
    { because: "that refuses the settings of a connection", settings: [] },
    { because: "that ignores them", settings: ["ignore_startup_parameters = options"] },
  ])("$because is refused by name, before anything is written", async ({ settings }) => {
    const folder = await places.folder();
    const url = await databaseOf(folder);
    const pooler = await Pooler.start((await testCluster()).folder, settings);
    const server = { ...serverOf(url), host: pooler.folder, port: pooler.port };

    const started = start(folder, { server });

    await expect(started).rejects.toMatchObject({ code: "pooled", fix: expect.stringContaining("server") });
    await pooler.stop();
    const { database } = serverOf(url);
    const tables =
      "SELECT 1 FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = 'public'";
    expect(await (await testCluster()).run(tables, database)).toEqual([]);
  });
});

ifInstalled("a replica that is not what it was", () => {
  const off = (byMs: number): Clock => ({
    nowMs: () => clock.nowMs() + byMs,
    sleep: (ms, signal) => clock.sleep(ms, signal),
  });

  test.each([HOUR_MS, -HOUR_MS])(
    "with a clock that is off by %i ms it has its lease for no longer, and entries have the time of the database",
    async (byMs) => {
      const folder = await places.folder();
      const server = serverOf(await databaseOf(folder));
      const { audit, lease } = await start(folder, { server, clock: off(byMs) });
      const other = await openReplica(...parts(folder, { server, host: "two" }));

      const [entry] = await audit.append([refusal(1)]);

      expect(lease.leftMs()).toBeLessThanOrEqual(30_000);
      expect(lease.leftMs()).toBeGreaterThan(0);
      expect(Math.abs(Date.parse(entry?.at ?? "") - clock.nowMs())).toBeLessThan(60_000);
      expect(await other.claim()).toBeNull();
      await other.leave();
    },
  );

  test("with a copied state directory it waits, and goes on with the same chain when it has the lease", async () => {
    const [folder, copy] = [await places.folder(), await places.folder()];
    const server = serverOf(await databaseOf(folder));
    const first = await start(folder, { server });
    await first.audit.append([refusal(1)]);
    await first.audit.checkpoint();
    cpSync(folder, copy, { recursive: true });
    await first.audit.append([refusal(2)]);
    const second = await openReplica(...parts(copy, { server, host: "two" }));
    expect(await second.claim()).toBeNull();

    await places.close(first);
    const record = places.keep(await second.wait(AbortSignal.timeout(60_000)));
    await record.audit.append([refusal(3)]);
    await record.audit.checkpoint();

    const kinds = (await all(record.audit)).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind !== "checkpoint")).toHaveLength(3);
  });

  test("a copied state directory is refused on an empty database: its entries are not there", async () => {
    const [folder, copy] = [await places.folder(), await places.folder()];
    const first = await start(folder, { server: serverOf(await databaseOf(folder)) });
    await first.audit.append([refusal(1)]);
    await first.audit.checkpoint();
    cpSync(folder, copy, { recursive: true, filter: (path) => !path.endsWith("test-database") });

    const started = start(copy, { server: serverOf(await databaseOf(copy)) });

    await expect(started).rejects.toMatchObject({
      code: "history-lost",
      message: expect.stringContaining("ends at entry 0"),
    });
  });
});
