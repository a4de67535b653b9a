import { describe, expect, test } from "@jest/globals";
import type { Store } from "../../src/controller/ports/store.ts";
import type { Key } from "../../src/model/keys/key.ts";
import { ACCOUNT, KEY, OTHER_ACCOUNT, OTHER_KEY } from "../support/record/audit-facts.ts";
import { ENGINES, optionsFor, START_MS } from "./engines.ts";
import { desiredAccount } from "../support/pass/bindings.ts";
import { summaryOf } from "../support/record/key-summary.ts";
import { Places } from "./places.ts";
import {
  status,
  applied,
  record,
  object,
  ACCOUNT_RECORD,
  SOURCE_RECORD,
  APPROVAL,
  SUSPENSION,
} from "./stored-records.ts";
import { allKeys } from "../support/record/all-keys.ts";

const places = new Places();

async function objectVersion(store: Store): Promise<number | undefined> {
  const [only] = await store.objects();
  return only?.resourceVersion;
}

describe.each(ENGINES)("the record in $name", (engine) => {
  async function open(): Promise<Store> {
    return places.keep(await engine.open(optionsFor(await places.folder()))).store;
  }

  test("is fresh on its first start only", async () => {
    const options = optionsFor(await places.folder());
    const first = places.keep(await engine.open(options));
    const fresh = first.store.fresh;
    await places.close(first);

    const second = places.keep(await engine.open(options));

    expect([fresh, second.store.fresh]).toEqual([true, false]);
  });

  test("returns committed objects after a restart", async () => {
    const options = optionsFor(await places.folder());
    const before = places.keep(await engine.open(options));
    const binding = record({ status: status(), driftSinceMs: { a: 1 }, revertsMs: { b: [1, 2] } });
    const unbinding = { atMs: 1, agreedSweepsMs: [2] };
    const policy = record({ key: OTHER_KEY, applied: applied("kind: ManagedPolicy\n"), unbinding });
    await before.store.commit({
      keys: [policy, binding],
      accounts: [ACCOUNT_RECORD],
      sources: [SOURCE_RECORD],
      objects: [object()],
      approvals: [APPROVAL],
      suspensions: [SUSPENSION],
    });
    await places.close(before);

    const { store } = places.keep(await engine.open(options));

    expect(await allKeys(store)).toEqual([binding, policy]);
    expect(await store.keySummaries()).toEqual([summaryOf(binding), summaryOf(policy)]);
    expect(await store.keySummaries([OTHER_KEY, "unknown" as Key])).toEqual([summaryOf(policy)]);
    expect(await store.appliedStates([OTHER_KEY, KEY])).toEqual(new Map([[OTHER_KEY, policy.applied]]));
    expect(await store.keys(OTHER_ACCOUNT)).toEqual([policy]);
    expect(await store.accounts()).toEqual([ACCOUNT_RECORD]);
    expect(await store.sources()).toEqual([SOURCE_RECORD]);
    const changed = { ...SOURCE_RECORD, fileKeys: {} };
    await store.commit({ sources: [changed] });
    expect([await store.source(SOURCE_RECORD.source), await store.sources()]).toEqual([changed, [changed]]);
    expect(await store.objects()).toEqual([object({ resourceVersion: 1 })]);
    expect(await store.approvals(START_MS)).toEqual([APPROVAL]);
    expect(await store.suspensions(START_MS)).toEqual([SUSPENSION]);
  });

  test("returns more rows than one page completely and in order", async () => {
    const store = await open();
    const names = Array.from({ length: 600 }, (_, at) => `f${String(at).padStart(3, "0")}`);
    const keys = names.map((name) => record({ key: `${KEY}-${name}` as Key }));
    await store.commit({ keys, objects: names.map((name) => object({ name, keys: [] })) });

    expect(await allKeys(store)).toEqual(keys);
    expect(await store.keySummaries()).toEqual(keys.map(summaryOf));
    expect(await store.keys(ACCOUNT)).toEqual(keys);
    expect((await store.objects()).map(({ name }) => name)).toEqual(names);
  });

  test("returns objects by their names as in the list of all, and none for a name that it does not have", async () => {
    const store = await open();
    const two = [object({ name: "a", keys: [KEY] }), object({ name: "b", keys: [OTHER_KEY] })];
    await store.commit({ objects: [...two, object({ name: "c", keys: [] })] });
    await store.commit({ keys: [record({ status: status() })] });
    const all = await store.objects();

    const found = await store.objectsNamed([...two, object({ name: "unknown" })]);

    expect(found).toEqual(all.slice(0, 2));
    expect(found.map(({ resourceVersion }) => resourceVersion)).toEqual([2, 1]);
  });

  test("knows nothing of commits of an earlier process, and of its own at least what they have changed", async () => {
    const options = optionsFor(await places.folder());
    const before = places.keep(await engine.open(options));
    await before.store.commit({ keys: [record()] });
    await places.close(before);
    const { store } = places.keep(await engine.open(options));
    const atStart = await store.changedSince(1);

    await store.commit({ keys: [record({ status: status() })], objects: [object()] });
    const later = await store.changedSince(1);

    expect([atStart, await store.changedSince(0)]).toEqual([null, null]);
    const { kind, namespace, name } = object();
    const all = { keys: [KEY], statuses: [KEY], objects: [{ kind, namespace, name }] };
    expect([null, all]).toContainEqual(later);
  });

  test("knows which commits of a key have changed its status, also if its applied state is another one", async () => {
    const store = await open();
    await store.commit({ keys: [record({ applied: applied("one") })] });
    const version = await store.resourceVersion();

    await store.commit({ keys: [record({ applied: applied("two") })] });
    const same = await store.changedSince(version);
    await store.commit({ keys: [record({ status: status(), applied: applied("two") })] });
    const other = await store.changedSince(version);

    const since = { keys: [KEY], objects: [] };
    expect([null, { ...since, statuses: [] }]).toContainEqual(same);
    expect([null, { ...since, statuses: [KEY] }]).toContainEqual(other);
  });

  test("returns an account as it was committed last, however often it was read before", async () => {
    const store = await open();
    const stopped = { ...ACCOUNT_RECORD, started: !ACCOUNT_RECORD.started };
    await store.commit({ accounts: [ACCOUNT_RECORD] });
    const reads = [await store.accounts(), await store.accounts()];

    await store.commit({ accounts: [stopped] });
    reads.push(await store.accounts());
    await store.commit({ accounts: [ACCOUNT_RECORD] });
    reads.push(await store.accounts());

    expect(reads).toEqual([[ACCOUNT_RECORD], [ACCOUNT_RECORD], [stopped], [ACCOUNT_RECORD]]);
  });

  test("keeps the later of two commits of the same object", async () => {
    const store = await open();
    await store.commit({ keys: [record({ applied: applied("one") })], accounts: [ACCOUNT_RECORD] });

    const account = { ...ACCOUNT_RECORD, started: false };
    await store.commit({ keys: [record({ applied: applied("two") })], accounts: [account] });

    expect(await allKeys(store)).toEqual([record({ applied: applied("two") })]);
    expect(await store.accounts()).toEqual([account]);
  });

  test("an account that leaves its set keeps what a pass wrote meanwhile, and the pass does not declare it again", async () => {
    const store = await open();
    const declared = desiredAccount({ set: "sandboxes" });
    await store.commit({ members: [{ accountId: ACCOUNT, name: "prod", declared }] });
    const [atStart] = await store.accounts();
    if (atStart === undefined) throw new Error("there is no account");

    await store.commit({ accounts: [{ ...atStart, lastSweepMs: 1 }] });
    await store.commit({ members: [{ accountId: ACCOUNT, name: "prod", declared: null }] });
    expect(await store.accounts()).toEqual([{ ...atStart, declared: null, lastSweepMs: 1 }]);

    // A pass that began before still has the account as it was.
    await store.commit({ accounts: [{ ...atStart, started: true }] });
    expect(await store.accounts()).toEqual([{ ...atStart, declared: null, started: true }]);

    await store.commit({ members: [{ accountId: ACCOUNT, name: "prod", declared }] });
    expect(await store.accounts()).toEqual([{ ...atStart, started: true }]);
  });

  test("removes only the named objects", async () => {
    const store = await open();
    await store.commit({
      keys: [record(), record({ key: OTHER_KEY })],
      objects: [object(), object({ name: "other", keys: [] })],
      suspensions: [SUSPENSION, { ...SUSPENSION, id: "s2" }],
    });

    await store.commit({
      removedKeys: [KEY],
      removedObjects: [{ kind: "FunctionPermission", namespace: "orders", name: "other" }],
      endedSuspensions: ["s1"],
    });

    expect(await allKeys(store)).toEqual([record({ key: OTHER_KEY })]);
    expect(await store.objects()).toMatchObject([{ name: "orders-api" }]);
    expect(await store.suspensions(START_MS)).toMatchObject([{ id: "s2" }]);
  });

  test("its time is that of the clock that it was opened with", async () => {
    expect(await (await open()).nowMs()).toBe(START_MS);
  });

  test("ends approvals and suspensions at their time", async () => {
    const store = await open();
    await store.commit({ approvals: [APPROVAL], suspensions: [SUSPENSION] });

    expect(await store.approvals(START_MS + 999)).toHaveLength(1);
    expect(await store.approvals(START_MS + 1_000)).toEqual([]);
    expect(await store.suspensions(START_MS + 999)).toHaveLength(1);
    expect(await store.suspensions(START_MS + 1_000)).toEqual([]);
  });

  describe("resourceVersion", () => {
    test.each([
      { change: { keys: [record({ status: status() })] }, because: "an equal key is not a change" },
      { change: { accounts: [{ ...ACCOUNT_RECORD }] }, because: "an equal account is not a change" },
      { change: { sources: [SOURCE_RECORD] }, because: "an equal source is not a change" },
      {
        change: { objects: [object({ resourceVersion: 77 })] },
        because: "the caller's resourceVersion is not kept",
      },
      {
        change: { approvals: [APPROVAL], suspensions: [SUSPENSION] },
        because: "equal decisions are not a change",
      },
      {
        change: { removedKeys: [OTHER_KEY], endedSuspensions: ["x"] },
        because: "a removal of an absent object is not a change",
      },
      { change: {}, because: "an empty commit is not a change" },
    ])("stays when nothing changes: $because", async ({ change }) => {
      const store = await open();
      await store.commit({
        keys: [record({ status: status() })],
        accounts: [ACCOUNT_RECORD],
        sources: [SOURCE_RECORD],
        objects: [object()],
        approvals: [APPROVAL],
        suspensions: [SUSPENSION],
      });

      await store.commit(change);

      expect([await store.resourceVersion(), await objectVersion(store)]).toEqual([1, 1]);
    });

    test("does not depend on the order of a record's members", async () => {
      const store = await open();
      await store.commit({ keys: [record({ driftSinceMs: { a: 1, b: 2 } })] });

      await store.commit({ keys: [record({ driftSinceMs: { b: 2, a: 1 } })] });

      expect(await store.resourceVersion()).toBe(1);
    });

    test("of an object changes with it and with the status of its keys, not with other objects", async () => {
      const store = await open();
      await store.commit({ objects: [object()], keys: [record({ status: status() })] });
      const versions = [await objectVersion(store)];
      const changes = [
        { objects: [object({ generation: 2 })] },
        { accounts: [ACCOUNT_RECORD] },
        { keys: [record({ status: status({ sync: "Synced" }) })] },
        { keys: [record({ status: status({ sync: "Synced" }), driftSinceMs: { a: 1 } })] },
        { keys: [record({ key: OTHER_KEY, status: status() })] },
      ];

      for (const change of changes) {
        await store.commit(change);
        versions.push(await objectVersion(store));
      }

      expect(versions).toEqual([1, 2, 2, 4, 4, 4]);
      expect(await store.resourceVersion()).toBe(6);
    });
  });

  test("a commit is atomic", async () => {
    const store = await open();
    await store.commit({ accounts: [ACCOUNT_RECORD] });
    // A bug of the caller: not a date.
    const broken = { ...APPROVAL, expiresAt: "tomorrow" };

    await expect(store.commit({ keys: [record()], accounts: [], approvals: [broken] })).rejects.toMatchObject(
      { code: expect.stringMatching(/^(?:SQLITE_CONSTRAINT_NOTNULL|23502)$/) },
    );

    expect(await allKeys(store)).toEqual([]);
    expect(await store.resourceVersion()).toBe(1);
  });
});
