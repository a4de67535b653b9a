import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { entryHash } from "../../src/audit/canonical.ts";
import { openPostgres } from "../../src/store/postgres/open.ts";
import { intent, refusal } from "../support/record/audit-facts.ts";
import { HAS_POSTGRES } from "../support/postgres/cluster.ts";
import { all } from "./audit-entries.ts";
import { optionsFor, testTelemetry } from "./engines.ts";
import { Places } from "./places.ts";
import { databaseOf, POSTGRES, serverOf, testCluster } from "./postgres-engine.ts";

const places = new Places();
const ifInstalled = HAS_POSTGRES ? describe : describe.skip;

async function stateDir(): Promise<string> {
  return places.folder();
}

async function open(folder: string) {
  return places.keep(await POSTGRES.open(optionsFor(folder)));
}

/** Runs a statement on the database of a state directory, as its owner. */
async function tamper(folder: string, sql: string): Promise<void> {
  const { pathname } = new URL((await databaseOf(folder)).replace("@/", "@socket/"));
  await (await testCluster()).run(sql, pathname.slice(1));
}

ifInstalled("the record in PostgreSQL", () => {
  test("every entry has the hash that Node computes of it, with any texts", async () => {
    const { audit } = await open(await stateDir());
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom("\u0001a", "\u0001s", "\0", "\ud800"),
    );
    const facts = fc
      .sample(text, { numRuns: 200, seed: 7 })
      .flatMap((drawn) => [
        { ...refusal(1), reason: drawn },
        intent({ after: drawn.repeat(20), input: { [drawn]: drawn } }),
      ]);

    const entries = await audit.append(facts);

    expect(entries.map((entry) => entry.hash)).toEqual(entries.map(entryHash));
    expect(await all(audit)).toEqual(entries);
  });

  test("without a clock of a test, entries and decisions have the time of the database", async () => {
    const folder = await stateDir();
    const options = {
      ...optionsFor(folder),
      instance: "test-1",
      server: serverOf(await databaseOf(folder)),
      clock: null,
    };
    const { audit, store } = places.keep(await openPostgres(options));

    const before = await store.nowMs();
    const [entry] = await audit.append([refusal(1)]);
    const after = await store.nowMs();

    expect(Date.parse(entry?.at ?? "")).toBeGreaterThanOrEqual(before);
    expect(Date.parse(entry?.at ?? "")).toBeLessThanOrEqual(after);
    await audit.checkpoint();
    expect(await all(audit)).toMatchObject([{ seq: 1 }, { seq: 2, kind: "checkpoint" }]);
  });

  test("two processes append to one chain, and a settlement is made for the number that its entry gets", async () => {
    const folder = await stateDir();
    const [one, other] = [await open(folder), await open(folder)];

    await Promise.all(
      Array.from({ length: 20 }, async (_, at) => {
        const { audit, settlements } = at % 2 === 0 ? one : other;
        await audit.append([refusal(at)]);
        await settlements.record([refusal(100 + at)], (firstSeq) => ({
          outbox: [{ route: "ops", body: `${firstSeq} is token-${100 + at}`, dueMs: 0 }],
        }));
      }),
    );

    const entries = await all(one.audit);
    const messages = await other.outboxStore.waiting("ops", 100);
    const named = new Set(
      entries.flatMap((entry) => ("actor" in entry ? [`${entry.seq} is ${entry.actor}`] : [])),
    );
    expect(entries.map(({ seq }) => seq)).toEqual(Array.from({ length: 40 }, (_, at) => at + 1));
    expect(messages).toHaveLength(20);
    expect(messages.filter(({ body }) => !named.has(body))).toEqual([]);
  });

  test.each(["UPDATE entries SET kind = 'x'", "DELETE FROM entries", "TRUNCATE entries CASCADE"])(
    "the audit refuses: %s",
    async (sql) => {
      const folder = await stateDir();
      const { audit } = await open(folder);
      await audit.append([refusal(1)]);

      await expect(tamper(folder, sql)).rejects.toMatchObject({ code: "P0001" });
    },
  );

  test("a start refuses a record whose last entries were changed", async () => {
    const folder = await stateDir();
    const first = await open(folder);
    await first.audit.append([refusal(1)]);
    await places.close(first);
    await tamper(folder, "ALTER TABLE entries DISABLE TRIGGER USER; UPDATE entries SET fact = '{}'");

    await expect(POSTGRES.open(optionsFor(folder))).rejects.toMatchObject({ code: "broken-record" });
  });

  test("a start refuses a record of a newer version, and a database of another program", async () => {
    const [newer, foreign] = [await stateDir(), await stateDir()];
    await places.close(await open(newer));
    await tamper(newer, "INSERT INTO migrations VALUES (99, 'later', 0)");
    await tamper(foreign, "CREATE TABLE customers (id INTEGER)");

    await expect(POSTGRES.open(optionsFor(newer))).rejects.toMatchObject({ code: "newer-version" });
    await expect(POSTGRES.open(optionsFor(foreign))).rejects.toMatchObject({ code: "damaged" });
  });

  test("two processes that start at the same time migrate once", async () => {
    const folder = await stateDir();
    await POSTGRES.prepare(folder);

    const opened = await Promise.all([open(folder), open(folder)]);

    expect(opened.filter(({ store }) => store.fresh)).toHaveLength(1);
  });

  test("an append whose connection breaks is unsure, and the next one gets a new connection", async () => {
    const folder = await stateDir();
    const telemetry = testTelemetry();
    const { audit } = places.keep(await POSTGRES.open(optionsFor(folder, { telemetry })));
    await tamper(
      folder,
      `CREATE FUNCTION break() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN IF NEW.fact LIKE '%token-13"%' THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN NEW; END $$;
      CREATE TRIGGER break BEFORE INSERT ON entries FOR EACH ROW EXECUTE FUNCTION break()`,
    );

    await expect(audit.append([refusal(13)])).rejects.toMatchObject({ name: "StoreError", code: "unsure" });

    expect(await audit.append([refusal(1)])).toMatchObject([{ seq: 1 }]);
  });

  test("a database that cannot be reached, or does not exist, is named", async () => {
    const folder = await stateDir();
    const cluster = await testCluster();
    const at = (url: string) =>
      openPostgres({ ...optionsFor(folder), instance: "test-1", server: serverOf(url), clock: null });

    await expect(at(cluster.url("nothing"))).rejects.toMatchObject({ code: "missing" });
    await expect(at(cluster.url("postgres", "stranger"))).rejects.toMatchObject({ code: "refused" });
    await expect(at("postgresql://grantkeeper@127.0.0.1:1/x")).rejects.toMatchObject({ code: "unreachable" });
  });

  test("a read-only database refuses by name", async () => {
    const folder = await stateDir();
    const { audit } = await open(folder);
    const { pathname } = new URL((await databaseOf(folder)).replace("@/", "@socket/"));
    await tamper(folder, `ALTER DATABASE ${pathname.slice(1)} SET default_transaction_read_only = on`);

    await expect(POSTGRES.open(optionsFor(folder))).rejects.toMatchObject({ code: "read-only" });
    expect(await audit.openIntents("222222222222" as never)).toEqual([]);
  });

  test("a NUL in the text of an alert is stored as the replacement character", async () => {
    const { store, outboxStore } = await open(await stateDir());

    await store.commit({ outbox: [{ route: "ops", body: "a\0b", dueMs: 0 }] });

    expect(await outboxStore.waiting("ops", 1)).toMatchObject([{ body: "a\ufffdb" }]);
  });
});
