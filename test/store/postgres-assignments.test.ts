import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "@jest/globals";
import type { AccountId } from "../../src/model/aws/ids.ts";
import { LEASE_TERM_MS } from "../../src/model/network/write-budget.ts";
import { assignAccounts, withdrawAccounts } from "../../src/store/postgres/assignments/assign.ts";
import {
  ACCOUNT,
  finish,
  intent,
  KEY,
  OTHER_ACCOUNT,
  OTHER_KEY,
  refusal,
} from "../support/record/audit-facts.ts";
import { HAS_POSTGRES } from "../support/postgres/cluster.ts";
import { all } from "./audit-entries.ts";
import { replicaOn } from "./leased.ts";
import { Places } from "./places.ts";
import { databaseOf } from "./postgres-engine.ts";
import { expireLeases, runIn, Sharing, TWO } from "./sharing.ts";
import { ACCOUNT_RECORD, record } from "./stored-records.ts";

const places = new Places();
const HOLDER = fileURLToPath(new URL("assigned-holder.ts", import.meta.url));
const sharing = new Sharing(places);

(HAS_POSTGRES ? describe : describe.skip)("accounts that are assigned to a replica", () => {
  const children: ReturnType<typeof spawn>[] = [];
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
  });

  const NOT_ASSIGNED = { code: "not-assigned" };
  const of = (accountId: AccountId) => ({ ...ACCOUNT_RECORD, accountId });

  test("only the replica that has an account writes its intents, keys and record; what is of no account writes any", async () => {
    const { one, two } = await sharing.shared();
    expect(two.assigned.accounts).toEqual([ACCOUNT]);

    const [entry] = await two.audit.append([intent({ key: KEY })]);
    if (entry === undefined) throw new Error("nothing was appended");
    await two.settlements.record([finish(entry, "applied")], () => ({
      keys: [record({ key: KEY })],
      accounts: [of(ACCOUNT)],
    }));
    await one.audit.append([intent({ key: OTHER_KEY }), refusal(1)]);
    await two.audit.append([refusal(2)]);

    await expect(one.audit.append([intent({ key: KEY })])).rejects.toMatchObject(NOT_ASSIGNED);
    await expect(one.audit.append([finish(entry, "failed")])).rejects.toMatchObject(NOT_ASSIGNED);
    for (const change of [
      { keys: [record({ key: KEY })] },
      { removedKeys: [KEY] },
      { accounts: [of(ACCOUNT)] },
    ])
      await expect(one.settlements.record([refusal(3)], () => change)).rejects.toMatchObject(NOT_ASSIGNED);
    await expect(two.audit.append([intent({ key: OTHER_KEY })])).rejects.toMatchObject(NOT_ASSIGNED);
    await expect(two.store.commit({ accounts: [of(OTHER_ACCOUNT)] })).rejects.toMatchObject(NOT_ASSIGNED);
    const kinds = (await all(one.audit)).map(({ kind }) => kind);
    expect(kinds).toEqual([
      "write-intended",
      "write-finished",
      "write-intended",
      "request-refused",
      "request-refused",
    ]);
    expect((await one.store.keys(ACCOUNT)).map(({ key }) => key)).toEqual([KEY]);
  });

  test("more of them are for a replica that has compiled what is in force with the same program, up to its share", async () => {
    const { folder, one, two } = await sharing.shared();
    const canTake = async (follows: object, version = "0.2.0"): Promise<readonly boolean[]> => {
      const set = `version = '${version}', follows = '${JSON.stringify(follows)}'`;
      await runIn(folder, `UPDATE replica SET ${set} WHERE id = '${TWO.id}'`);
      return (await one.assigner.holders()).map((holder) => holder.canTake);
    };
    const holder = { id: TWO.id, canTake: false, accounts: [ACCOUNT] };
    expect(await one.assigner.holders()).toEqual([holder]);
    const shown = (await one.store.replicas()).map(({ state, accounts }) => [state, accounts]);
    expect(shown).toEqual([
      ["active", []],
      ["standby", [ACCOUNT]],
    ]);

    const current = { digest: "d1", reason: null };
    expect(await canTake(current)).toEqual([false]);
    await runIn(folder, "INSERT INTO in_force (id, digest, record) VALUES (1, 'd1', '{}')");
    expect(await canTake(current)).toEqual([true]);
    expect(await canTake({ digest: "d2", reason: null })).toEqual([false]);
    expect(await canTake({ digest: null, reason: "no access" })).toEqual([false]);
    expect(await canTake(current, "0.3.0")).toEqual([false]);

    expect(two.assigned.share).toBe(Infinity);
    await one.assigner.limit(4);
    await two.assigned.renew();
    expect(two.assigned.share).toBe(4);
    await expireLeases(folder);
    expect(await one.assigner.holders()).toEqual([]);
  });

  test("a refused intent does not take along the entries that share its statement", async () => {
    const { one } = await sharing.shared();
    const before = one.audit.append([refusal(0)]);

    const calls = [[refusal(1)], [intent({ key: KEY })], [intent({ key: OTHER_KEY })]];
    const results = await Promise.allSettled(calls.map((facts) => one.audit.append(facts)));

    await before;
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect((await all(one.audit)).map(({ kind, seq }) => [seq, kind])).toEqual([
      [1, "request-refused"],
      [2, "request-refused"],
      [3, "write-intended"],
    ]);
  });

  test("a pass under an earlier assignment is refused, also if the account came back to the same replica", async () => {
    const { folder, one, two } = await sharing.shared();
    const other = await sharing.joined(folder, replicaOn("three", 3));

    // The account moves away and back while a pass of it reads.
    await runIn(folder, `SELECT * FROM return_assignments('${TWO.id}', NULL)`);
    expect(await assignAccounts(one.database, replicaOn("three", 3).id, [ACCOUNT])).toEqual([ACCOUNT]);
    await other.assigned.renew();
    await other.assigned.returnAccounts([ACCOUNT]);
    expect(await assignAccounts(one.database, TWO.id, [ACCOUNT])).toEqual([ACCOUNT]);

    await expect(two.store.commit({ keys: [record({ key: KEY })] })).rejects.toMatchObject(NOT_ASSIGNED);
    await two.assigned.renew();
    expect([two.assigned.accounts, two.assigned.leftMs(ACCOUNT)]).toEqual([[], 0]);
    await expect(two.audit.append([intent({ key: KEY })])).rejects.toMatchObject(NOT_ASSIGNED);
    two.assigned.passesEnded(ACCOUNT);
    await two.assigned.renew();
    expect([two.assigned.accounts, two.assigned.leftMs(ACCOUNT)]).toEqual([[ACCOUNT], LEASE_TERM_MS]);
    await two.audit.append([intent({ key: KEY })]);
  });

  test("an account is assigned to one replica only, by the active one only, and not to one that waits or whose lease has ended", async () => {
    const { folder, one } = await sharing.shared();
    const three = replicaOn("three", 3);
    const waiting = await sharing.replica(folder, three);
    await waiting.claim();

    expect(await assignAccounts(one.database, three.id, [OTHER_ACCOUNT])).toEqual([]);
    const other = places.keep(await waiting.join());
    expect(await assignAccounts(one.database, three.id, [ACCOUNT, OTHER_ACCOUNT])).toEqual([OTHER_ACCOUNT]);
    await other.assigned.returnAccounts([OTHER_ACCOUNT]);
    await expireLeases(folder);
    expect(await assignAccounts(one.database, three.id, [OTHER_ACCOUNT])).toEqual([]);

    await runIn(folder, "UPDATE lease SET epoch = epoch + 1, holder = 'another'");
    await expect(assignAccounts(one.database, TWO.id, [OTHER_ACCOUNT])).rejects.toMatchObject({
      code: "lease-lost",
    });
    await expect(withdrawAccounts(one.database)).rejects.toMatchObject({ code: "lease-lost" });
  });

  test("an account is withdrawn when the lease of its replica has ended, not before, and that lease cannot be renewed", async () => {
    const { folder, one, two } = await sharing.shared();
    expect(await withdrawAccounts(one.database)).toEqual([]);

    await expireLeases(folder);
    // Until the account is withdrawn, the replica may go on: no one else has it.
    expect(await two.assigned.renew()).toBe("renewed");
    expect(await withdrawAccounts(one.database)).toEqual([]);
    await expireLeases(folder);
    expect(await withdrawAccounts(one.database)).toEqual([ACCOUNT]);

    expect(await two.assigned.renew()).toBe("ended");
    await one.audit.append([intent({ key: KEY })]);
    await expect(two.audit.append([refusal(1)])).rejects.toMatchObject({ code: "lease-lost" });
    expect(await two.assigned.lost).toMatchObject({ code: "lease-lost" });
    expect([two.assigned.accounts, two.assigned.leftMs(ACCOUNT)]).toEqual([[], 0]);
  });

  test("the renewals of the active replica withdraw accounts of a replica that is gone, also without its row", async () => {
    const { folder, one } = await sharing.shared();
    await runIn(folder, "DELETE FROM replica WHERE host = 'two'");
    await expect(one.audit.append([intent({ key: KEY })])).rejects.toMatchObject(NOT_ASSIGNED);

    while (!one.telemetry.lines.some(({ level }) => level === "info")) {
      one.clocks.wake();
      await new Promise((resolve) => setImmediate(resolve));
    }

    await one.audit.append([intent({ key: KEY })]);
  });

  test("an intent is refused when the call after it could outlast the lease of the replica; other entries are not", async () => {
    const { folder, two } = await sharing.shared();
    await runIn(
      folder,
      "UPDATE replica SET expires = clock_timestamp() + INTERVAL '12 s' WHERE host = 'two'",
    );

    await expect(two.audit.append([intent({ key: KEY })])).rejects.toMatchObject({ code: "lease-ends" });
    expect(await two.audit.append([refusal(1)])).toHaveLength(1);
  });

  test("a replica that cannot renew has no time left when its lease may have ended, and goes on if no one ended it", async () => {
    const { folder, two } = await sharing.shared();
    const { assigned, clocks, telemetry } = two;
    await runIn(folder, "ALTER TABLE replica RENAME TO away");

    clocks.pass(20_000);
    expect([await assigned.renew(), await assigned.renew()]).toEqual(["doubtful", "doubtful"]);
    expect(assigned.leftMs(ACCOUNT)).toBe(10_000);
    clocks.wallMs += 11_000;
    expect(assigned.leftMs(ACCOUNT)).toBeLessThan(0);

    await runIn(folder, "ALTER TABLE away RENAME TO replica");
    expect(await assigned.renew()).toBe("renewed");
    expect(assigned.leftMs(ACCOUNT)).toBe(LEASE_TERM_MS);
    expect(telemetry.lines.map(({ level }) => level)).toEqual(["error"]);
  });

  test("a replica that ends in order returns its accounts, and is no replica any more", async () => {
    const { one, two } = await sharing.shared();

    await places.close(two);
    await two.leaveNow();

    await one.audit.append([intent({ key: KEY })]);
    expect((await one.store.replicas()).map(({ host, accounts }) => [host, accounts])).toEqual([["one", []]]);
    expect(two.assigned.leftMs(ACCOUNT)).toBe(0);
  });

  test("a replica that gets the lease ends its passes as the one that had the accounts, and has them after their return", async () => {
    const { one, two } = await sharing.shared();
    const [entry] = await two.audit.append([intent({ key: KEY })]);
    if (entry === undefined) throw new Error("nothing was appended");
    await places.close(one);
    const leased = await two.claim();
    if (leased === null) throw new Error("the lease is not free");
    const active = places.keep(leased);

    await expect(active.audit.append([intent({ key: KEY })])).rejects.toMatchObject(NOT_ASSIGNED);
    await two.audit.append([finish(entry, "applied")]);
    await places.close(two);

    await active.audit.append([intent({ key: KEY })]);
    expect((await active.audit.openIntents(ACCOUNT)).map(({ seq }) => seq)).toEqual([3]);
  });

  test("a stopped replica writes nothing of an account after it was withdrawn, and the next one has no entry of it", async () => {
    const folder = await places.folder();
    const one = await sharing.active(folder);
    const child = spawn(process.execPath, [HOLDER, await databaseOf(folder), folder], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    children.push(child);
    const lines: string[] = [];
    child.stdout.setEncoding("utf8").on("data", (text: string) => lines.push(...text.trim().split("\n")));
    await once(child.stdout, "data");
    expect(await assignAccounts(one.database, lines[0] ?? "", [ACCOUNT])).toEqual([ACCOUNT]);
    await once(child.stdout, "data");

    child.kill("SIGSTOP");
    await expireLeases(folder);
    expect(await withdrawAccounts(one.database)).toEqual([ACCOUNT]);
    const [mine] = await one.audit.append([intent({ key: KEY })]);
    child.kill("SIGCONT");
    await once(child, "exit");

    expect(lines.slice(1)).toEqual(["assigned", "lease-lost"]);
    expect((await all(one.audit)).at(-1)).toEqual(mine);
  });
});
