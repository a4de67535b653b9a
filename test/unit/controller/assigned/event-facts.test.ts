import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { AssignedPasses } from "../../../../src/controller/assigned/assigned-passes.ts";
import { knownChanges } from "../../../../src/controller/changes/known-changes.ts";
import type { HistorySearch } from "../../../../src/controller/ports/estate/event-history.ts";
import { ControllerCaches } from "../../../../src/controller/state/controller-caches.ts";
import { ControllerState } from "../../../../src/controller/state/controller-state.ts";
import type { ChangeQueueView, QueueHealth } from "../../../../src/model/answers/queue-health.ts";
import type { AccountId } from "../../../../src/model/aws/ids.ts";
import type { AccountEventFacts, QueueFacts } from "../../../../src/model/passes/event-facts.ts";
import { driftFingerprint } from "../../../../src/model/drift.ts";
import type { PassMemory } from "../../../../src/model/passes/pass-memory.ts";
import type { Key } from "../../../../src/model/keys/key.ts";
import { StoreError } from "../../../../src/store/errors.ts";
import { settled } from "../../../support/fakes/fake-clock.ts";
import { NO_EVENT_FACTS } from "../../../support/fakes/event-facts.ts";
import { FakeController, manifests, READ_ORDERS, SETTINGS } from "../../../support/fakes/fake-controller.ts";
import { followedRevision } from "../../../support/fakes/followed-revision.ts";
import { call } from "../../explain/denials/calls.ts";
import { changed, drifted } from "../../settle/attribution/changes.ts";
import { stop } from "../sandboxes.ts";

const PROD = "111122223333" as AccountId;
const TEST = "444455556666" as AccountId;
const KEY = `function/${PROD}/eu-west-1/orders/a` as Key;
const FILES = manifests({ a: READ_ORDERS }, { prod: PROD, test: TEST });
const QUEUE = "https://sqs.us-east-1.amazonaws.com/111122223333/changes";

const queue = (health: QueueHealth): ChangeQueueView => ({ url: QUEUE, accounts: [PROD], health });

describe("an active replica that receives change events and shares accounts", () => {
  let fake: FakeController;
  let found: Map<AccountId, PassMemory | null>;
  let steps: string[];
  let stated: { readonly atMs: number; readonly queues: readonly ChangeQueueView[] }[];
  let facts: ReadonlyMap<AccountId, AccountEventFacts>;
  let failure: Error | null;
  let hasStandby: boolean;

  beforeEach(() => {
    fake = new FakeController();
    [found, steps, stated, facts, failure, hasStandby] = [new Map(), [], [], new Map(), null, false];
    fake.assignedMemories = { read: async () => new Map(found) };
    fake.dueWriter = {
      write: async (account, keys) => {
        steps.push(`due ${account} ${keys === "all" ? "all" : keys.length}`);
        return [steps.length];
      },
      open: async () => new Set(),
      removeReturned: async () => undefined,
    };
    fake.assigner = {
      holders: async () => (hasStandby ? [{ id: "two", canTake: true, accounts: [...found.keys()] }] : []),
      limit: async () => undefined,
      assign: async (_replica, accounts) => {
        steps.push(`assign ${accounts.join()}`);
        for (const id of accounts) found.set(id, null);
        return accounts;
      },
    };
    fake.eventFacts = {
      writeQueues: async (queues) => void stated.push({ atMs: fake.clock.nowMs(), queues }),
      writeAccounts: async (written) => {
        if (failure !== null) throw failure;
        steps.push(`facts ${[...written.keys()].join()}`);
        facts = new Map([...facts, ...written]);
      },
      statedDenials: async () => new Map([...facts].map(([id, { denials }]) => [id, denials])),
    };
  });
  afterEach(() => stop(fake));

  async function startWithQueue(): Promise<void> {
    await fake.startConverged(FILES);
    fake.changes.addQueue(QUEUE, new Set([PROD]));
    fake.changes.queueAnswered(QUEUE, null);
    steps = [];
  }

  test("states what it knows of an account before it assigns it, and assigns none while that cannot be recorded", async () => {
    await startWithQueue();
    [hasStandby, failure] = [true, new StoreError("unreachable", "the database does not answer")];
    await fake.clock.pass(20_000);
    expect(steps).toEqual([]);

    failure = null;
    await fake.clock.pass(10_000);

    expect(steps).toEqual([`facts ${PROD}`, `assign ${PROD}`]);
    expect(facts.get(PROD)).toEqual(NO_EVENT_FACTS);
  });

  test("states the health of the queues when it changes, and every 10 seconds", async () => {
    await startWithQueue();
    await fake.clock.pass(60_000);
    expect(stated.length).toBeGreaterThanOrEqual(6);
    expect(stated.at(-1)?.queues).toEqual([queue({ kind: "read" })]);
    const before = fake.clock.nowMs();

    fake.changes.queueAnswered(QUEUE, { code: "AccessDenied", reason: "x", fix: "y" });
    await fake.clock.pass(1_000);

    expect(stated.at(-1)).toMatchObject({ queues: [{ health: { kind: "failing" } }] });
    expect((stated.at(-1)?.atMs ?? 0) - before).toBeLessThanOrEqual(1_000);
  });

  test("states once that it has no change events, since a standby may have them in its configuration", async () => {
    [hasStandby, steps] = [true, []];
    await fake.startConverged(FILES);
    await fake.clock.pass(60_000);

    expect(steps).toEqual([`facts ${PROD}`, `assign ${PROD}`]);
    expect(facts.get(PROD)).toEqual(NO_EVENT_FACTS);
    expect(stated.map(({ queues }) => queues)).toEqual([[]]);
  });

  test("states the denied calls that the replica before it stated, although no pass has recorded them", async () => {
    const { reported, atMs } = call({ atMs: fake.clock.nowMs(), id: "d-1" });
    const request = { reported, calls: 3, firstMs: atMs, lastMs: atMs, hasOtherObjects: false };
    const before = { denials: [{ key: KEY, requests: [request], otherCalls: 0 }], searched: null };
    facts = new Map([[PROD, before]]);
    found.set(PROD, null);

    await fake.startConverged(FILES);

    expect(steps).toContain(`facts ${PROD}`);
    expect(facts.get(PROD)).toEqual(before);
  });

  test("sweeps the accounts that were assigned before its start: a process before it may not have made all due", async () => {
    found.set(PROD, null);
    fake.eventHistory = { find: async () => ({ kind: "events", events: [] }) };
    await fake.startConverged(FILES);
    await fake.clock.pass(2_000);

    expect(steps.filter((step) => step.startsWith("due"))).toEqual([`due ${PROD} all`]);
  });

  test("asks CloudTrail about what the passes of the other replica left without an author, and states the answer before these are due", async () => {
    const searches: HistorySearch[] = [];
    const event = changed(7, { kind: "deleted" }).event;
    fake.eventHistory = {
      find: async (search) => {
        searches.push(search);
        return { kind: "events", events: [event] };
      },
    };
    await fake.startConverged(FILES);
    const [view, record] = [fake.control.keyView(KEY), fake.store.records.get(KEY)];
    if (view === null || record === undefined) throw new Error("the account was not read");
    const arn = "arn:aws:iam::111122223333:role/a-eu-west-1";
    const fingerprint = driftFingerprint(drifted({ kind: "role-missing" }, { subject: arn }));
    const nowMs = fake.clock.nowMs();
    const attribution = { kind: "unknown", reason: "x" } as const;
    const sighting = { fingerprint, lastCleanMs: nowMs - 60_000, seenUntilMs: nowMs, attribution };
    fake.store.records.set(KEY, { ...record, unattributed: [{ ...sighting, clockOffset: null } as never] });
    steps = [];
    const rest = { holds: [], orphans: [], rejected: new Set<string>(), failure: null, fault: null };
    found.set(PROD, {
      accountId: PROD,
      views: new Map([[KEY, view]]),
      unread: [],
      compared: null,
      requests: { throttled: [], deniedCalls: [] },
      ...rest,
    });
    await fake.clock.pass(3_000);

    expect(searches).toMatchObject([{ account: { id: PROD } }]);
    expect(facts.get(PROD)?.searched?.records).toMatchObject([{ event: { id: event.id } }]);
    expect(steps.at(-1)).toBe(`due ${PROD} 1`);
    expect(steps.at(-2)).toBe(`facts ${PROD}`);
  });
});

describe("a replica with assigned accounts and change events", () => {
  let fake: FakeController;
  let state: ControllerState;
  beforeEach(() => {
    [fake, state] = [new FakeController(), new ControllerState()];
  });

  const changes = (id: AccountId) =>
    knownChanges({ id, lastSweepMs: fake.clock.nowMs() }, [], { state, ports: fake.ports() });
  function receive(queues: QueueFacts, account: AccountEventFacts = NO_EVENT_FACTS): void {
    state.receivedFacts.read(queues, new Map([[PROD, account]]), fake.clock.nowMs());
  }

  test("knows the events that the active replica recorded, and what CloudTrail answered", async () => {
    const nowMs = fake.clock.nowMs();
    const [received, searched] = [1, 2].map((second) => {
      const { event } = changed(second, { kind: "deleted" });
      return { event: { ...event, atMs: nowMs - 1_000 * second }, receivedMs: nowMs };
    });
    if (received === undefined || searched === undefined) throw new Error("no events");
    await fake.store.commit({ changes: [received] });
    receive({ queues: [queue({ kind: "read" })], ageMs: 0 });
    expect(await changes(PROD)).toEqual({ records: [received], problem: null });

    const searches = new Map([["arn", { kind: "searched" } as const]]);
    receive(
      { queues: [queue({ kind: "read" })], ageMs: 0 },
      { denials: [], searched: { records: [searched], searches } },
    );

    expect(await changes(PROD)).toEqual({ records: [searched, received], problem: null, searches });
  });

  const failing: QueueHealth = {
    kind: "failing",
    sinceMs: 0,
    failure: { code: "AccessDenied", reason: "x", fix: "y" },
  };
  test.each([
    {
      health: { kind: "read" } as const,
      ageMs: 59_000,
      passedMs: 0,
      problem: null,
      because: "it was just read",
    },
    {
      health: failing,
      ageMs: 0,
      passedMs: 0,
      problem: "the queue of change events cannot be read",
      because: "the active replica cannot read it",
    },
    {
      health: { kind: "read" } as const,
      ageMs: 59_000,
      passedMs: 1_000,
      problem: "no replica has read the queue of change events for a minute",
      because: "the active replica was killed",
    },
  ])(
    "has no missing event, or the reason why one may be: $because",
    async ({ health, ageMs, passedMs, problem }) => {
      receive({ queues: [queue(health)], ageMs });
      await fake.clock.pass(passedMs);

      expect(await changes(PROD)).toMatchObject({ problem });
    },
  );

  test("makes no pass of an account before these facts are known, and writes the denied calls with its record", async () => {
    await fake.startConverged(FILES);
    await stop(fake);
    for (const { sweeps } of fake.cloud.accounts.values()) sweeps.splice(0);
    const revision = fake.store.sourceRecords.get("main")?.acceptedRevision;
    const followed = await followedRevision(fake, revision ?? ("" as never));
    let facts: ReadonlyMap<AccountId, AccountEventFacts> = new Map();
    const assignment = { accounts: [PROD], share: Infinity, passesEnded: () => undefined };
    const passes = new AssignedPasses({
      settings: SETTINGS,
      ports: fake.ports(),
      caches: new ControllerCaches(),
      assignment: { ...assignment, returnAccounts: async () => undefined },
      due: { read: async () => [], remove: async () => undefined },
      eventFacts: {
        queues: async () => ({ queues: [queue({ kind: "read" })], ageMs: 0 }),
        accounts: async () => facts,
      },
      followed: () => followed,
    });
    const stopping = new AbortController();
    const running = passes.run(stopping.signal);
    await settled();
    await fake.clock.pass(30_000);
    const sweeps = () => fake.cloud.accounts.get(PROD)?.sweeps.length;
    expect(sweeps()).toBe(0);

    const { reported } = call({ atMs: fake.clock.nowMs(), id: "d-1" });
    const times = { firstMs: fake.clock.nowMs(), lastMs: fake.clock.nowMs() };
    const request = { reported, calls: 3, ...times, hasOtherObjects: false };
    facts = new Map([
      [PROD, { denials: [{ key: KEY, requests: [request], otherCalls: 0 }], searched: null }],
    ]);
    await fake.clock.pass(2_000);

    expect(sweeps()).toBe(1);
    expect(fake.store.accountRecords.get(PROD)?.denials).toMatchObject([{ requests: [{ calls: 3 }] }]);
    stopping.abort();
    await fake.clock.pass(11_000);
    await running;
  });
});
