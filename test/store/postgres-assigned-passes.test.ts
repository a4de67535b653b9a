import { afterEach, describe, expect, test } from "@jest/globals";
import { AssignedPasses } from "../../src/controller/assigned/assigned-passes.ts";
import { Controller } from "../../src/controller/controller.ts";
import type { Key } from "../../src/model/keys/key.ts";
import type { Revision } from "../../src/model/values/revision.ts";
import { createRecorder } from "../../src/record/recorder.ts";
import { ControllerCaches } from "../../src/controller/state/controller-caches.ts";
import { assignAccounts } from "../../src/store/postgres/assignments/assign.ts";
import { WITHOUT_EVENTS } from "../support/fakes/event-facts.ts";
import { FakeController, manifests, READ_ORDERS, SETTINGS } from "../support/fakes/fake-controller.ts";
import { followedRevision } from "../support/fakes/followed-revision.ts";
import { HAS_POSTGRES } from "../support/postgres/cluster.ts";
import { ACCOUNT, OTHER_ACCOUNT } from "../support/record/audit-facts.ts";
import { stop } from "../unit/controller/sandboxes.ts";
import { all } from "./audit-entries.ts";
import { replicaOn } from "./leased.ts";
import { Places } from "./places.ts";
import { runIn, Sharing, TWO } from "./sharing.ts";

const places = new Places();
const sharing = new Sharing(places);
const THREE = replicaOn("three", 3);

(HAS_POSTGRES ? describe : describe.skip)("passes of assigned accounts on a database", () => {
  const ends: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0)) await end();
  });

  /** A replica with a converged account, of which a test starts the passes. */
  async function world() {
    const fake = new FakeController();
    await fake.startConverged(manifests({ a: READ_ORDERS }, { prod: ACCOUNT }));
    await stop(fake);
    const { folder, one, two } = await sharing.shared();
    const { sourceRecords, records, accountRecords } = fake.store;
    await one.store.commit({ sources: [...sourceRecords.values()] });
    await two.store.commit({ keys: [...records.values()], accounts: [...accountRecords.values()] });
    const revision = sourceRecords.get("main")?.acceptedRevision;
    const followed = await followedRevision(fake, revision as Revision);
    const { store, audit, settlements, outboxStore, memories, assigned } = two;
    const { clock, eventLoop, telemetry } = fake;
    const recorder = createRecorder({
      audit,
      settlements,
      outboxStore,
      telemetry,
      routes: [],
      clock,
      eventLoop,
    });
    const ports = { ...fake.ports(), store, audit, recorder, memories };
    const caches = new ControllerCaches();
    const passes = new AssignedPasses({
      settings: SETTINGS,
      ports,
      caches,
      assignment: assigned,
      due: two.due,
      eventFacts: WITHOUT_EVENTS,
      followed: () => followed,
    });
    const start = (): void => {
      const stopping = new AbortController();
      const running = passes.run(stopping.signal);
      ends.push(async () => {
        stopping.abort();
        await running;
      });
    };
    /** The active replica, which makes no pass of the account. */
    const startActive = (): Controller => {
      const record = { audit: one.audit, settlements: one.settlements, outboxStore: one.outboxStore };
      const recorderOfOne = createRecorder({ ...record, telemetry, routes: [], clock, eventLoop });
      const given = {
        store: one.store,
        audit: one.audit,
        recorder: recorderOfOne,
        assignedMemories: one.memories,
      };
      const active = new Controller(SETTINGS, { ...fake.ports(), ...given }, new ControllerCaches());
      const stopping = new AbortController();
      const running = active.run(stopping.signal);
      ends.push(async () => {
        stopping.abort();
        await running;
      });
      return active;
    };
    const { bindings } = followed.enforced.compilation.desired;
    const memory = async () => (await one.memories.read((key) => bindings.get(key))).get(ACCOUNT);
    return { folder, fake, one, two, aws: fake.cloud.account(ACCOUNT), start, startActive, memory };
  }

  async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await isSo())) await new Promise((resolve) => setImmediate(resolve));
  }

  test("are recorded by the replica that has the account, and the active replica reads what they found", async () => {
    const { one, aws, start, memory } = await world();
    aws.live = { ...aws.live, roles: new Map() };

    start();
    await until(async () => ((await memory()) ?? null) !== null);

    expect(await memory()).toMatchObject({ accountId: ACCOUNT, failure: null, fault: null, unread: [] });
    const [record] = await one.store.accounts();
    expect(record?.lastSweepMs).toBeGreaterThan(0);
    const intents = (await all(one.audit)).filter(({ kind }) => kind === "write-intended");
    expect([intents.length > 0, intents.length]).toEqual([true, aws.writes.length]);
  });

  test("are what the active replica answers with: nothing before they end, and then what they found, although it reads nothing in AWS", async () => {
    const { fake, aws, start, startActive } = await world();
    const { control } = startActive();
    const key = `function/${ACCOUNT}/eu-west-1/orders/a` as Key;
    const account = async () => (await control.overview()).accounts[0];
    await until(async () => (await account()) !== undefined);
    expect([control.keyView(key), await account()]).toMatchObject([null, { comparing: true }]);
    expect([aws.sweeps, aws.reads]).toEqual([[], []]);
    aws.live = { ...aws.live, roles: new Map() };

    start();
    await until(async () => {
      await fake.clock.pass(1_000);
      return control.keyView(key) !== null;
    });

    expect(control.keyView(key)?.drifts.length).toBeGreaterThan(0);
    expect(await account()).toMatchObject({ id: ACCOUNT, comparing: false, unread: [] });
    expect(control.readiness()).toMatchObject({ ready: true, comparing: [] });
    expect(aws.sweeps.length).toBeGreaterThan(0);
  });

  test("are made of what the active replica finds due, which is open until a later pass was settled", async () => {
    const { fake, one, aws, start, memory } = await world();
    start();
    await until(async () => ((await memory()) ?? null) !== null);
    const [before, [key]] = [aws.sweeps.length, [...((await memory())?.views.keys() ?? [])]];
    const [read, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const sweep = aws.sweep.bind(aws);
    aws.sweep = async (request) => {
      read.resolve();
      await released.promise;
      return sweep(request);
    };

    // Of an account that was returned: a sweep covers it.
    await one.dueWriter.write(OTHER_ACCOUNT, "all");
    const all = await one.dueWriter.write(ACCOUNT, "all");
    await one.dueWriter.removeReturned();
    const ofKey = await one.dueWriter.write(ACCOUNT, [key as Key]);
    await fake.clock.pass(1_000);
    await read.promise;
    // Found during the sweep, and so not covered by it.
    const later = await one.dueWriter.write(ACCOUNT, "all");
    expect(await one.dueWriter.open()).toEqual(new Set([...all, ...ofKey, ...later]));

    released.resolve();
    await until(async () => {
      await fake.clock.pass(1_000);
      return (await one.dueWriter.open()).size === 0;
    });
    expect(aws.sweeps.length).toBe(before + 2);
  });

  test("go on after the database broke all connections during their read: nothing is recorded twice", async () => {
    const { folder, fake, one, aws, start, memory } = await world();
    const [read, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const sweep = aws.sweep.bind(aws);
    aws.sweep = async (request) => {
      read.resolve();
      await released.promise;
      return sweep(request);
    };
    aws.live = { ...aws.live, roles: new Map() };
    start();
    await read.promise;

    await runIn(
      folder,
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
    );
    released.resolve();
    const isRemembered = async (): Promise<boolean> => (await memory().catch(() => null))?.fault === null;
    // A statement on a broken connection may fail, and with it the pass: it is repeated when time passes.
    await until(async () => fake.telemetry.errors().length > 0 || (await isRemembered()));
    await fake.clock.pass(10_000);
    await until(isRemembered);

    const kinds = (await all(one.audit)).map(({ kind }) => kind);
    const intents = kinds.filter((kind) => kind === "write-intended");
    const finished = kinds.filter((kind) => kind === "write-finished");
    expect([aws.writes.length > 0, intents.length, finished.length]).toEqual([
      true,
      aws.writes.length,
      aws.writes.length,
    ]);
  });

  test("write nothing, record nothing and alert no one when the account has moved between the read and the first intent", async () => {
    const { folder, fake, one, two, aws, start, memory } = await world();
    const three = await sharing.joined(folder, THREE);
    const [read, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const sweep = aws.sweep.bind(aws);
    aws.sweep = async (request) => {
      const found = await sweep(request);
      read.resolve();
      await released.promise;
      return found;
    };
    aws.live = { ...aws.live, roles: new Map() };
    start();
    await read.promise;
    const before = await one.store.resourceVersion();

    await runIn(folder, `SELECT * FROM return_assignments('${TWO.id}', NULL)`);
    expect(await assignAccounts(one.database, THREE.id, [ACCOUNT])).toEqual([ACCOUNT]);
    await three.assigned.renew();
    released.resolve();
    await until(() => fake.telemetry.lines.some(({ text }) => text.startsWith("a step ended")));

    expect(aws.writes).toEqual([]);
    expect(await one.store.resourceVersion()).toBe(before);
    expect((await all(one.audit)).filter(({ kind }) => kind === "write-intended")).toEqual([]);
    expect(fake.telemetry.errors()).toEqual([]);
    expect([await memory(), two.assigned.accounts]).toEqual([null, [ACCOUNT]]);
  });
});
