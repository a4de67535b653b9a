import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { AccountId } from "../../../../src/model/aws/ids.ts";
import type { Key } from "../../../../src/model/keys/key.ts";
import type { PassMemory } from "../../../../src/model/passes/pass-memory.ts";
import { StoreError } from "../../../../src/store/errors.ts";
import type { Digest } from "../../../../src/model/values/digest.ts";
import {
  FakeController,
  INTERVAL_MS,
  manifests,
  READ_ORDERS,
  WRITE_ORDERS,
} from "../../../support/fakes/fake-controller.ts";
import { stop } from "../sandboxes.ts";

const PROD = "111122223333" as AccountId;
const TEST = "444455556666" as AccountId;
const KEY = `function/${PROD}/eu-west-1/orders/a` as Key;
const FILES = manifests({ a: READ_ORDERS }, { prod: PROD, test: TEST });

describe("an active replica whose accounts are assigned", () => {
  let fake: FakeController;
  let digest: Digest;
  let found: ReadonlyMap<AccountId, PassMemory | null>;

  /** This process made the passes of both accounts. */
  beforeEach(async () => {
    fake = new FakeController();
    found = new Map();
    fake.inForce = { publish: async (inForce) => void (digest = inForce.digest) };
    fake.assignedMemories = { read: () => Promise.resolve(found) };
    await fake.startConverged(FILES);
  });
  afterEach(() => stop(fake));

  const account = async (id: AccountId) =>
    (await fake.control.overview()).accounts.find((one) => one.id === id);
  const sweeps = (id: AccountId): number => fake.cloud.accounts.get(id)?.sweeps.length ?? 0;

  async function assign(id: AccountId, memory: PassMemory | null): Promise<void> {
    found = new Map([[id, memory]]);
    await fake.clock.pass(1_000);
  }

  /** As this process found it, with this change. */
  function memoryOf(change: Partial<PassMemory> = {}): PassMemory {
    const view = fake.control.keyView(KEY);
    if (view === null) throw new Error("the account was not read");
    return {
      accountId: PROD,
      views: new Map([[KEY, view]]),
      holds: [],
      orphans: [],
      rejected: new Set(),
      failure: null,
      fault: null,
      unread: [],
      compared: null,
      requests: { throttled: [], deniedCalls: [] },
      ...change,
    };
  }

  test("shows nothing of its own earlier passes, and that the account is compared, until a pass of the other replica has ended", async () => {
    expect([fake.control.keyView(KEY) === null, fake.control.readiness().comparing]).toEqual([false, []]);

    await assign(PROD, null);

    expect(fake.control.keyView(KEY)).toBeNull();
    expect(fake.control.readiness()).toMatchObject({ comparing: [{ account: "prod", failing: null }] });
    expect(await account(PROD)).toMatchObject({ comparing: true, isAssigned: true, requests: null });
    expect(await account(TEST)).toMatchObject({ isAssigned: false, requests: { deniedCalls: [] } });
    expect(fake.control.coverage().map(({ accountId }) => accountId)).toEqual([TEST]);
  });

  test("answers with what the passes of the other replica found, and why its reads fail", async () => {
    const view = { ...memoryOf().views.get(KEY), notes: ["found by the other replica"] };
    const call = "lambda:GetPolicy";
    const requests = { throttled: [], deniedCalls: [{ accountId: PROD, call, sinceMs: 1 }] };
    const memory = memoryOf({
      views: new Map([[KEY, view as never]]),
      unread: ["region eu-west-2 is off: x"],
      requests,
    });
    await assign(PROD, memory);

    expect(fake.control.keyView(KEY)).toBe(view);
    expect(fake.control.readiness().comparing).toEqual([]);
    expect(await account(PROD)).toMatchObject({
      comparing: false,
      unread: ["region eu-west-2 is off: x"],
      hasFault: false,
      requests,
    });

    await assign(PROD, { ...memory, unread: null, failure: "access denied" });

    expect(fake.control.readiness().comparing).toEqual([{ account: "prod", failing: "access denied" }]);
  });

  test("shows a change in Git as compared, and records its object, only after a pass of the other replica over it", async () => {
    await assign(PROD, memoryOf());
    const old = digest;
    fake.source.push(manifests({ a: WRITE_ORDERS }, { prod: PROD, test: TEST }));
    await fake.clock.pass(INTERVAL_MS + 1_000);
    const left = { unobserved: [], uncompared: [] };
    const observed = (): readonly boolean[] =>
      [...fake.store.objectRecords.values()].map((one) => one.observedGeneration === one.generation);

    await assign(PROD, memoryOf({ compared: { digest: old, ...left } }));
    expect([fake.control.uncomparedSince(KEY) === null, observed().includes(false)]).toEqual([false, true]);
    await assign(PROD, memoryOf({ compared: { digest, unobserved: [KEY], uncompared: [KEY] } }));
    expect([fake.control.uncomparedSince(KEY) === null, observed().includes(false)]).toEqual([false, true]);

    await assign(PROD, memoryOf({ compared: { digest, ...left } }));
    expect(fake.control.uncomparedSince(KEY)).toBeNull();
    expect(observed()).not.toContain(false);
  });

  test("makes no pass of it, exports no gauge of it, and reads it again as soon as it is returned", async () => {
    const gauges = (): readonly string[] =>
      [...fake.telemetry.gauges.keys()].filter((name) => / prod\b/.test(name));
    expect(gauges()).toContain("account_compared prod");
    await assign(PROD, memoryOf());
    const before = sweeps(TEST);

    await fake.clock.pass(700_000);

    expect([sweeps(PROD), sweeps(TEST) > before]).toEqual([0, true]);
    // This one is counted from the record.
    expect(gauges()).toEqual(["unrecorded_writes prod"]);

    found = new Map();
    await fake.clock.pass(2_000);

    expect(sweeps(PROD)).toBe(1);
    expect(gauges()).toContain("account_compared prod");
  });

  test("lists the approvals that wait in it, and wakes those that watch", async () => {
    const changes: number[] = [];
    const end = fake.control.onChange(() => changes.push(fake.clock.nowMs()));
    const [hold] = [{ subject: "sha256:1", code: "limits", reason: "x", account: "prod", keys: [KEY] }];
    await assign(PROD, memoryOf({ holds: [hold as never] }));

    expect((await fake.control.overview()).holds).toMatchObject([{ subject: "sha256:1" }]);
    expect(changes.length).toBeGreaterThan(0);
    end();
  });

  test("removes the due rows of a returned account also if the record fails once after it", async () => {
    let removals = 0;
    fake.dueWriter = {
      write: async () => [1],
      open: async () => new Set(),
      removeReturned: async () => void (removals += 1),
    };
    fake.eventHistory = { find: async () => ({ kind: "events", events: [] }) };
    await stop(fake);
    await fake.startConverged(FILES);
    const memory = memoryOf();
    found = new Map([
      [PROD, null],
      [TEST, null],
    ]);
    await fake.clock.pass(3_000);
    const before = removals;
    const keys = fake.store.keys.bind(fake.store);
    let failures = 1;
    fake.store.keys = async (accountId) => {
      failures -= 1;
      if (failures === 0) throw new StoreError("unreachable", "the database does not answer");
      return keys(accountId);
    };

    await assign(PROD, memory);
    await fake.clock.pass(120_000);

    expect([failures < 0, removals - before]).toEqual([true, 1]);
  });
});
