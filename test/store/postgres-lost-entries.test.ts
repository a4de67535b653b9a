import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { clock } from "../../src/compose/ports.ts";
import { acceptLoss } from "../../src/store/postgres/accept-loss.ts";
import { openPostgres } from "../../src/store/postgres/open.ts";
import { HAS_POSTGRES } from "../support/postgres/cluster.ts";
import { refusal } from "../support/record/audit-facts.ts";
import { all } from "./audit-entries.ts";
import { optionsFor } from "./engines.ts";
import { openLeased, replicaOn } from "./leased.ts";
import { Places } from "./places.ts";
import { databaseOf, POSTGRES, serverOf, testCluster } from "./postgres-engine.ts";
import { ACCOUNT_RECORD, APPROVAL } from "./stored-records.ts";

const places = new Places();

(HAS_POSTGRES ? describe : describe.skip)("a database that lost entries", () => {
  /** With copies of checkpoints in the state directory. */
  const anchored = (folder: string) =>
    optionsFor(folder, { anchors: { file: join(folder, "audit-anchors.jsonl"), log: false } });

  async function leased(folder: string) {
    const server = serverOf(await databaseOf(folder));
    const options = { ...optionsFor(folder), instance: "test-1", server, clock: null };
    const holder = { replica: replicaOn("one", 1), clock, steadyMs: () => performance.now() };
    return places.keep(await openLeased(options, holder, AbortSignal.timeout(60_000)));
  }

  /** As a failover to a standby that missed the entries after `seq`. */
  async function loseAfter(folder: string, seq: number): Promise<void> {
    const { database } = serverOf(await databaseOf(folder));
    const sql = `BEGIN;
      ALTER TABLE entries DISABLE TRIGGER USER;
      DELETE FROM unanchored WHERE seq > ${seq};
      DELETE FROM entries WHERE seq > ${seq};
      ALTER TABLE entries ENABLE TRIGGER USER;
      UPDATE head SET seq = ${seq}, checkpoint = 0,
        hash = coalesce((SELECT hash FROM entries WHERE seq = ${seq}), repeat('0', 64));
      COMMIT`;
    await (await testCluster()).run(sql, database);
  }

  test("a running controller appends nothing to it, and has no time left to write to AWS", async () => {
    const folder = await places.folder();
    const { audit, settlements, lease } = await leased(folder);
    await audit.append([refusal(1), refusal(2)]);
    const [third] = await audit.append([refusal(3)]);
    await loseAfter(folder, 2);

    await expect(audit.append([refusal(4)])).rejects.toMatchObject({ code: "history-lost" });

    expect(lease.leftMs()).toBe(0);
    expect(await lease.lost).toMatchObject({ code: "history-lost" });
    await expect(settlements.record([], () => ({}))).rejects.toMatchObject({ code: "history-lost" });
    await expect(audit.checkpoint()).rejects.toMatchObject({ code: "history-lost" });
    expect(third).toMatchObject({ seq: 3 });
    expect(await all(audit)).toMatchObject([{ seq: 1 }, { seq: 2 }]);
  });

  test("another entry with the same number does not replace a lost one, nor one that the start has read", async () => {
    const folder = await places.folder();
    const before = await POSTGRES.open(optionsFor(folder));
    await before.audit.append([refusal(1)]);
    const running = await leased(folder);
    await loseAfter(folder, 0);
    const other = places.keep(await POSTGRES.open(optionsFor(folder)));
    await other.audit.append([refusal(2), refusal(3)]);

    await expect(running.audit.append([refusal(4)])).rejects.toMatchObject({ code: "history-lost" });
    await expect(before.audit.append([refusal(4)])).rejects.toMatchObject({ code: "history-lost" });

    expect(await all(other.audit)).toHaveLength(2);
    await before.store.close();
  });

  test("a start refuses a record that ends before the newest copy of a checkpoint, or has another entry there", async () => {
    const folder = await places.folder();
    const first = await POSTGRES.open(anchored(folder));
    await first.audit.append([refusal(1), refusal(2)]);
    await first.audit.checkpoint();
    await first.store.close();
    await loseAfter(folder, 1);

    const ends = POSTGRES.open(anchored(folder));
    await expect(ends).rejects.toMatchObject({
      code: "history-lost",
      message: expect.stringMatching(/ends at entry 1, but .*audit-anchors\.jsonl proves entries up to 2$/),
    });
    const unaware = await POSTGRES.open(optionsFor(folder));
    await unaware.audit.append([refusal(3), refusal(4)]);
    await unaware.store.close();
    await expect(POSTGRES.open(anchored(folder))).rejects.toMatchObject({
      code: "history-lost",
      message: expect.stringContaining("has another entry 2"),
    });
  });

  const DECISION = { actor: "dana on gk-0", reason: "INC-204", version: "0.2.0", withinMs: 60_000 };
  const holderOn = (host: string) => ({
    replica: replicaOn(host, 2),
    clock,
    steadyMs: () => performance.now(),
  });

  /** The record of `folder`, of a replica with that state directory and both proofs. */
  async function provedOptions(folder: string, stateDir = folder) {
    const anchors = {
      file: join(stateDir, "audit-anchors.jsonl"),
      log: false,
      newest: join(stateDir, "newest.json"),
    };
    const server = serverOf(await databaseOf(folder));
    return { ...optionsFor(stateDir), anchors, instance: "test-1", server, clock: null };
  }

  async function sql<Row>(folder: string, text: string): Promise<readonly Row[]> {
    return (await POSTGRES.run(folder, text)) as readonly Row[];
  }

  test("a person accepts the loss with a reason: it is recorded, approvals end, and other replicas set their proofs aside", async () => {
    const [folder, other] = [await places.folder(), await places.folder()];
    const options = await provedOptions(folder);
    const otherOptions = await provedOptions(folder, other);
    const first = await openPostgres(options);
    await first.audit.append([refusal(1), refusal(2)]);
    await first.store.commit({
      approvals: [APPROVAL],
      accounts: [ACCOUNT_RECORD],
    });
    await first.audit.append([refusal(3)]);
    await first.store.close();
    for (const name of ["newest.json", "audit-key.pem", "audit-key.pub.pem"])
      copyFileSync(join(folder, name), join(other, name));
    await loseAfter(folder, 2);
    await expect(openPostgres(options)).rejects.toMatchObject({ code: "history-lost" });

    const shown = await acceptLoss(options, holderOn("one"), null);
    const accepted = await acceptLoss(options, holderOn("one"), DECISION);
    const shownAtOther = await acceptLoss(otherOptions, holderOn("two"), null);
    const isKept = existsSync(join(other, "newest.json"));
    const atOther = await acceptLoss(otherOptions, holderOn("two"), DECISION);

    const lost = { kind: "lost", last: 2, lostUpTo: 3, file: join(folder, "newest.json") };
    expect(shown).toMatchObject({ ...lost, isRecorded: false });
    const setAside = [join(folder, "newest.json.lost-3")];
    expect(accepted).toMatchObject({ kind: "accepted", lostUpTo: 3, isRecorded: false, setAside });
    expect(shownAtOther).toMatchObject({ kind: "lost", lostUpTo: 3, isRecorded: true });
    expect(isKept).toBe(true);
    expect(atOther).toMatchObject({ kind: "accepted", lostUpTo: 3, isRecorded: true });
    const next = places.keep(await openPostgres(otherOptions));
    expect(await all(next.audit)).toMatchObject([
      { seq: 1 },
      { seq: 2 },
      { kind: "restored", lostUpTo: 3, reason: "INC-204", actor: "dana on gk-0" },
      { kind: "checkpoint", upTo: 3 },
    ]);
    expect(await next.store.approvals(0)).toEqual([]);
    expect(await next.store.accounts()).toMatchObject([{ started: false }]);
    expect(await acceptLoss(otherOptions, holderOn("two"), DECISION)).toMatchObject({ kind: "complete" });
  });

  test("copies of checkpoints that the database has stay in use, as those that wait, and no earlier evidence is replaced", async () => {
    const folder = await places.folder();
    const options = await provedOptions(folder);
    const anchors = join(folder, "audit-anchors.jsonl");
    const first = await openPostgres(options);
    await first.audit.append([refusal(1)]);
    await first.audit.checkpoint();
    const kept = readFileSync(anchors, "utf8");
    await first.audit.append([refusal(2)]);
    await first.audit.checkpoint();
    await first.store.close();
    const before = readFileSync(anchors, "utf8");
    await loseAfter(folder, 2);
    await sql(folder, "INSERT INTO unanchored (copy, seq) VALUES ('log', 2)");
    writeFileSync(`${anchors}.lost-4`, "earlier evidence");

    const accepted = await acceptLoss(options, holderOn("one"), DECISION);

    const setAside = [join(folder, "newest.json.lost-4"), `${anchors}.lost-4-2`];
    expect(accepted).toMatchObject({ kind: "accepted", lostUpTo: 4, setAside });
    expect(before.split("\n")).toHaveLength(3);
    expect(readFileSync(anchors, "utf8")).toBe(kept);
    expect(readFileSync(`${anchors}.lost-4`, "utf8")).toBe("earlier evidence");
    expect(readFileSync(`${anchors}.lost-4-2`, "utf8")).toBe(before);
    expect(await sql(folder, "SELECT copy, seq FROM unanchored")).toMatchObject([{ copy: "log", seq: 2 }]);
  });

  test("without the entry that records the loss, no approval ends", async () => {
    const folder = await places.folder();
    const options = await provedOptions(folder);
    const first = await openPostgres(options);
    await first.store.commit({ approvals: [APPROVAL] });
    await first.audit.append([refusal(1)]);
    await first.store.close();
    await loseAfter(folder, 0);
    await sql(
      folder,
      `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused'; END $$;
      CREATE TRIGGER refused BEFORE INSERT ON entries FOR EACH ROW EXECUTE FUNCTION refuse()`,
    );

    await expect(acceptLoss(options, holderOn("one"), DECISION)).rejects.toThrow("refused");

    expect(await sql(folder, "SELECT subject FROM approvals")).toHaveLength(1);
    expect(existsSync(join(folder, "newest.json"))).toBe(true);
  });

  test("a damaged note of the newest entry is no proof that nothing is lost", async () => {
    const folder = await places.folder();
    const options = await provedOptions(folder);
    const first = await openPostgres(options);
    await first.audit.append([refusal(1)]);
    await first.store.close();
    const newest = join(folder, "newest.json");
    writeFileSync(newest, '{"seq":');

    const damaged = { code: "unreadable-proof", message: expect.stringContaining(newest) };
    await expect(openPostgres(options)).rejects.toMatchObject(damaged);
    await expect(acceptLoss(options, holderOn("one"), DECISION)).rejects.toMatchObject(damaged);
  });

  test("a loss is not accepted while a controller is active, nor while the lease of one that is gone lasts", async () => {
    const folder = await places.folder();
    await leased(folder);
    const options = await provedOptions(folder);
    const lost = { seq: 9, hash: "0".repeat(64), at: "2026-11-25T12:00:00.000Z" };
    writeFileSync(options.anchors.newest, JSON.stringify(lost));

    await expect(acceptLoss(options, holderOn("two"), DECISION)).rejects.toMatchObject({
      code: "locked",
      message: expect.stringContaining("stop"),
    });
    await sql(folder, "DELETE FROM replica");
    await expect(acceptLoss(options, holderOn("two"), { ...DECISION, withinMs: 10 })).rejects.toMatchObject({
      code: "lease-not-free",
      fix: expect.stringContaining("stop all replicas"),
    });

    expect(await sql(folder, "SELECT id FROM replica")).toEqual([]);
  });
});
