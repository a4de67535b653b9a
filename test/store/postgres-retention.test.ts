import { describe, expect, test } from "@jest/globals";
import pg from "pg";
import { clock } from "../../src/compose/ports.ts";
import { HAS_POSTGRES } from "../support/postgres/cluster.ts";
import { finish, intent, refusal } from "../support/record/audit-facts.ts";
import { all } from "./audit-entries.ts";
import { ENGINES, optionsFor } from "./engines.ts";
import { openLeased, replicaOn } from "./leased.ts";
import { record } from "./old-entries.ts";
import { Places } from "./places.ts";
import { databaseOf, POSTGRES, serverOf } from "./postgres-engine.ts";

const places = new Places();
const LOCKED = "SELECT 1 AS waits FROM pg_locks WHERE NOT granted";

test.each(ENGINES)("an entry that no removal has recorded cannot be deleted from $name", async (engine) => {
  const made = await record(places, engine);
  await made.day(0, [refusal(1), refusal(2)]);

  const deletion = engine.run(made.stateDir, "DELETE FROM entries WHERE seq = 1");

  await expect(deletion).rejects.toThrow("the audit is append-only");
  expect(await all(made.current().audit)).toHaveLength(3);
});

(HAS_POSTGRES ? describe : describe.skip)("retention in PostgreSQL", () => {
  async function connected(folder: string): Promise<pg.Client> {
    const { host, port, user, database } = serverOf(await databaseOf(folder));
    const client = new pg.Client({ host, port, user, database });
    await client.connect();
    return client;
  }

  test("an entry keeps its document, which a removal deletes while the entry waits for the head", async () => {
    const made = await record(places, POSTGRES);
    const text = "d".repeat(200);
    const [old] = await made.day(0, [intent({ after: text })]);
    if (old === undefined) throw new Error("there is no intent");
    await made.day(1, [finish(old, "applied")]);
    const client = await connected(made.stateDir);
    await client.query("BEGIN");
    await client.query("SELECT 1 FROM head FOR UPDATE");

    const appending = made.current().audit.append([intent({ after: text })]);
    const isWaiting = async (): Promise<boolean> => (await client.query(LOCKED)).rows.length > 0;
    while (!(await isWaiting())) await new Promise(setImmediate);
    await client.query("DELETE FROM documents");
    await client.query("COMMIT");
    await client.end();
    await appending;

    expect((await all(made.current().audit, { kind: "write-intended" })).at(-1)).toMatchObject({
      after: text,
    });
  });

  test("a process that lost its lease removes nothing", async () => {
    const made = await record(places, POSTGRES);
    await made.day(0, [refusal(1), refusal(2)]);
    const server = serverOf(await databaseOf(made.stateDir));
    const options = { ...optionsFor(made.stateDir), instance: "test-1", server, clock: null };
    const holder = { replica: replicaOn("one", 1), clock, steadyMs: () => performance.now() };
    const leased = places.keep(await openLeased(options, holder, AbortSignal.timeout(60_000)));
    await POSTGRES.run(made.stateDir, "UPDATE lease SET epoch = epoch + 1 RETURNING epoch");

    await expect(leased.removal.removeSome(2)).rejects.toMatchObject({ code: "lease-lost" });
    expect(await all(made.current().audit, { limit: 1 })).toMatchObject([{ seq: 1 }]);
  });
});
