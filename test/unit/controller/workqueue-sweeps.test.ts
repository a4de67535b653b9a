import { describe, expect, test } from "@jest/globals";
import { Workqueue } from "../../../src/controller/state/workqueue.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import { settled } from "../../support/fakes/fake-clock.ts";
import { account, key } from "../../support/parsed-keys.ts";

const ACCOUNTS = ["111122223333", "444455556666"] as const;
const KEYS = ACCOUNTS.flatMap((account) =>
  ["a", "b", "c"].map((name) => `function/${account}/eu-west-1/orders/${name}`),
);

describe("a sweep that reads", () => {
  const [first, second] = [key(KEYS[0] ?? ""), key(KEYS[1] ?? "")];
  const begun = (keys: readonly Key[]): Workqueue => {
    const queue = new Workqueue((_, count) => count > 50);
    for (const one of keys) queue.addKey(one, 0);
    queue.addSweep(account(ACCOUNTS[0]), 0);
    queue.take(0);
    queue.beginReading(account(ACCOUNTS[0]));
    return queue;
  };

  test("is overtaken by the keys that were due at its start, if it reads for longer than a second", async () => {
    const queue = begun([first]);

    expect(queue.take(999)).toBeUndefined();
    expect(queue.nextDueMs()).toBe(1_000);
    expect(queue.take(1_000)?.scope).toEqual({ kind: "keys", keys: [first] });
    expect(queue.isRunning(account(ACCOUNTS[0]))).toBe(true);
    queue.done(account(ACCOUNTS[0]));
    expect(await queue.endReading(account(ACCOUNTS[0]))).toEqual(new Set([first]));
  });

  test("reads those keys itself if it ends earlier", async () => {
    const queue = begun([first]);

    expect(await queue.endReading(account(ACCOUNTS[0]))).toEqual(new Set());
    queue.done(account(ACCOUNTS[0]));
    expect(queue.take(1e9)).toBeUndefined();
  });

  test("is not overtaken by the keys at its start if it reads them with fewer calls, only by later ones", () => {
    const many = Array.from({ length: 51 }, (_, at) => key(`${first}${at}`));
    const queue = begun(many);
    expect(queue.take(5_000)).toBeUndefined();

    queue.addKey(second, 6_000);

    expect(queue.take(6_000)?.scope).toEqual({ kind: "keys", keys: [second] });
  });

  test("is not overtaken by another sweep, nor by two passes at a time", () => {
    const queue = begun([]);
    queue.addSweep(account(ACCOUNTS[0]), 0);
    expect(queue.take(5_000)).toBeUndefined();

    queue.addKey(first, 0);
    queue.take(5_000);
    queue.addKey(second, 0);

    expect(queue.take(5_000)).toBeUndefined();
  });

  test("ends only after the pass that overtook it, and nothing is taken meanwhile", async () => {
    const queue = begun([first]);
    queue.take(1_000);
    queue.addKey(second, 0);
    const ended: string[] = [];
    const reading = queue.endReading(account(ACCOUNTS[0])).then(() => ended.push("reading"));
    await settled();

    expect([ended, queue.take(2_000)]).toEqual([[], undefined]);
    queue.done(account(ACCOUNTS[0]));
    await reading;
    expect([ended, queue.take(2_000)]).toEqual([["reading"], undefined]);
    queue.done(account(ACCOUNTS[0]));
    expect(queue.take(2_000)?.scope).toEqual({ kind: "keys", keys: [second] });
  });
});

test("many due keys are taken as a sweep where that is cheaper, and the next sweep is not due then", () => {
  const queue = new Workqueue((accountId, keys) => accountId === ACCOUNTS[0] && keys > 2);
  for (const one of KEYS) queue.addKey(key(one), 0);
  queue.addSweep(account(ACCOUNTS[0]), 1_000);

  const used = [queue.take(0), queue.take(0)];
  for (const id of ACCOUNTS) queue.done(account(id));

  expect(used.map((work) => work?.scope.kind)).toEqual(["all", "keys"]);
  expect(queue.nextDueMs()).toBeNull();
});

test("during a sweep, the many keys of a push wait for its end, and the key of an event does not wait for them", async () => {
  const [id] = [account(ACCOUNTS[0])];
  const event = key(`function/${id}/eu-west-1/orders/event`);
  const pushed = Array.from({ length: 60 }, (_, at) => key(`function/${id}/eu-west-1/orders/p${at}`));
  const queue = new Workqueue((_, keys) => keys > 50);
  queue.addSweep(id, 0);
  queue.take(0);
  queue.beginReading(id);

  for (const one of pushed) queue.addPatientKey(one, 2_000);
  const waiting = [queue.take(2_000), queue.nextDueMs()];
  queue.addKey(event, 3_000);
  const overtaking = queue.take(3_000);
  queue.done(id);
  await queue.endReading(id);
  queue.done(id);

  expect(waiting).toEqual([undefined, null]);
  expect(overtaking?.scope).toEqual({ kind: "keys", keys: [event] });
  expect(queue.take(3_000)?.scope).toEqual({ kind: "all" });
});

describe("keys of a push of many", () => {
  const id = account(ACCOUNTS[0]);
  const keyOf = (name: string): Key => key(`function/${id}/eu-west-1/orders/${name}`);
  const PUSHED = Array.from({ length: 60 }, (_, at) => keyOf(`p${at}`));
  const [first = keyOf("p0")] = PUSHED;
  const pushed = (): Workqueue => {
    const queue = new Workqueue((_, keys) => keys > 50);
    for (const one of PUSHED) queue.addPatientKey(one, 2_000);
    return queue;
  };
  const sweeping = (): Workqueue => {
    const queue = pushed();
    queue.addSweep(id, 0);
    queue.take(0);
    queue.beginReading(id);
    for (const one of PUSHED) queue.addPatientKey(one, 2_000);
    return queue;
  };

  test("do not wait for the sweep if an event makes one of them due, before or after the push", () => {
    const [after, before] = [sweeping(), sweeping()];
    after.addKey(first, 3_000);
    before.addKey(keyOf("event"), 1_000);
    before.addPatientKey(keyOf("event"), 2_000);

    expect(after.take(3_000)?.scope).toEqual({ kind: "keys", keys: [first] });
    expect(before.take(3_000)?.scope).toEqual({ kind: "keys", keys: [keyOf("event")] });
  });

  test("become a sweep that the event before it overtakes, since it was due at its start", () => {
    const queue = pushed();
    queue.addKey(keyOf("event"), 2_000);

    const sweep = queue.take(2_000);
    queue.beginReading(id);

    expect(sweep?.scope).toEqual({ kind: "all" });
    expect(queue.take(3_000)?.scope).toEqual({ kind: "keys", keys: [keyOf("event")] });
  });

  test("wait no longer than the sweep", async () => {
    const queue = sweeping();
    const waiting = queue.take(9_000);
    await queue.endReading(id);
    queue.done(id);

    expect(waiting).toBeUndefined();
    expect(queue.take(9_000)?.scope).toEqual({ kind: "all" });
    expect(queue.depth()).toBe(0);
  });

  test("that events make due are many events, which wait for no sweep", () => {
    const queue = sweeping();
    for (const one of PUSHED) queue.addKey(one, 2_500);

    expect(queue.take(3_000)?.scope).toEqual({ kind: "keys", keys: PUSHED.toSorted() });
  });
});

describe("the second read of a key", () => {
  const id = account(ACCOUNTS[0]);
  const [first = "", second = "", third = ""] = KEYS;
  const reading = (): Workqueue => {
    const queue = new Workqueue();
    queue.addSecondRead(key(first));
    queue.addSecondRead(key(second));
    queue.take(1_000);
    queue.beginReading(id, "second-read");
    return queue;
  };

  test("waits for due keys and sweeps, and each is a pass of its own", () => {
    const queue = new Workqueue();
    queue.addSecondRead(key(second));
    queue.addSecondRead(key(first));
    queue.addKey(key(third), 0);

    const works = [1, 2, 3].map(() => {
      const work = queue.take(0);
      queue.done(id);
      return work;
    });

    expect(works).toEqual([
      { accountId: id, scope: { kind: "keys", keys: [third] } },
      { accountId: id, scope: { kind: "keys", keys: [second], isSecondRead: true } },
      { accountId: id, scope: { kind: "keys", keys: [first], isSecondRead: true } },
    ]);
  });

  test("is overtaken by a key in the moment in which it becomes due", async () => {
    const queue = reading();
    queue.addKey(key(third), 1_000);

    expect(queue.take(1_000)?.scope).toEqual({ kind: "keys", keys: [third] });
    queue.done(id);
    expect(await queue.endReading(id)).toEqual(new Set([third]));
  });

  test("is not overtaken by another one, nor by a sweep, which makes the others needless", async () => {
    const queue = reading();
    queue.addSweep(id, 1_000);
    const during = queue.take(1_000);

    await queue.endReading(id);
    queue.done(id);
    const sweep = queue.take(1_000);
    queue.done(id);

    expect([during, sweep?.scope, queue.take(9_000)]).toEqual([undefined, { kind: "all" }, undefined]);
  });
});
