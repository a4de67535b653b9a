import { beforeEach, describe, expect, test } from "@jest/globals";
import type { Holder } from "../../../../src/controller/ports/assigned/assigner.ts";
import type { AccountId } from "../../../../src/model/aws/ids.ts";
import type { Key } from "../../../../src/model/keys/key.ts";
import type { PassMemory } from "../../../../src/model/passes/pass-memory.ts";
import { StoreError } from "../../../../src/store/errors.ts";
import {
  FakeController,
  INTERVAL_MS,
  manifests,
  READ_ORDERS,
  SWEEP_MS,
  WRITE_ORDERS,
} from "../../../support/fakes/fake-controller.ts";
import { EIGHT, found as foundInOrganization, SET, SEVEN, stop } from "../sandboxes.ts";

const PROD = "111122223333" as AccountId;
const TEST = "444455556666" as AccountId;
const KEY = `function/${PROD}/eu-west-1/orders/a` as Key;
const FILES = manifests({ a: READ_ORDERS }, { prod: PROD, test: TEST });

/** The record of an active replica with one standby, which makes no passes here. */
describe("an active replica that shares accounts", () => {
  let fake: FakeController;
  let holders: Holder[];
  let found: Map<AccountId, PassMemory | null>;
  let assignments: (readonly AccountId[])[];
  let limits: number[];
  let removals: number;
  let rows: { readonly id: number; readonly keys: readonly Key[] | "all" }[];
  let assign: (accounts: readonly AccountId[]) => Promise<readonly AccountId[]>;

  beforeEach(() => {
    fake = new FakeController();
    [holders, found, assignments, limits] = [[], new Map(), [], []];
    assign = async (accounts) => {
      for (const id of accounts) found.set(id, null);
      return accounts;
    };
    fake.assignedMemories = { read: async () => new Map(found) };
    rows = [];
    removals = 0;
    fake.dueWriter = {
      write: async (_account, keys) => {
        rows.push({ id: rows.length + 1, keys });
        return [rows.length];
      },
      open: async () => new Set(rows.map(({ id }) => id)),
      removeReturned: async () => {
        removals += 1;
      },
    };
    fake.assigner = {
      holders: async () => holders.map((holder) => ({ ...holder, accounts: [...found.keys()] })),
      limit: async (share) => void limits.push(share),
      assign: async (_replica, accounts) => {
        assignments.push(accounts);
        return assign(accounts);
      },
    };
  });

  const sweeps = (id: AccountId): number => fake.cloud.accounts.get(id)?.sweeps.length ?? 0;
  const standby = (canTake = true): Holder => ({ id: "two", canTake, accounts: [] });

  test("makes all passes while no standby can take an account", async () => {
    holders = [standby(false)];
    await fake.startConverged(FILES);

    await fake.clock.pass(2 * SWEEP_MS);

    expect(assignments).toEqual([]);
    expect([sweeps(PROD) > 1, sweeps(TEST) > 1]).toEqual([true, true]);
    await stop(fake);
  });

  test("assigns a standby its share, makes no pass of it, and makes them again when it is returned", async () => {
    await fake.startConverged(FILES);
    holders = [standby()];
    await fake.clock.pass(2_000);
    const before = sweeps(PROD);
    expect([assignments, limits.at(-1)]).toEqual([[[PROD]], 1]);

    await fake.clock.pass(3 * SWEEP_MS);
    expect([sweeps(PROD), sweeps(TEST) > 2]).toEqual([before, true]);

    // Once at the start: a process before this one may have left rows.
    expect(removals).toBe(1);
    holders = [];
    found.delete(PROD);
    await fake.clock.pass(2_000);
    expect(removals).toBe(2);
    expect(sweeps(PROD)).toBe(before + 1);
    await stop(fake);
  });

  test("keeps the members of an AccountSet: each account has one replica, and its passes are made", async () => {
    foundInOrganization(fake, SEVEN, EIGHT);
    await fake.startConverged({ ...FILES, "platform/set.yaml": SET });
    holders = [standby()];
    await fake.clock.pass(2 * SWEEP_MS);

    const own = [PROD, TEST, SEVEN, EIGHT].filter((id) => !found.has(id));
    const before = own.map(sweeps);
    await fake.clock.pass(2 * SWEEP_MS);

    expect([...found.keys()]).toEqual([PROD]);
    expect(own.map((id, at) => sweeps(id) > (before[at] ?? Infinity))).toEqual([true, true, true]);
    await stop(fake);
  });

  test("assigns no account of which a pass runs, and begins none while it assigns", async () => {
    await fake.startConverged(FILES);
    const [read, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const prod = fake.cloud.account(PROD);
    const sweep = prod.sweep.bind(prod);
    prod.sweep = async (request) => {
      read.resolve();
      await ended.promise;
      return sweep(request);
    };
    await fake.clock.pass(2 * SWEEP_MS);
    await read.promise;
    holders = [standby()];
    await fake.clock.pass(5_000);
    expect(assignments).toEqual([]);

    const assigning = Promise.withResolvers<void>();
    assign = async () => {
      await assigning.promise;
      return [];
    };
    ended.resolve();
    await fake.clock.pass(2_000);
    expect(assignments).toEqual([[PROD]]);
    const before = sweeps(PROD);
    await fake.clock.pass(3 * SWEEP_MS);
    expect(sweeps(PROD)).toBe(before);

    // The replica could not take it any more: the pass that was due meanwhile begins.
    holders = [];
    assigning.resolve();
    await fake.clock.pass(1_000);
    expect(sweeps(PROD)).toBe(before + 1);
    await stop(fake);
  });

  test("hands on what is requested of an assigned account, and waits for its pass; nothing else of a revision", async () => {
    await fake.startConverged(FILES);
    holders = [standby()];
    await fake.clock.pass(2_000);
    fake.source.push(manifests({ a: WRITE_ORDERS }, { prod: PROD, test: TEST }));
    await fake.clock.pass(INTERVAL_MS);
    expect(rows).toEqual([]);

    const asked = await fake.control.reconcile({ kind: "keys", keys: [KEY] }, "test");
    const token = asked.kind === "ok" ? asked.value.token : "";
    await fake.clock.pass(5_000);
    const during = fake.control.reconciled(token);
    expect([rows, during?.waitingFor]).toEqual([[{ id: 1, keys: [KEY] }], [KEY]]);

    rows = [];
    await fake.clock.pass(2_000);
    expect(fake.control.reconciled(token)).toMatchObject({ done: true, waitingFor: [] });
    await stop(fake);
  });

  test("ends no request by a row that is gone because the account was returned: its own pass does", async () => {
    await fake.startConverged(FILES);
    holders = [standby()];
    await fake.clock.pass(2_000);
    const asked = await fake.control.reconcile({ kind: "keys", keys: [KEY] }, "test");
    const token = asked.kind === "ok" ? asked.value.token : "";
    await fake.clock.pass(3_000);
    const [read, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const prod = fake.cloud.account(PROD);
    const sweep = prod.sweep.bind(prod);
    prod.sweep = async (request) => {
      read.resolve();
      await ended.promise;
      return sweep(request);
    };

    [rows, holders] = [[], []];
    found.delete(PROD);
    await fake.clock.pass(2_000);
    await read.promise;
    expect(fake.control.reconciled(token)?.done).toBe(false);

    ended.resolve();
    await fake.clock.pass(2_000);
    expect(fake.control.reconciled(token)?.done).toBe(true);
    await stop(fake);
  });

  test("goes on with an account when the record fails while it is assigned, and tries again", async () => {
    await fake.startConverged(FILES);
    assign = () => Promise.reject(new StoreError("unreachable", "the database does not answer"));
    holders = [standby()];
    const before = sweeps(PROD);

    await fake.clock.pass(2 * SWEEP_MS);

    expect([assignments.length > 1, sweeps(PROD) > before]).toEqual([true, true]);
    await stop(fake);
  });

  test("begins no pass of an account that may be assigned until the record shows who makes it, and stops meanwhile", async () => {
    let isReadable = true;
    fake.assignedMemories = {
      read: () =>
        isReadable
          ? Promise.resolve(new Map(found))
          : Promise.reject(new StoreError("unreachable", "the database does not answer")),
    };
    await fake.startConverged(FILES);
    isReadable = false;
    assign = async (accounts) => {
      for (const id of accounts) found.set(id, null);
      throw new StoreError("unreachable", "the database does not answer");
    };
    holders = [standby()];
    const before = sweeps(PROD);

    await fake.clock.pass(3 * SWEEP_MS);
    expect([assignments, sweeps(PROD)]).toEqual([[[PROD]], before]);

    isReadable = true;
    await fake.clock.pass(3 * SWEEP_MS);
    expect([sweeps(PROD), await fake.control.overview()]).toMatchObject([
      before,
      { accounts: [{ id: PROD, comparing: true }, { id: TEST }] },
    ]);
    isReadable = false;
    await stop(fake);
  });
});
