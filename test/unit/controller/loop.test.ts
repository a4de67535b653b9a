import { beforeEach, describe, expect, test } from "@jest/globals";
import { Loop } from "../../../src/controller/loop.ts";
import { ControllerCaches } from "../../../src/controller/state/controller-caches.ts";
import { ControllerState } from "../../../src/controller/state/controller-state.ts";
import { Ticker } from "../../../src/controller/tick.ts";
import type { AccountId } from "../../../src/model/aws/ids.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import { FakeClock, settled } from "../../support/fakes/fake-clock.ts";
import { FakeController, SETTINGS } from "../../support/fakes/fake-controller.ts";
import type { ControllerContext } from "../../../src/controller/settings.ts";

const ACCOUNTS = Array.from({ length: 6 }, (_, at) => `${at}`.padStart(12, "0") as AccountId);
const [FIRST = "000000000000" as AccountId, SECOND = "000000000001" as AccountId] = ACCOUNTS;
const keyIn = (account: AccountId): Key => `function/${account}/eu-west-1/orders/a` as Key;

const contextOf = (fake: FakeController): ControllerContext => ({
  state: new ControllerState(),
  caches: new ControllerCaches(),
  settings: SETTINGS,
  ports: fake.ports(),
});

let clock: FakeClock;
let state: ControllerState;
let stop: AbortController;
let running: Map<AccountId, () => void>;
let passes: AccountId[];
let fetches: number;
let ticks: number;
let loop: Loop;

beforeEach(() => {
  clock = new FakeClock(1_000_000);
  state = new ControllerState();
  state.source.fetchAt(Infinity);
  stop = new AbortController();
  running = new Map();
  passes = [];
  fetches = 0;
  ticks = 0;
  loop = new Loop(state, clock, {
    fetch: () => {
      fetches += 1;
      state.source.fetchAt(clock.nowMs() + 60_000);
      return Promise.resolve();
    },
    pass: ({ accountId }) => {
      passes.push(accountId);
      return new Promise((resolve) => running.set(accountId, resolve));
    },
    tick: () => {
      ticks += 1;
      return Promise.resolve();
    },
  });
});

async function end(accountId: AccountId): Promise<void> {
  running.get(accountId)?.();
  running.delete(accountId);
  await settled();
}

async function stopAll(done: Promise<void>): Promise<void> {
  stop.abort();
  for (const accountId of running.keys()) await end(accountId);
  await done;
}

describe("the loop", () => {
  test("sleeps while nothing is due, except for the tick", async () => {
    const done = loop.run(stop.signal);
    await clock.pass(60_000);

    expect(clock.sleeps).toBeLessThanOrEqual(62);
    expect([ticks, passes, fetches]).toEqual([61, [], 0]);
    await stopAll(done);
  });

  test("does not spin while other passes wait for a running one", async () => {
    state.queue.addKey(keyIn(FIRST), 0);
    const done = loop.run(stop.signal);
    await settled();
    state.queue.addKey(keyIn(FIRST), 0);
    loop.wake();
    await clock.pass(30_000);

    expect(clock.sleeps).toBeLessThan(40);
    expect(passes).toEqual([FIRST]);
    await end(FIRST);
    expect(passes).toEqual([FIRST, FIRST]);
    await stopAll(done);
  });

  test("starts a pass when it becomes due, and immediately when woken", async () => {
    const done = loop.run(stop.signal);
    state.queue.addSweep(FIRST, clock.nowMs() + 500);
    loop.wake();
    await clock.pass(499);
    const before = passes.length;
    await clock.pass(1);
    state.queue.addKey(keyIn(SECOND), clock.nowMs());
    loop.wake();
    await settled();

    expect([before, passes]).toEqual([0, [FIRST, SECOND]]);
    await stopAll(done);
  });

  test("lets other accounts begin while four give no answer", async () => {
    for (const account of ACCOUNTS) state.queue.addSweep(account, 0);
    const done = loop.run(stop.signal);
    await clock.pass(14_000);
    const early = [...running.keys()];
    await clock.pass(3_000);

    expect(early).toEqual(ACCOUNTS.slice(0, 4));
    expect([...running.keys()]).toEqual(ACCOUNTS);
    await stopAll(done);
  });

  test("runs no more than 32 accounts, however slow they are", async () => {
    for (let at = 0; at < 40; at += 1) state.queue.addSweep(`${at}`.padStart(12, "0") as AccountId, 0);
    const done = loop.run(stop.signal);
    await clock.pass(300_000);

    expect(running.size).toBe(32);
    await stopAll(done);
  });

  test("runs four accounts at a time, and the others as soon as one ends", async () => {
    for (const account of ACCOUNTS) state.queue.addSweep(account, 0);
    const done = loop.run(stop.signal);
    await settled();
    const first = [...running.keys()];
    await end(FIRST);

    expect(first).toEqual(ACCOUNTS.slice(0, 4));
    expect([...running.keys()]).toEqual(ACCOUNTS.slice(1, 5));
    expect(state.queue.running).toBe(4);
    await stopAll(done);
  });

  test("prefers changes by people over sweeps that have not waited long", async () => {
    for (const account of ACCOUNTS.slice(0, 4)) state.queue.addSweep(account, 0);
    const done = loop.run(stop.signal);
    await settled();
    const [fifth = FIRST, sixth = FIRST] = ACCOUNTS.slice(4);
    state.queue.addSweep(fifth, clock.nowMs());
    state.queue.addKey(keyIn(sixth), clock.nowMs() + 9_999);
    await clock.pass(9_999);
    await end(FIRST);
    const then = passes.at(-1);
    await end(SECOND);

    expect([then, passes.at(-1)]).toEqual([sixth, fifth]);
    await stopAll(done);
  });

  test("fetches during passes, never twice at the same time", async () => {
    const fetching = Promise.withResolvers<void>();
    let atOnce = 0;
    loop = new Loop(state, clock, {
      fetch: async () => {
        atOnce += 1;
        fetches = Math.max(fetches, atOnce);
        await fetching.promise;
        atOnce -= 1;
        state.source.fetchAt(Infinity);
      },
      pass: () => Promise.resolve(),
      tick: () => Promise.resolve(),
    });
    state.source.fetchAt(0);
    const done = loop.run(stop.signal);
    await clock.pass(5_000);
    loop.wake();
    await settled();
    fetching.resolve();
    await stopAll(done);

    expect(fetches).toBe(1);
  });

  test("ends on request, after the running passes", async () => {
    state.queue.addSweep(FIRST, 0);
    let hasEnded = false;
    const done = loop.run(stop.signal).then(() => (hasEnded = true));
    await settled();
    stop.abort();
    await clock.pass(1_000);
    const before = hasEnded;
    await end(FIRST);
    await done;

    expect([before, hasEnded, passes]).toEqual([false, true, [FIRST]]);
  });

  test("ends with the error of a bug, after the running passes", async () => {
    state.queue.addSweep(FIRST, 0);
    state.source.fetchAt(0);
    loop = new Loop(state, clock, {
      fetch: () => Promise.reject(new TypeError("bug")),
      pass: () => Promise.resolve(),
      tick: () => Promise.resolve(),
    });

    await expect(loop.run(stop.signal)).rejects.toThrow("bug");
  });
});

describe("the tick", () => {
  test("sends alerts while earlier ones are being sent, reports a failure and waits for none", async () => {
    const fake = new FakeController();
    const sending = Promise.withResolvers<void>();
    fake.drain = () => sending.promise;
    const ticker = new Ticker(contextOf(fake));
    await ticker.tick(stop.signal);
    fake.drain = () => Promise.resolve();
    await ticker.tick(stop.signal);
    const during = fake.drained;
    sending.reject(new Error("no route"));
    await ticker.idle();
    await ticker.tick(stop.signal);

    expect([during, fake.drained]).toEqual([2, 3]);
    expect(fake.telemetry.errors()).toEqual(["outbox failed"]);
  });

  test("does not report the day before the start", async () => {
    const fake = new FakeController();
    const ticker = new Ticker(contextOf(fake));

    await ticker.tick(stop.signal);
    fake.clock.set(fake.clock.nowMs() + 86_400_000);
    await ticker.tick(stop.signal);

    expect(fake.recorder.alerts).toEqual([]);
  });
});
