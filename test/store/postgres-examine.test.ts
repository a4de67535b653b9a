import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { SILENT } from "../../src/compose/ports.ts";
import { examineDatabase } from "../../src/store/postgres/examine.ts";
import { HAS_POSTGRES } from "../support/postgres/cluster.ts";
import { optionsFor } from "./engines.ts";
import { Places } from "./places.ts";
import { databaseOf, POSTGRES, serverOf, testCluster } from "./postgres-engine.ts";

const places = new Places();
const NOW = { nowMs: () => Date.now(), elapsedMs: () => performance.now() };

(HAS_POSTGRES ? describe : describe.skip)("`doctor` of a database", () => {
  async function outcomes(
    url: string,
    change: { readonly instance?: string; readonly nowMs?: () => number; readonly newestFile?: string } = {},
  ): Promise<Readonly<Record<string, string>>> {
    const checks = await examineDatabase(
      { server: () => serverOf(url), telemetry: SILENT },
      {
        instance: "test-1",
        proofs: { anchorsFile: null, newestFile: change.newestFile ?? null },
        ...NOW,
        ...change,
      },
    );
    return Object.fromEntries(checks.map(({ what, outcome, detail }) => [what, `${outcome}: ${detail}`]));
  }

  test("shows each property, and names those of the server of the tests that are not fit for a record", async () => {
    const url = await databaseOf(await places.folder());

    expect(await outcomes(url)).toEqual({
      database: expect.stringMatching(/^passed: PostgreSQL \d+.* at .*:5432\/d\d+_\d+, without TLS$/),
      primary: "passed: it takes writes",
      durability: expect.stringMatching(/^failed: fsync is off/),
      failover: "not-checked: there is no record on a primary",
      clock: "passed: as on this machine, to a second",
      latency: expect.stringMatching(/^passed: .* ms for a statement$/),
      user: expect.stringMatching(/^warning: it is a superuser/),
      record: "not-checked: there is none yet: grantkeeper run creates it",
    });
  });

  test("names a read-only database, a user without rights, a clock that is far, and another installation", async () => {
    const folder = await places.folder();
    await places.close(await POSTGRES.open(optionsFor(folder)));
    const url = await databaseOf(folder);
    const { database } = serverOf(url);
    const cluster = await testCluster();
    await cluster.run("CREATE ROLE examined LOGIN CONNECTION LIMIT 5", database).catch(() => undefined);
    await cluster.run("GRANT SELECT ON ALL TABLES IN SCHEMA public TO examined", database);
    await cluster.run(`ALTER DATABASE ${database} SET default_transaction_read_only = on`);
    await cluster.run(`ALTER DATABASE ${database} SET synchronous_commit = off`);

    expect(await outcomes(url, { instance: "test-2", nowMs: () => Date.now() - 60_000 })).toMatchObject({
      primary: expect.stringMatching(/^failed: it is read-only/),
      clock: expect.stringMatching(/^warning: it is 60(\.\d)? s ahead of the clock of this machine/),
      record: expect.stringMatching(/^failed: .* has the record of instance test-1, and this one is test-2/),
    });
    expect(await outcomes(cluster.url(database, "examined"))).toMatchObject({
      user: expect.stringMatching(/^failed: it may not create tables/),
      record: expect.stringMatching(/^passed: it is that of test-1, with schema \d+$/),
    });
  });

  test("shows that a failover is noticed, and names one that no replica has noted yet", async () => {
    const folder = await places.folder();
    await places.close(await POSTGRES.open(optionsFor(folder)));
    const url = await databaseOf(folder);
    const { database } = serverOf(url);
    const cluster = await testCluster();
    const failover = async () => (await outcomes(url))["failover"];

    expect(await failover()).toBe("passed: timeline 1 is that of the record: a failover is noticed");
    await cluster.run("UPDATE head SET timeline = '0000000A'", database);
    expect(await failover()).toMatch(/^warning: the database failed over, or was restored/);
    await cluster.run(
      "CREATE OR REPLACE FUNCTION current_timeline() RETURNS TEXT LANGUAGE sql AS 'SELECT NULL::TEXT'",
      database,
    );
    expect(await failover()).toMatch(/^passed: .* the promotion of a standby is not noticed$/);
    await cluster.run(
      "CREATE OR REPLACE FUNCTION current_place() RETURNS TEXT LANGUAGE sql AS 'SELECT NULL::TEXT'",
      database,
    );
    expect(await failover()).toMatch(/^warning: the server shows neither/);
  });

  test("names a record that lacks the newest entry that was confirmed, and a damaged note of it", async () => {
    const folder = await places.folder();
    await places.close(await POSTGRES.open(optionsFor(folder)));
    const url = await databaseOf(folder);
    const newestFile = join(folder, "newest.json");
    const lost = { seq: 44, hash: "0".repeat(64), at: "2026-11-25T12:00:00.000Z" };

    writeFileSync(newestFile, JSON.stringify(lost));
    expect((await outcomes(url, { newestFile })).record).toMatch(
      /^failed: ends at entry 0, newest\.json proves 44; .*store accept-loss/,
    );
    writeFileSync(newestFile, "");
    expect((await outcomes(url, { newestFile })).record).toMatch(/^failed: .*newest\.json is damaged/);
  });

  test("names a database that cannot be reached, and nothing else", async () => {
    const cluster = await testCluster();

    expect(await outcomes(cluster.url("nothing"))).toEqual({
      database: expect.stringMatching(/^failed: cannot read the version: there is no such database/),
    });
  });
});
