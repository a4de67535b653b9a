import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { AssignedPasses } from "../../../../src/controller/assigned/assigned-passes.ts";
import type { RevisionToEnforce } from "../../../../src/controller/revision/enforce.ts";
import { ControllerCaches } from "../../../../src/controller/state/controller-caches.ts";
import type { AccountId } from "../../../../src/model/aws/ids.ts";
import type { Key } from "../../../../src/model/keys/key.ts";
import type { PassMemory } from "../../../../src/model/passes/pass-memory.ts";
import type { RecordChange } from "../../../../src/model/records/record-change.ts";
import type { Revision } from "../../../../src/model/values/revision.ts";
import { StoreError } from "../../../../src/store/errors.ts";
import { settled } from "../../../support/fakes/fake-clock.ts";
import { followedRevision } from "../../../support/fakes/followed-revision.ts";
import { WITHOUT_EVENTS } from "../../../support/fakes/event-facts.ts";
import {
  FakeController,
  manifests,
  READ_ORDERS,
  SETTINGS,
  SWEEP_MS,
  WRITE_ORDERS,
} from "../../../support/fakes/fake-controller.ts";
import { stop as stopController } from "../sandboxes.ts";

const PROD = "111122223333" as AccountId;
const TEST = "444455556666" as AccountId;
const ACCOUNTS = { prod: PROD, test: TEST };
const KEY = `function/${PROD}/eu-west-1/orders/a` as Key;
const ONE = manifests({ a: READ_ORDERS }, ACCOUNTS);
const TWO = manifests({ a: WRITE_ORDERS }, ACCOUNTS);

describe("the passes of assigned accounts", () => {
  let fake: FakeController;
  let assigned: AccountId[];
  let ended: AccountId[];
  let returned: AccountId[];
  let share: number;
  let memories: PassMemory[];
  let followed: RevisionToEnforce | null;
  let stopping: AbortController;
  let running: Promise<void>;

  /** What the active replica has in force after the start is converged in both accounts; then it is stopped. */
  beforeEach(async () => {
    fake = new FakeController();
    [assigned, ended, memories, followed, returned, share] = [[], [], [], null, [], Infinity];
    stopping = new AbortController();
    await fake.startConverged(ONE);
    await stopController(fake);
    fake.memories = {
      prepare: async (memory) => {
        memories.push(memory);
        return { accountId: memory.accountId, program: "test", text: "", digests: [] };
      },
    };
    fake.drained = 0;
    for (const { sweeps } of fake.cloud.accounts.values()) sweeps.splice(0);
  });
  afterEach(async () => {
    stopping.abort();
    await fake.clock.pass(11_000);
    await running;
  });

  async function start(): Promise<void> {
    const assignment = {
      get accounts() {
        return assigned;
      },
      get share() {
        return share;
      },
      passesEnded: (accountId: AccountId) => void ended.push(accountId),
      returnAccounts: async (accounts: readonly AccountId[]) => {
        returned.push(...accounts);
        assigned = assigned.filter((id) => !accounts.includes(id));
      },
    };
    const passes = new AssignedPasses({
      settings: SETTINGS,
      ports: fake.ports(),
      caches: new ControllerCaches(),
      assignment,
      due: { read: async () => [], remove: async () => undefined },
      eventFacts: WITHOUT_EVENTS,
      followed: () => followed,
    });
    running = passes.run(stopping.signal);
    await settled();
  }

  const compiled = (revision: Revision): Promise<RevisionToEnforce> => followedRevision(fake, revision);

  /** The active replica accepts it. */
  function accept(acceptedRevision: Revision): void {
    const record = fake.store.sourceRecords.get("main");
    if (record === undefined) throw new Error("nothing was accepted before");
    fake.store.sourceRecords.set("main", { ...record, acceptedRevision });
  }

  const inForce = (): Revision => {
    const revision = fake.store.sourceRecords.get("main")?.acceptedRevision;
    if (revision === undefined || revision === null) throw new Error("nothing is in force");
    return revision;
  };
  const sweeps = (id: AccountId): number => fake.cloud.accounts.get(id)?.sweeps.length ?? 0;

  test("are those of the assigned accounts alone, again and again, and leave their memory", async () => {
    [assigned, followed] = [[PROD], await compiled(inForce())];
    await start();
    expect([sweeps(PROD), sweeps(TEST)]).toEqual([1, 0]);
    expect(memories).toMatchObject([{ accountId: PROD, failure: null, fault: null, unread: [] }]);
    expect(memories[0]?.views.has(KEY)).toBe(true);
    const compared = { digest: followed?.digest, unobserved: [], uncompared: [] };
    expect(memories[0]?.compared).toEqual(compared);

    await fake.clock.pass(2 * SWEEP_MS);

    expect(sweeps(PROD)).toBeGreaterThan(1);
    expect(sweeps(TEST)).toBe(0);
    expect(fake.drained).toBe(0);
  });

  test("are made until none of an account runs, which is returned then if it is above the share", async () => {
    const [read, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const test = fake.cloud.account(TEST);
    const sweep = test.sweep.bind(test);
    test.sweep = async (request) => {
      read.resolve();
      await released.promise;
      return sweep(request);
    };
    [assigned, followed] = [[PROD, TEST], await compiled(inForce())];
    await start();
    await read.promise;
    share = 1;
    await fake.clock.pass(5_000);
    const during = [...returned];

    released.resolve();
    await fake.clock.pass(2_000);

    expect([during, returned, ended]).toEqual([[], [TEST], [TEST]]);
    await fake.clock.pass(2 * SWEEP_MS);
    expect([sweeps(TEST), sweeps(PROD) > 1]).toEqual([1, true]);
  });

  test("are not made of an account that is no longer declared: it is returned, and the active replica removes it", async () => {
    const second = fake.source.push(manifests({ a: READ_ORDERS }, { prod: PROD }));
    accept(second);
    [assigned, followed] = [[PROD, TEST], await compiled(second)];
    await start();

    expect([returned, sweeps(PROD), sweeps(TEST)]).toEqual([[TEST], 1, 0]);
  });

  test("end when this process could not follow for a minute, so that its accounts are returned, and not before", async () => {
    [assigned, followed] = [[PROD], await compiled(inForce())];
    await start();
    let hasEnded = false;
    const ending = running.then(() => (hasEnded = true));
    await fake.clock.pass(120_000);
    followed = null;

    await fake.clock.pass(58_000);
    const early = hasEnded;
    await fake.clock.pass(4_000);
    await ending;

    expect([early, hasEnded]).toEqual([false, true]);
  });

  test("are measured while the account is assigned, and the gauges end with the assignment", async () => {
    fake.telemetry.gauges.clear();
    const measured = (): readonly string[] =>
      ["account_compared", "account_readable", "bindings"].filter((metric) =>
        [...fake.telemetry.gauges.keys()].some((name) => name.startsWith(`${metric} prod`)),
      );
    [assigned, followed] = [[PROD], await compiled(inForce())];
    await start();
    await fake.clock.pass(1_000);
    expect(measured()).toEqual(["account_compared", "account_readable", "bindings"]);
    expect(fake.telemetry.gauges.get("account_compared prod")).toBe(1);
    expect(fake.telemetry.gauges.has("account_compared test")).toBe(false);

    assigned = [];
    await fake.clock.pass(2_000);

    expect(measured()).toEqual([]);

    assigned = [PROD];
    await fake.clock.pass(2_000);
    expect(measured()).toHaveLength(3);
    stopping.abort();
    await running;

    expect(measured()).toEqual([]);
  });

  test("record no objects, which may have keys in accounts of several replicas", async () => {
    const second = fake.source.push(TWO);
    accept(second);
    for (const [id, record] of fake.store.objectRecords)
      fake.store.objectRecords.set(id, { ...record, observedGeneration: record.generation - 1 });
    [assigned, followed] = [[PROD, TEST], await compiled(second)];
    const recorded: RecordChange[] = [];
    const record = fake.recorder.record.bind(fake.recorder);
    fake.recorder.record = (settlement) => {
      recorded.push(settlement.change);
      return record(settlement);
    };
    await start();

    expect(recorded.flatMap(({ accounts = [] }) => accounts)).toHaveLength(2);
    expect(recorded.flatMap(({ objects = [] }) => objects)).toEqual([]);
  });

  test("revert drift in AWS, with an intent before each write", async () => {
    [assigned, followed] = [[PROD], await compiled(inForce())];
    await start();
    const before = fake.audit.log.length;
    const aws = fake.cloud.account(PROD);
    aws.live = { ...aws.live, roles: new Map() };

    await fake.clock.pass(2 * SWEEP_MS);

    const kinds = fake.audit.log.slice(before).map(({ kind }) => kind);
    expect(kinds).toContain("write-intended");
    expect(aws.writes.length).toBe(kinds.filter((kind) => kind === "write-intended").length);
  });

  test("do not begin before what is in force was compiled, nor while the record has accepted something else", async () => {
    assigned = [PROD];
    await start();
    await fake.clock.pass(30_000);
    expect(sweeps(PROD)).toBe(0);

    const second = fake.source.push(TWO);
    followed = await compiled(inForce());
    accept(second);
    await fake.clock.pass(SWEEP_MS);
    expect([sweeps(PROD), memories.length]).toEqual([0, 0]);

    followed = await compiled(second);
    await fake.clock.pass(5_000);
    expect(sweeps(PROD)).toBe(1);
    expect(memories[0]?.views.get(KEY)?.desired).toBe(
      followed.enforced.compilation.desired.bindings.get(KEY),
    );
  });

  test("of an account that is lost write nothing more; it may be assigned again only when they have ended", async () => {
    [assigned, followed] = [[PROD, TEST], await compiled(inForce())];
    await start();
    const aws = fake.cloud.account(PROD);
    const sweep = aws.sweep.bind(aws);
    const read = Promise.withResolvers<void>();
    aws.sweep = async (request) => {
      const found = await sweep(request);
      await read.promise;
      return found;
    };
    aws.live = { ...aws.live, roles: new Map() };
    await fake.clock.pass(2 * SWEEP_MS);

    assigned = [TEST];
    await fake.clock.pass(5_000);
    expect([sweeps(PROD), ended]).toEqual([2, []]);
    read.resolve();
    await fake.clock.pass(5_000);

    expect([ended, aws.writes.length]).toEqual([[PROD], 0]);
    await fake.clock.pass(2 * SWEEP_MS);
    expect(sweeps(PROD)).toBe(2);
    expect(sweeps(TEST)).toBeGreaterThan(3);
    assigned = [PROD, TEST];
    await fake.clock.pass(5_000);
    expect(sweeps(PROD)).toBe(3);
    expect(aws.writes.length).toBeGreaterThan(0);
  });

  test("that the record refuses since another replica has the account are no alert and no fault of the record", async () => {
    [assigned, followed] = [[PROD], await compiled(inForce())];
    const record = fake.recorder.record.bind(fake.recorder);
    let refused = 0;
    fake.recorder.record = (settlement) => {
      if (settlement.change.accounts === undefined) return record(settlement);
      refused += 1;
      return Promise.reject(
        new StoreError("not-assigned", "account 111122223333 is assigned to another replica"),
      );
    };
    const alerts = fake.recorder.alerts.length;

    await start();

    expect(refused).toBe(1);
    expect(fake.recorder.alerts.slice(alerts)).toEqual([]);
    expect(fake.telemetry.errors()).toEqual([]);
  });
});
