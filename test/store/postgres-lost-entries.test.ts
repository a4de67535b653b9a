import { copyFileSync, writeFileSync } from "node:fs";
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
    await expect(settlements.settle([], () => ({}))).rejects.toMatchObject({ code: "history-lost" });
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

  test("a person accepts the loss with a reason: it is recorded, approvals end, and other replicas set their proofs aside", async () => {
    const [folder, other] = [await places.folder(), await places.folder()];
    const server = serverOf(await databaseOf(folder));
    const optionsOf = (stateDir: string) => ({
      ...optionsFor(stateDir),
      anchors: { file: null, log: false, newest: join(stateDir, "newest.json") },
      instance: "test-1",
      server,
      clock: null,
    });
    const first = await openPostgres(optionsOf(folder));
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
    await expect(openPostgres(optionsOf(folder))).rejects.toMatchObject({ code: "history-lost" });
    const holder = { replica: replicaOn("one", 1), clock, steadyMs: () => performance.now() };
    const decision = { actor: "dana on gk-0", reason: "INC-204", version: "0.2.0" };

    const shown = await acceptLoss(optionsOf(folder), holder, null);
    const accepted = await acceptLoss(optionsOf(folder), holder, decision);
    const atOther = await acceptLoss(optionsOf(other), holder, null);

    expect(shown).toMatchObject({ kind: "lost", last: 2, lostUpTo: 3, file: join(folder, "newest.json") });
    const setAside = [join(folder, "newest.json.lost-3")];
    expect(accepted).toMatchObject({ kind: "accepted", lostUpTo: 3, isRecorded: false, setAside });
    expect(atOther).toMatchObject({ kind: "accepted", lostUpTo: 3, isRecorded: true });
    const next = places.keep(await openPostgres(optionsOf(other)));
    expect(await all(next.audit)).toMatchObject([
      { seq: 1 },
      { seq: 2 },
      { kind: "restored", lostUpTo: 3, reason: "INC-204", actor: "dana on gk-0" },
      { kind: "checkpoint", upTo: 3 },
    ]);
    expect(await next.store.approvals(0)).toEqual([]);
    expect(await next.store.accounts()).toMatchObject([{ started: false }]);
    expect(await acceptLoss(optionsOf(other), holder, decision)).toMatchObject({ kind: "complete" });
  });

  test("a loss is not accepted while a controller is active", async () => {
    const folder = await places.folder();
    await leased(folder);
    const newest = join(folder, "newest.json");
    writeFileSync(newest, JSON.stringify({ seq: 9, hash: "0".repeat(64), at: "2026-11-25T12:00:00.000Z" }));
    const options = {
      ...optionsFor(folder, { anchors: { file: null, log: false } }),
      anchors: { file: null, log: false, newest },
      instance: "test-1",
      server: serverOf(await databaseOf(folder)),
      clock: null,
    };
    const holder = { replica: replicaOn("two", 2), clock, steadyMs: () => performance.now() };

    const accepted = acceptLoss(options, holder, { actor: "dana", reason: "r", version: "0.2.0" });

    await expect(accepted).rejects.toMatchObject({
      code: "locked",
      message: expect.stringContaining("stop"),
    });
  });
});
